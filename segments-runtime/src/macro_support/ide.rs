//! The arguments of `#[segment]` as editors see them; rustc never does.
//!
//! Every expansion of `#[segment]` begins with the user's argument tokens in `__private_0_1::ide!`, which
//! puts them into a dead function as Rust: keys become paths into [`keys`], clauses become expressions,
//! context types become types. rust-analyzer then completes, documents and navigates them as it does
//! any code.
//!
//! Two rules keep that working while code is half-typed. rust-analyzer expands the text and a copy with a
//! marker at the cursor, and finds the position by its offset from the start:
//!
//! - for all tokens, some arm matches; there are no typed fragments, which could fail;
//! - the output before a token of the user depends only on the tokens before it. So an empty piece
//!   expands to as much as a piece that only contains the marker.

/// The keys as documented items, from the same table as the parser's.
#[allow(
    non_upper_case_globals,
    non_camel_case_types,
    clippy::needless_pass_by_value,
    reason = "they are named as the user writes them, and never called"
)]
pub mod keys {
    ::segments_macros::__ide_keys! {}
}

/// Accepts any type: `of = User` and the types of lists.
pub fn any_type<T: ?Sized>() {}

/// All arguments, as statements.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide {
    ($($arguments:tt)*) => {
        fn __segment() {
            #[allow(unused_imports)]
            use $crate::{has_kind, member_of};
            $crate::__segments_ide_split! { __segments_ide_argument [] $($arguments)* }
        }
    };
}

/// Calls a macro with each piece between commas, including empty pieces. Takes several tokens at a time:
/// one by one, a long rule would exceed the recursion limit.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_split {
    ($each:ident [$($piece:tt)*] $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* $a }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $b:tt $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* $a $b }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $b:tt $c:tt $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* $a $b $c }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $b:tt $c:tt $d:tt $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* $a $b $c $d }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $b:tt $c:tt $d:tt $e:tt $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* $a $b $c $d $e }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $b:tt $c:tt $d:tt $e:tt $f:tt $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* $a $b $c $d $e $f }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $b:tt $c:tt $d:tt $e:tt $f:tt $g:tt $(, $($rest:tt)*)?) => {
        $crate::$each! { $($piece)* $a $b $c $d $e $f $g }
        $($crate::__segments_ide_split! { $each [] $($rest)* })?
    };
    ($each:ident [$($piece:tt)*] $a:tt $b:tt $c:tt $d:tt $e:tt $f:tt $g:tt $($rest:tt)*) => {
        $crate::__segments_ide_split! { $each [$($piece)* $a $b $c $d $e $f $g] $($rest)* }
    };
}

/// One argument.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_argument {
    (crate $($value:tt)*) => {};
    ($key:ident $($value:tt)*) => {
        _ = $crate::__private_0_1::keys::segment::$key;
        $crate::__segments_ide_value! { $key $($value)* }
    };
    ($($other:tt)*) => {
        _ = $crate::__private_0_1::keys::segment::nothing;
    };
}

/// The value after the key of an argument.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_value {
    (rule ($($inside:tt)*)) => {
        {
            #[allow(unused_imports)]
            use $crate::__private_0_1::keys::rule::*;
            $crate::__segments_ide_split! { __segments_ide_clause [] $($inside)* }
        }
    };
    (include ($($inside:tt)*)) => {
        $crate::__segments_ide_split! { __segments_ide_list [] $($inside)* }
    };
    (exclude ($($inside:tt)*)) => {
        $crate::__segments_ide_split! { __segments_ide_list [] $($inside)* }
    };
    (allow ($($inside:tt)*)) => {
        $crate::__segments_ide_split! { __segments_ide_allow [] $($inside)* }
    };
    (environment ($($inside:tt)*)) => {
        {
            #[allow(unused_imports)]
            use $crate::__private_0_1::keys::segment::*;
            $crate::__segments_ide_split! { __segments_ide_environment [] $($inside)* }
        }
    };
    (of = $($context:tt)*) => {
        _ = $crate::__private_0_1::any_type::<$($context)*>;
    };
    ($key:ident ($($inside:tt)*)) => {
        _ = ($($inside)*);
    };
    ($key:ident = $($value:tt)*) => {
        _ = ($($value)*);
    };
    ($($other:tt)*) => {};
}

/// All arguments of `#[ai_config]` and `#[flag_targeting]`.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_targeting {
    ($($arguments:tt)*) => {
        fn __targeting() {
            #[allow(unused_imports)]
            use $crate::{has_kind, member_of};
            $crate::__segments_ide_split! { __segments_ide_targeting_argument [] $($arguments)* }
        }
    };
}

/// One argument of `#[ai_config]` and `#[flag_targeting]`.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_targeting_argument {
    (crate $($value:tt)*) => {};
    ($key:ident $($value:tt)*) => {
        _ = $crate::__private_0_1::keys::targeting::$key;
        $crate::__segments_ide_targeting_value! { $key $($value)* }
    };
    ($($other:tt)*) => {
        _ = $crate::__private_0_1::keys::targeting::nothing;
    };
}

/// The value after the key of an argument. Names of variations will become an enum and have no meaning
/// before.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_targeting_value {
    (rule ($($inside:tt)*)) => {
        {
            #[allow(unused_imports)]
            use $crate::__private_0_1::keys::rule::*;
            $crate::__segments_ide_split! { __segments_ide_served [] $($inside)* }
        }
    };
    (target ($($inside:tt)*)) => {
        $crate::__segments_ide_arrow! { __segments_ide_list [] $($inside)* }
    };
    (allow ($($inside:tt)*)) => {
        $crate::__segments_ide_split! { __segments_ide_allow [] $($inside)* }
    };
    (environment ($($inside:tt)*)) => {
        {
            #[allow(unused_imports)]
            use $crate::__private_0_1::keys::targeting::*;
            $crate::__segments_ide_split! { __segments_ide_targeting_environment [] $($inside)* }
        }
    };
    (key = $($value:tt)*) => {
        _ = ($($value)*);
    };
    ($($other:tt)*) => {};
}

/// The environment, or one argument for it.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_targeting_environment {
    ($key:ident = $($value:tt)*) => {
        _ = ($key);
        $crate::__segments_ide_targeting_value! { $key = $($value)* }
    };
    ($key:ident ($($inside:tt)*)) => {
        _ = ($key);
        $crate::__segments_ide_targeting_value! { $key ($($inside)*) }
    };
    ($($environment:tt)*) => {
        _ = ($($environment)*);
    };
}

/// One clause of a rule, the last with the variation after it.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_served {
    ($($piece:tt)*) => {
        $crate::__segments_ide_arrow! { __segments_ide_clause [] $($piece)* }
    };
}

/// Calls a macro with the tokens before `=>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_arrow {
    ($each:ident [$($before:tt)*] => $($served:tt)*) => {
        $crate::$each! { $($before)* }
    };
    ($each:ident [$($before:tt)*] $next:tt $($rest:tt)*) => {
        $crate::__segments_ide_arrow! { $each [$($before)* $next] $($rest)* }
    };
    ($each:ident [$($before:tt)*]) => {
        $crate::$each! { $($before)* }
    };
}

/// One clause of a rule, or one of the rule's own keys, which are imported by name: before its `=` is
/// typed, `des` may become `description` or `Desk::HEIGHT`.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_clause {
    ($key:ident = $($value:tt)*) => {
        _ = ($key);
        _ = ($($value)*);
    };
    ($($clause:tt)*) => {
        _ = ($($clause)*);
    };
}

/// The environment, or one argument for it.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_environment {
    ($key:ident = $($value:tt)*) => {
        _ = ($key);
        $crate::__segments_ide_value! { $key = $($value)* }
    };
    ($key:ident ($($inside:tt)*)) => {
        _ = ($key);
        $crate::__segments_ide_value! { $key ($($inside)*) }
    };
    ($($environment:tt)*) => {
        _ = ($($environment)*);
    };
}

/// One list of contexts, or `at_least`.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_list {
    ($a:ident = $($keys:tt)*) => {
        $crate::__segments_ide_list! { $a }
        _ = ($($keys)*);
    };
    ($a:ident :: $b:ident = $($keys:tt)*) => {
        $crate::__segments_ide_list! { $a :: $b }
        _ = ($($keys)*);
    };
    ($a:ident :: $b:ident :: $c:ident = $($keys:tt)*) => {
        $crate::__segments_ide_list! { $a :: $b :: $c }
        _ = ($($keys)*);
    };
    ($($context:tt)*) => {
        {
            #[allow(unused_imports)]
            use $crate::__private_0_1::keys::list::*;
            _ = $crate::__private_0_1::any_type::<$($context)*>;
        }
    };
}

/// One warning in `allow(...)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_ide_allow {
    ($name:ident $($other:tt)*) => {
        _ = $crate::__private_0_1::keys::allow::$name;
    };
    ($($other:tt)*) => {
        _ = $crate::__private_0_1::keys::allow::nothing;
    };
}

/// A clause that references another segment: `rule(member_of!(Staff))`, or `!member_of!(Staff)` for
/// contexts that are not in it. The segment is named by its type, so it must exist.
///
/// Use it in the rules of [`#[segment]`](macro@crate::segment), without an import.
///
/// ```
/// use segments_runtime::{Context, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, email: String, age: u32 }
///
/// /// Colleagues.
/// #[segment(rule(User::EMAIL.ends_with("@company.com")))]
/// struct Staff;
///
/// /// Customers of age.
/// #[segment(rule(!member_of!(Staff), User::AGE.ge(18)))]
/// struct Adults;
///
/// let user = User { id: "u-1".into(), email: "a@company.com".into(), age: 31 };
/// assert!(!Adults::contains(&user));
/// ```
///
/// Outside of rules it is an error:
///
/// ```compile_fail
/// # use segments_runtime::{Context, segment, member_of};
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String }
/// # /// Colleagues.
/// # #[segment(include(User = ["u-1"]))]
/// # struct Staff;
/// let clause = member_of!(Staff);
/// ```
#[macro_export]
macro_rules! member_of {
    ($($segment:tt)*) => {
        $crate::__segments_member_of! { $($segment)* }
    };
}

/// `member_of!` outside of a rule: inside a rule, `#[segment]` parses it.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_member_of {
    ($($segment:tt)*) => {
        ::core::compile_error!(
            "`member_of!` is a clause of a rule; write it in `#[segment(rule(...))]`, or call `contains` of the segment"
        )
    };
}

/// `member_of!` inside of a rule, with the arguments as Rust.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_member_of {
    ($($segment:tt)*) => {
        // Parentheses, for there may be several.
        $crate::__private_0_1::any_type::<($($segment)*)>
    };
}

/// A clause on the kinds of the context: `rule(has_kind!(Device))`, or `!has_kind!(Device)` for contexts
/// without a device. LaunchDarkly calls it "Context kind". Kinds are named by their types, so they must
/// exist; if there are several, one is enough.
///
/// Use it in the rules of [`#[segment]`](macro@crate::segment), without an import.
///
/// ```
/// use segments_runtime::{Context, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, beta: bool }
///
/// #[derive(Context)]
/// #[context(kind = "device")]
/// struct Device { #[context(key)] id: String }
///
/// /// Beta testers who use an app.
/// #[segment(rule(has_kind!(Device), User::BETA.is(true)))]
/// struct AppTesters;
///
/// let (user, device) = (User { id: "u-1".into(), beta: true }, Device { id: "d-1".into() });
/// assert!(AppTesters::contains((&user, &device)));
/// assert!(!AppTesters::contains((&user, None::<&Device>)));
/// ```
///
/// Outside of rules it is an error:
///
/// ```compile_fail
/// # use segments_runtime::{Context, has_kind};
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String }
/// let clause = has_kind!(User);
/// ```
#[macro_export]
macro_rules! has_kind {
    ($($context:tt)*) => {
        $crate::__segments_has_kind! { $($context)* }
    };
}

/// `has_kind!` outside of a rule: inside a rule, `#[segment]` parses it.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_has_kind {
    ($($context:tt)*) => {
        ::core::compile_error!(
            "`has_kind!` is a clause of a rule; write it in `#[segment(rule(...))]`, or pass an `Option` and call `is_some`"
        )
    };
}

/// `has_kind!` inside of a rule, with the arguments as Rust.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __segments_has_kind {
    ($($context:tt)*) => {
        // Parentheses, for there may be several.
        $crate::__private_0_1::any_type::<($($context)*)>
    };
}
