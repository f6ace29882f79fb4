//! The values on the right-hand side of an operator.

use segments_model::date::Moment;
use segments_model::{self as model, Value, version};

use crate::attribute::cache::Cache;
use crate::attribute::field::decimal;
use crate::attribute::operation::{self, Is, Operation};
use crate::attribute::types::{Bool, Date, Number, OneOf, Text, ValueType, Version};
use crate::{AttributeValue, Timestamp};

/// From this length on, hashing a list of texts is faster than comparing one by one.
const LONG: usize = 12;

/// A value that an attribute of type `T` can be compared with by the operation `O`.
///
/// Values are constants: texts are `&'static str`, so that a test allocates nothing.
#[diagnostic::on_unimplemented(
    message = "an attribute of type `{T}` cannot be compared with a value of type `{Self}`",
    label = "not a value of the attribute's type",
    note = "`Text` takes string literals, `Number` numbers, `Bool` `true` or `false`, `Date` milliseconds, RFC 3339 text or a `Timestamp`, `Version` text such as \"2.0.0\", `OneOf<E>` variants of `E`"
)]
pub trait Operand<T: ValueType, O>: Sized + 'static {
    /// This type. If the types do not fit, a method whose result names this type has no result, and the
    /// compiler reports this once instead of at every use of the result.
    #[doc(hidden)]
    type Given: Operand<T, O>;

    #[doc(hidden)]
    fn given(self) -> Self::Given;

    /// Returns the value in the service's form; `None` for a number that JSON cannot represent.
    fn value(&self) -> Option<Value>;

    /// Returns whether the operation holds between the context's value and any of the values.
    fn any(values: &[Self], seen: T::Seen<'_>, cache: Option<&Cache>) -> bool;
}

/// One value, or an array of values of which one is enough.
#[diagnostic::on_unimplemented(
    message = "an attribute of type `{T}` cannot be compared with a value of type `{Self}`",
    label = "not a value of the attribute's type",
    note = "`Text` takes string literals, `Number` numbers, `Bool` `true` or `false`, `Date` milliseconds, RFC 3339 text or a `Timestamp`, `Version` text such as \"2.0.0\", `OneOf<E>` variants of `E`",
    note = "several values are written as an array: `[\"a\", \"b\"]`"
)]
pub trait Operands<T: ValueType, O>: Sized + 'static {
    /// The type of each value.
    type Each: Operand<T, O>;

    #[doc(hidden)]
    type Given: Operands<T, O>;

    #[doc(hidden)]
    fn given(self) -> Self::Given;

    /// Returns all values.
    fn each(&self) -> &[Self::Each];
}

#[diagnostic::do_not_recommend]
impl<T: ValueType, O, V: Operand<T, O>, const N: usize> Operands<T, O> for [V; N]
where
    O: 'static,
{
    type Each = V;
    type Given = Self;

    #[inline]
    fn given(self) -> Self {
        self
    }

    #[inline]
    fn each(&self) -> &[V] {
        self
    }
}

macro_rules! operand {
    ($($type:ty, $value_type:ty: $operation:path => |$value:ident| $model:expr, |$values:ident, $seen:ident, $cache:ident| $any:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Operand<$value_type, $operation> for $type {
            type Given = Self;

            #[inline]
            fn given(self) -> Self {
                self
            }

            fn value(&self) -> Option<Value> {
                let $value = self;
                $model
            }

            #[inline]
            fn any($values: &[Self], $seen: <$value_type as ValueType>::Seen<'_>, $cache: Option<&Cache>) -> bool {
                #[allow(dead_code, reason = "what fits nothing compares with nothing")]
                type This = $operation;
                $any
            }
        }

        #[diagnostic::do_not_recommend]
        impl Operands<$value_type, $operation> for $type {
            type Each = Self;
            type Given = Self;

            #[inline]
            fn given(self) -> Self {
                self
            }

            #[inline]
            fn each(&self) -> &[Self] {
                std::slice::from_ref(self)
            }
        }
    )*};
}

operand! {
    bool, Bool: Is => |value| Some(Value::from(*value)), |values, seen, _cache| values.iter().any(|value| holds::<Bool, This>(seen, value));
    &'static str, Text: Is => |value| Some(Value::from(*value)), |values, seen, cache| {
        if values.len() < LONG {
            values.iter().any(|value| holds::<Text, This>(seen, value))
        } else {
            Cache::texts(cache, || values.iter().copied().collect(), |texts| texts.contains(seen))
        }
    };
    Named, Bool: Is => |_value| None, |_values, _seen, _cache| false;
    Named, Number: Is => |_value| None, |_values, _seen, _cache| false;
    Named, Date: Is => |_value| None, |_values, _seen, _cache| false;
    Named, Text: Is => |value| Some(Value::from(value.0)), |values, seen, cache| {
        if values.len() < LONG {
            values.iter().any(|value| holds::<Text, This>(seen, value.0))
        } else {
            Cache::texts(cache, || values.iter().map(|value| value.0).collect(), |texts| texts.contains(seen))
        }
    };
    Timestamp, Date: Is => |value| whole(value.millis()), |values, seen, _cache| values.iter().any(|value| holds::<Date, This>(seen, value));
    i64, Date: Is => |value| whole(*value), |values, seen, _cache| {
        values.iter().any(|value| holds::<Date, This>(seen, &Timestamp::from_millis(*value)))
    };
}

macro_rules! numbers {
    ($operation:path) => {
        numbers! { $operation: i8 i16 i32 i64 isize u8 u16 u32 u64 usize f64 }
        operand! {
            f32, Number: $operation => |value| model::Number::new(decimal(*value)).ok().map(Value::from), |values, seen, _cache| {
                values.iter().any(|value| holds::<Number, This>(seen, &decimal(*value)))
            };
        }
    };
    ($operation:path: $($type:ty)*) => {$(
        operand! {
            $type, Number: $operation => |value| model::Number::new(*value as f64).ok().map(Value::from), |values, seen, _cache| {
                values.iter().any(|value| holds::<Number, This>(seen, &(*value as f64)))
            };
        }
    )*};
}

/// Defines how the values of each operator are stored and compared.
macro_rules! operands {
    ($($(#[$docs:meta])* $name:ident $wire:literal [$($method:tt)*] $builder:ident $operand:ident ($kernel:ident $deciding:ident) [$($type:ident),*] $phrase:literal / $negated:literal;)*) => {
        $(operands! { @ [$($method)*] $operand operation::$name })*
    };
    (@ [is is_any_of] Version $($rest:tt)*) => { operands! { @ [is] Version Is } };
    (@ [is is_any_of] $($rest:tt)*) => {};
    (@ [member_of!] $($rest:tt)*) => {};
    (@ [$method:ident] Text $operation:path) => {
        operand! {
            &'static str, Text: $operation => |value| Some(Value::from(*value)), |values, seen, _cache| {
                values.iter().any(|value| holds::<Text, This>(seen, value))
            };
        }
    };
    (@ [$method:ident] Pattern $operation:path) => {
        operand! {
            &'static str, Text: $operation => |value| Some(Value::from(*value)), |values, seen, cache| {
                // The macro refuses what does not compile. A pattern that reaches this otherwise never matches, as in the service.
                let prepare = || values.iter().filter_map(|pattern| regex::Regex::new(pattern).ok()).collect();
                Cache::patterns(cache, prepare, |patterns| patterns.iter().any(|pattern| holds::<Text, This>(seen, pattern)))
            };
        }
    };
    (@ [$method:ident] Number $operation:path) => {
        numbers! { $operation }
        operand! { Named, Number: $operation => |_value| None, |_values, _seen, _cache| false; }
    };
    (@ [$method:ident] Date $operation:path) => {
        operand! {
            Timestamp, Date: $operation => |value| whole(value.millis()), |values, seen, _cache| {
                values.iter().filter_map(|value| value.moment()).any(|value| holds::<Date, This>(seen, &value))
            };
            i64, Date: $operation => |value| whole(*value), |values, seen, _cache| {
                values.iter().filter_map(|value| Timestamp::from_millis(*value).moment()).any(|value| holds::<Date, This>(seen, &value))
            };
            &'static str, Date: $operation => |value| Some(Value::from(*value)), |values, seen, cache| {
                let prepare = || values.iter().filter_map(|text| Moment::parse(text)).collect();
                Cache::dates(cache, prepare, |dates| dates.iter().any(|date| holds::<Date, This>(seen, date)))
            };
        }
    };
    (@ [$method:ident] Version $operation:path) => {
        operand! {
            &'static str, Version: $operation => |value| Some(Value::from(*value)), |values, seen, cache| {
                let prepare = || values.iter().filter_map(|text| version::parse(text).ok()).collect();
                Cache::versions(cache, prepare, |versions| versions.iter().any(|version| holds::<Version, This>(seen, version)))
            };
            Named, Version: $operation => |value| Some(Value::from(value.0)), |values, seen, cache| {
                let prepare = || values.iter().filter_map(|text| version::parse(text.0).ok()).collect();
                Cache::versions(cache, prepare, |versions| versions.iter().any(|version| holds::<Version, This>(seen, version)))
            };
        }
    };
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    clippy::unnecessary_cast,
    reason = "the service's numbers are 64-bit floats; what they cannot hold is refused when the registry is read"
)]
mod of_operators {
    use super::{
        Cache, Date, Is, Moment, Named, Number, Operand, Operands, Text, Timestamp, Value,
        ValueType, Version, decimal, holds, model, operation, version, whole,
    };

    numbers! { Is }
    segments_model::__operator_table! { operands }
}

impl<E: AttributeValue> Operand<OneOf<E>, Is> for E {
    type Given = Self;

    #[inline]
    fn given(self) -> Self {
        self
    }

    fn value(&self) -> Option<Value> {
        Some(AttributeValue::value(self))
    }

    #[inline]
    fn any(values: &[Self], seen: &E, _cache: Option<&Cache>) -> bool {
        values
            .iter()
            .any(|value| holds::<OneOf<E>, Is>(seen, value))
    }
}

/// A text that a macro has parsed without knowing the attribute's type. From a file it may be the name of
/// an enum's variant. In Rust, a text that does not fit is refused by a constant beside the clause, whose
/// message is better than that of a trait bound; so every type accepts the text here.
#[derive(Debug, Clone, Copy)]
pub struct Named(pub &'static str);

impl<E: AttributeValue> Operand<OneOf<E>, Is> for Named {
    type Given = Self;

    #[inline]
    fn given(self) -> Self {
        self
    }

    fn value(&self) -> Option<Value> {
        Some(Value::from(self.0))
    }

    #[inline]
    fn any(values: &[Self], seen: &E, _cache: Option<&Cache>) -> bool {
        let seen = seen.name();
        values.iter().any(|value| value.0 == seen)
    }
}

#[inline]
fn holds<T: ValueType, O: Operation<T>>(seen: T::Seen<'_>, comparand: &O::Comparand) -> bool {
    O::holds(seen, comparand)
}

fn whole(value: i64) -> Option<Value> {
    model::Number::try_from(value).ok().map(Value::from)
}
