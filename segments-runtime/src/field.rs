//! Which Rust types can be attributes, and what is seen of them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use segments_model::{AttributeRef, Value};
use serde_json::Value as Json;

use crate::types::{Bool, Date, Number, Text, ValueType, Version};
use crate::{AttributeSchema, Attributes, Timestamp};

/// A type that a field of a context may have.
///
/// Strings, booleans, numbers, [`semver::Version`], [`Timestamp`] and what becomes one; enums that
/// derive [`AttributeValue`](derive@crate::AttributeValue); structs that derive
/// [`Attributes`](derive@crate::Attributes); and `Option`s, lists and sets of these. `None` is an
/// attribute that the context does not have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an attribute of a context",
    label = "not a type of attribute",
    note = "attributes are strings, booleans, numbers, `semver::Version`, `Timestamp`, `SystemTime`, the moments of `chrono`, `jiff` and `time` with the features of these names, enums that derive `AttributeValue`, structs that derive `Attributes`, and `Option`, `Vec` or sets of these",
    note = "leave a field out with `#[context(skip)]`"
)]
pub trait Field {
    /// What its values are.
    type Type;

    /// The attribute as JSON; `None` if the context does not have it.
    fn json(&self) -> Option<Json>;

    /// Adds the attribute, or the attributes inside it, to a schema; `path` leads to this field.
    fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>);
}

/// Adds an attribute of plain values to a schema.
pub fn describe_scalar<T: Scalar>(
    path: &[&'static str],
    private: bool,
    schema: &mut Vec<AttributeSchema>,
) {
    schema.push(AttributeSchema {
        reference: AttributeRef::from_path(path.iter().copied())
            .expect("the derive refuses empty names"),
        attribute_type: <T::Type as ValueType>::TYPE,
        many: T::MANY,
        private,
    });
}

/// A field of plain values: none, one or many of them.
///
/// See the example of [`AttributeValue`].
pub trait Scalar: Field<Type: ValueType> {
    /// Whether fields of this type hold many values.
    const MANY: bool;

    /// Whether the test holds for any of the values; `None` if the context does not have the
    /// attribute. A clause on an attribute with many values holds if it holds for any of them.
    fn any(&self, test: impl FnMut(<Self::Type as ValueType>::Seen<'_>) -> bool) -> Option<bool>;
}

/// A field that is an object with attributes of its own.
///
/// See the example of [`AttributeValue`].
pub trait Object: Field {
    /// The struct that derives [`Attributes`](derive@crate::Attributes).
    type Attributes: Attributes;

    /// The object; `None` if the context does not have it.
    fn object(&self) -> Option<&Self::Attributes>;
}

/// An enum whose variants are the values that an attribute may have. Derive it:
///
/// ```
/// use segments_runtime::AttributeValue;
///
/// #[derive(AttributeValue)]
/// enum Plan {
///     Free,
///     Pro,
///     #[attribute(name = "enterprise-plus")]
///     EnterprisePlus,
/// }
///
/// assert_eq!(Plan::Pro.name(), "pro");
/// assert_eq!(Plan::NAMES, ["free", "pro", "enterprise-plus"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a value of an attribute",
    label = "derive `AttributeValue` for it"
)]
pub trait AttributeValue: 'static {
    /// The names of all variants, as LaunchDarkly sees them, in the order of declaration.
    const NAMES: &'static [&'static str];

    /// The place of this variant in the order of declaration.
    fn index(&self) -> usize;

    /// The name of this variant, as LaunchDarkly sees it.
    fn name(&self) -> &'static str {
        Self::NAMES[self.index()]
    }

    /// This variant as a value of a clause.
    fn value(&self) -> Value {
        Value::from(self.name())
    }
}

macro_rules! scalar {
    ($($type:ty: $value_type:ty, |$field:ident| $seen:expr, $json:expr;)*) => {$(
        impl Field for $type {
            type Type = $value_type;

            fn json(&self) -> Option<Json> {
                let $field = self;
                $json
            }

            fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
                describe_scalar::<Self>(path, private, schema);
            }
        }

        impl Scalar for $type {
            const MANY: bool = false;

            #[inline]
            fn any(&self, mut test: impl FnMut(<$value_type as ValueType>::Seen<'_>) -> bool) -> Option<bool> {
                let $field = self;
                let seen: Option<_> = $seen;
                seen.map(|seen| test(seen))
            }
        }
    )*};
}

scalar! {
    String: Text, |text| Some(text.as_str()), Some(Json::from(text.as_str()));
    Box<str>: Text, |text| Some(text.as_ref()), Some(Json::from(text.as_ref()));
    Arc<str>: Text, |text| Some(text.as_ref()), Some(Json::from(text.as_ref()));
    Rc<str>: Text, |text| Some(text.as_ref()), Some(Json::from(text.as_ref()));
    Cow<'static, str>: Text, |text| Some(text.as_ref()), Some(Json::from(text.as_ref()));
    &'static str: Text, |text| Some(*text), Some(Json::from(*text));
    bool: Bool, |value| Some(*value), Some(Json::from(*value));
    semver::Version: Version, |version| Some(version), Some(Json::from(version.to_string()));
    Timestamp: Date, |time| Some(*time), Some(Json::from(time.millis()));
}

macro_rules! number {
    ($($type:ty)*) => {$(
        scalar! {
            // LaunchDarkly's numbers are 64-bit floats, whatever they are here. A number that is
            // none, or infinite, has no JSON form, so that the context does not have the attribute.
            $type: Number,
            |number| Some(*number as f64).filter(|number| number.is_finite()),
            Some(Json::from(*number)).filter(|json| !json.is_null());
        }
    )*};
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "the service loses the same digits"
)]
mod numbers {
    use super::{AttributeSchema, Field, Json, Number, Scalar, ValueType, describe_scalar};
    number! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 }
}

impl<T: Field> Field for Option<T> {
    type Type = T::Type;

    fn json(&self) -> Option<Json> {
        self.as_ref()?.json()
    }

    fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
        T::describe(path, private, schema);
    }
}

impl<T: Scalar> Scalar for Option<T> {
    const MANY: bool = T::MANY;

    #[inline]
    fn any(&self, test: impl FnMut(<Self::Type as ValueType>::Seen<'_>) -> bool) -> Option<bool> {
        self.as_ref()?.any(test)
    }
}

impl<T: Object> Object for Option<T> {
    type Attributes = T::Attributes;

    #[inline]
    fn object(&self) -> Option<&Self::Attributes> {
        self.as_ref()?.object()
    }
}

macro_rules! many {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<T: Scalar, $($generics)*> Field for $type {
            type Type = T::Type;

            fn json(&self) -> Option<Json> {
                Some(self.iter().filter_map(Field::json).collect())
            }

            fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
                describe_scalar::<Self>(path, private, schema);
            }
        }

        impl<T: Scalar, $($generics)*> Scalar for $type {
            const MANY: bool = true;

            #[inline]
            fn any(&self, mut test: impl FnMut(<Self::Type as ValueType>::Seen<'_>) -> bool) -> Option<bool> {
                Some(self.iter().any(|element| element.any(&mut test) == Some(true)))
            }
        }
    )*};
}

many! {
    [] Vec<T>;
    [] Box<[T]>;
    [] BTreeSet<T>;
    [S] HashSet<T, S>;
    [const N: usize] [T; N];
}
