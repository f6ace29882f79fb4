//! The Rust types that can be attributes, and access to their values.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use segments_model::{AttributeRef, Value};
use serde_json::Value as Json;

use crate::attribute::types::{Bool, Date, Number, Text, ValueType, Version};
use crate::{AttributeSchema, Attributes, Timestamp};

/// A type that a field of a context may have.
///
/// Strings, booleans, numbers, [`semver::Version`], [`Timestamp`] and what becomes one; enums that
/// derive [`AttributeValue`](derive@crate::AttributeValue); structs that derive
/// [`Attributes`](derive@crate::Attributes); and `Option`s, lists and sets of these. `None` is an
/// attribute that the context does not have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an attribute of a context",
    label = "derive `AttributeValue` for an enum, `Attributes` for a struct; or write `#[context(skip)]` on the field",
    note = "attributes are strings, booleans, numbers, `semver::Version`, `Timestamp`, `SystemTime`, the date types of `chrono`, `jiff` and `time` with the features of these names, enums that derive `AttributeValue`, structs that derive `Attributes`, and `Option`, `Vec` or sets of these"
)]
pub trait Field {
    /// The type of the attribute's values.
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
        required: true,
        formerly: None,
    });
}

/// A field of plain values: none, one or many of them.
///
/// Example: [`AttributeValue`].
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` cannot be an attribute of a context",
    label = "write a list of plain values, such as `Vec<String>`; or write `#[context(skip)]` on the field",
    note = "LaunchDarkly compares the values in a list, but not objects in it"
)]
pub trait Scalar: Field<Type: ValueType> {
    /// Whether a field of this type holds many values.
    const MANY: bool;

    /// A bit for the number type, from which a macro knows the numbers that the field never holds; 0 for
    /// other types.
    #[doc(hidden)]
    const NUMBER: u16 = 0;

    /// Returns whether the test passes for any of the values; `None` if the context does not have the
    /// attribute. A clause on an attribute with many values matches if any of them matches.
    fn any(&self, test: impl FnMut(<Self::Type as ValueType>::Seen<'_>) -> bool) -> Option<bool>;
}

/// A field that is an object with attributes.
///
/// Example: [`AttributeValue`].
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

    /// How the variants are written in Rust, for messages.
    #[doc(hidden)]
    const VARIANTS: &'static [&'static str] = &[];

    /// Returns the position of this variant in the order of declaration.
    fn index(&self) -> usize;

    /// Returns the name of this variant, as LaunchDarkly sees it.
    fn name(&self) -> &'static str {
        Self::NAMES[self.index()]
    }

    /// Returns this variant as a value of a clause.
    fn value(&self) -> Value {
        Value::from(self.name())
    }
}

macro_rules! scalar {
    ($($type:ty: $value_type:ty $([$number:expr])?, |$field:ident| $seen:expr, $json:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
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

        #[diagnostic::do_not_recommend]
        impl Scalar for $type {
            const MANY: bool = false;
            $(const NUMBER: u16 = $number;)?

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
    ($($type:ty [$bit:literal])*) => {$(
        scalar! {
            // LaunchDarkly's numbers are 64-bit floats, whatever they are here.
            $type: Number [1 << $bit], |number| Some(*number as f64), Some(Json::from(*number));
        }
    )*};
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "the service loses the same digits"
)]
mod numbers {
    use super::{
        AttributeSchema, Field, Json, Number, Scalar, ValueType, decimal, describe_scalar,
    };

    // The bits are those of the macro's table.
    number! {
        u8 [0] u16 [1] u32 [2] u64 [3] usize [3]
        i8 [4] i16 [5] i32 [6] i64 [7] isize [7]
    }

    scalar! {
        // A number that is none, or infinite, has no JSON form, so that the context does not have the
        // attribute.
        f64: Number, |number| Some(*number).filter(|number| number.is_finite()), Some(Json::from(*number)).filter(|json| !json.is_null());
        f32: Number [1 << 8], |number| Some(decimal(*number)).filter(|number| number.is_finite()), Some(Json::from(decimal(*number))).filter(|json| !json.is_null());
    }
}

/// A 32-bit float as people and JSON write it: 0.1, and not the 0.10000000149 that it is.
pub(crate) fn decimal(number: f32) -> f64 {
    use std::fmt::Write;

    // Whole numbers are the same, and the usual ones.
    if number.fract() == 0.0 && number.abs() < 16_777_216.0 || !number.is_finite() {
        return f64::from(number);
    }
    let mut digits = Digits([0; 24], 0);
    let written = write!(digits, "{number:e}").is_ok();
    let text = std::str::from_utf8(&digits.0[..digits.1]).ok();
    let read = text.filter(|_| written).and_then(|text| text.parse().ok());
    read.unwrap_or_else(|| f64::from(number))
}

/// Place for a sign, nine digits with a point, and an exponent: membership allocates nothing.
struct Digits([u8; 24], usize);

impl std::fmt::Write for Digits {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.1 + text.len();
        let place = self.0.get_mut(self.1..end).ok_or(std::fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.1 = end;
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Field> Field for Option<T> {
    type Type = T::Type;

    fn json(&self) -> Option<Json> {
        self.as_ref()?.json()
    }

    fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
        let from = schema.len();
        T::describe(path, private, schema);
        for attribute in &mut schema[from..] {
            attribute.required = false;
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> Scalar for Option<T> {
    const MANY: bool = T::MANY;
    const NUMBER: u16 = T::NUMBER;

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
        #[diagnostic::do_not_recommend]
        impl<T: Scalar, $($generics)*> Field for $type {
            type Type = T::Type;

            fn json(&self) -> Option<Json> {
                Some(self.iter().filter_map(Field::json).collect())
            }

            fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
                describe_scalar::<Self>(path, private, schema);
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Scalar, $($generics)*> Scalar for $type {
            const MANY: bool = true;
            const NUMBER: u16 = T::NUMBER;

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

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn floats_of_32_bits_are_the_decimals_that_were_written() {
        for (number, written) in [
            (0.1_f32, 0.1),
            (-2.7, -2.7),
            (30.0, 30.0),
            (0.0, 0.0),
            (1e-45, 1e-45),
            (3.402_823_5e38, 3.402_823_5e38),
            (16_777_216.0, 16_777_216.0),
            (1.234_567_9, 1.234_567_9),
        ] {
            assert_eq!(decimal(number).to_bits(), f64::to_bits(written), "{number}");
        }
        assert!(decimal(f32::NAN).is_nan() && decimal(f32::INFINITY).is_infinite());
    }
}
