//! Values of clauses.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use crate::date::Moment;

/// A value of a clause: a JSON boolean, number or string. Dates and versions are strings or numbers on
/// the wire.
///
/// ```
/// use segments_model::Value;
///
/// assert_ne!(Value::from("1"), Value::from(1), "values of different types are never equal");
/// assert_eq!(Value::from(30).to_string(), "30");
/// assert_eq!(Value::from("eu").to_string(), "\"eu\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// A string.
    String(Cow<'static, str>),
}

impl Value {
    /// Returns the type's name for messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
        }
    }

    /// The moment that it is, as SDKs read it.
    pub(crate) fn moment(&self) -> Option<Moment> {
        match self {
            Value::Number(number) => Moment::from_number(number.get()),
            Value::String(text) => Moment::parse(text),
            Value::Bool(_) => None,
        }
    }

    /// Returns the string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            Value::Bool(_) | Value::Number(_) => None,
        }
    }
}

/// As JSON writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(value) => write!(f, "{value}"),
            Value::String(value) => write!(f, "\"{}\"", value.escape_debug()),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Value::Number(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Number(Number::from(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Number(Number::from(value))
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Value::String(Cow::Borrowed(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::String(Cow::Owned(value))
    }
}

/// A number in the service and its SDKs: a finite 64-bit float. Integers are exact up to 2^53.
///
/// ```
/// use segments_model::Number;
///
/// assert_eq!(Number::try_from(30_i64).unwrap(), Number::new(30.0).unwrap());
/// assert!(Number::new(f64::NAN).is_err());
/// assert!(Number::try_from(9_007_199_254_740_993_i64).is_err(), "no float has this value");
/// ```
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64"))]
pub struct Number(f64);

/// The reason why a number cannot be a value of a clause.
#[derive(Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InvalidNumber {
    /// NaN or an infinity, which JSON does not have.
    #[error("{0} is not a JSON number; write a finite number")]
    NotFinite(f64),
    /// An integer that a 64-bit float cannot represent exactly.
    #[error(
        "{0} is beyond 2^53, where LaunchDarkly's numbers lose digits; write it as a string and compare strings"
    )]
    Inexact(i128),
    /// A larger number.
    #[error(
        "{0:e} is beyond 2^53, where LaunchDarkly's numbers lose digits; write it as a string and compare strings"
    )]
    Huge(f64),
}

crate::readable_debug! {
    enum InvalidNumber {
        NotFinite(number),
        Inexact(number),
        Huge(number),
    }
}

/// The largest magnitude up to which every whole number is a 64-bit float.
const EXACT: i128 = 1 << 53;

impl Number {
    /// Creates a number from a finite float.
    ///
    /// # Errors
    ///
    /// If it is NaN or infinite.
    pub fn new(value: f64) -> Result<Self, InvalidNumber> {
        // `+ 0.0` makes -0 into 0, so that equal numbers are the same value.
        if value.is_finite() {
            Ok(Self(value + 0.0))
        } else {
            Err(InvalidNumber::NotFinite(value))
        }
    }

    /// Returns the float.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Returns the integer, if it is an exact one.
    #[must_use]
    pub fn as_integer(self) -> Option<i64> {
        #[allow(clippy::cast_precision_loss, reason = "2^53 is exact")]
        let exact = self.0.fract() == 0.0 && self.0.abs() <= EXACT as f64;
        #[allow(clippy::cast_possible_truncation, reason = "whole and at most 2^53")]
        exact.then_some(self.0 as i64)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self(f64::from(value))
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self(f64::from(value))
    }
}

impl TryFrom<f64> for Number {
    type Error = InvalidNumber;
    fn try_from(value: f64) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl TryFrom<i128> for Number {
    type Error = InvalidNumber;
    fn try_from(value: i128) -> Result<Self, Self::Error> {
        if value.abs() > EXACT {
            return Err(InvalidNumber::Inexact(value));
        }
        #[allow(clippy::cast_precision_loss, reason = "at most 2^53, as checked above")]
        Ok(Self(value as f64))
    }
}

impl TryFrom<i64> for Number {
    type Error = InvalidNumber;
    fn try_from(value: i64) -> Result<Self, Self::Error> {
        Self::try_from(i128::from(value))
    }
}

/// Whole numbers are written without a fraction, as the service writes them.
#[cfg(feature = "serde")]
impl serde::Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_integer() {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_one_form() {
        assert_eq!(Number::new(-0.0).unwrap(), Number::from(0));
    }

    #[test]
    fn whole_numbers_are_exact_or_refused() {
        assert_eq!(
            Number::try_from(1_i64 << 53).unwrap().as_integer(),
            Some(1 << 53)
        );
        assert!(Number::try_from((1_i64 << 53) + 1).is_err());
        assert!(Number::try_from(i64::MIN).is_err());
        assert_eq!(Number::new(0.5).unwrap().as_integer(), None);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_keeps_types_and_writes_whole_numbers_whole() {
        let values = [
            Value::from(true),
            Value::from(30),
            Value::from(Number::new(0.25).unwrap()),
            Value::from("eu"),
        ];
        let json = serde_json::to_string(&values).unwrap();
        assert_eq!(json, r#"[true,30,0.25,"eu"]"#);
        assert_eq!(serde_json::from_str::<Vec<Value>>(&json).unwrap(), values);
        assert_eq!(
            serde_json::from_str::<Value>("1.0").unwrap(),
            Value::from(1)
        );
    }
}
