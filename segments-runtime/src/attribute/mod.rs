//! Typed attributes: constants whose type determines the operators that a clause may use.

pub(crate) mod cache;
pub(crate) mod condition;
pub(crate) mod dates;
pub(crate) mod field;
pub(crate) mod misfit;
pub(crate) mod one_or_many;
pub(crate) mod operand;
pub(crate) mod operation;
pub(crate) mod path;
pub(crate) mod timestamp;
pub(crate) mod types;

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::attribute::condition::Comparison;
use crate::attribute::operation::Is;
use crate::attribute::types::{Date, Nested, Number, Text, ValueType, Version};
use crate::context::Names;
use crate::{Attributes, Field, Operand, Operands};

pub use path::Get;
use path::{Then, reference};

/// An attribute of contexts of type `C` with values of type `T`. `G` accesses the field.
///
/// [`derive(Context)`](derive@crate::Context) generates an attribute for each field. Its methods are the
/// operators that fit; each returns a clause of a rule.
///
/// ```
/// # use segments_runtime::{Condition, Context};
/// # #[derive(Context)]
/// # #[context(kind = "user", rename_all = "camelCase")]
/// # struct User { #[context(key)] id: String, account_age: u32, email: Option<String> }
/// let settled = User::ACCOUNT_AGE.gt(30);
/// assert_eq!(settled.clause().to_string(), "user accountAge is greater than 30");
///
/// let elsewhere = !User::EMAIL.ends_with(["@company.com", "@company.org"]);
/// assert_eq!(
///     elsewhere.clause().to_string(),
///     "user email does not end with \"@company.com\" or \"@company.org\""
/// );
/// ```
#[allow(clippy::type_complexity, reason = "it only names the parameters")]
pub struct Attribute<C, T, G>(PhantomData<fn() -> (C, T, G)>);

impl<C, T, G> Attribute<C, T, G> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C, T, G> Default for Attribute<C, T, G> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C, T, G> Clone for Attribute<C, T, G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, T, G> Copy for Attribute<C, T, G> {}

impl<C, T, G: Get<C>> fmt::Debug for Attribute<C, T, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Attribute")
            .field(&reference::<C, G>())
            .finish()
    }
}

/// The attribute at the end of a path.
pub type AttributeAt<C, G> = Attribute<C, <<G as Get<C>>::Field as Field>::Type, G>;

/// The attribute of the object `O` at the end of a path, inside a context.
pub type NestedAttribute<C, G, O, F> =
    Attribute<C, <<F as Get<O>>::Field as Field>::Type, Then<G, F>>;

impl<C: 'static, A: Attributes, G: 'static> Attribute<C, Nested<A>, G> {
    /// Dereferences in constants.
    #[doc(hidden)]
    #[must_use]
    pub const fn __names(&self) -> &'static A::Names<C, G> {
        A::Names::<C, G>::NAMES
    }
}

/// The attributes of an object: `User::ADDRESS.city`.
impl<C: 'static, A: Attributes, G: 'static> Deref for Attribute<C, Nested<A>, G> {
    type Target = A::Names<C, G>;

    fn deref(&self) -> &Self::Target {
        self.__names()
    }
}

impl<C, T: ValueType, G> Attribute<C, T, G> {
    /// Matches if the attribute equals the value, including its type; versions are compared by
    /// precedence.
    #[inline]
    pub fn is<V: Operand<T, Is>>(self, value: V) -> Comparison<C, T, G, Is, [V::Given; 1]> {
        Comparison::new([value.given()])
    }

    /// Matches if the attribute equals one of the values.
    #[inline]
    pub fn is_any_of<V: Operand<T, Is>, const N: usize>(
        self,
        values: [V; N],
    ) -> Comparison<C, T, G, Is, [V::Given; N]> {
        Comparison::new(values.map(V::given))
    }
}

/// Generates a method for each operator, on attributes of the type of its values.
macro_rules! operators {
    ($($(#[$docs:meta])* $name:ident $wire:literal [$($method:tt)*] $builder:ident $operand:ident ($kernel:ident $deciding:ident) [$($type:ident),*] $phrase:literal / $negated:literal;)*) => {
        $(operators! { @ [$($method)*] $operand $name $(#[$docs])* })*
    };
    (@ [is is_any_of] $($rest:tt)*) => {};
    (@ [member_of!] $($rest:tt)*) => {};
    (@ [$method:ident] Pattern $name:ident $(#[$docs:meta])*) => {
        operators! { @ [$method] Text $name $(#[$docs])* }
    };
    (@ [$method:ident] $type:ident $name:ident $(#[$docs:meta])*) => {
        impl<C, G> Attribute<C, $type, G> {
            $(#[$docs])*
            ///
            /// Takes one value, or an array of values, one of which is enough.
            #[inline]
            pub fn $method<V: Operands<$type, operation::$name>>(
                self,
                values: V,
            ) -> Comparison<C, $type, G, operation::$name, V::Given> {
                Comparison::new(values.given())
            }
        }
    };
}

segments_model::__operator_table! { operators }
