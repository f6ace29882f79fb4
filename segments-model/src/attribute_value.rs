//! Values of contexts' attributes.

use std::fmt;

use crate::Value;

/// The value of one context attribute: any JSON value.
///
/// ```
/// use segments_model::AttributeValue;
///
/// let groups = AttributeValue::from_iter(["a", "b"]);
/// assert_eq!(groups.to_string(), r#"["a","b"]"#);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// Null; SDKs treat the attribute as absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    String(String),
    /// Several values; a clause matches if one of them does.
    Array(Vec<AttributeValue>),
    /// Named values, with paths such as `/address/city`. Names are unique and sorted.
    Object(Vec<(String, AttributeValue)>),
}

impl AttributeValue {
    /// Creates an object of these properties. If a name occurs twice, the last property counts, as in
    /// JSON.
    #[must_use]
    pub fn object(properties: impl IntoIterator<Item = (String, AttributeValue)>) -> Self {
        let mut properties: Vec<_> = properties.into_iter().collect();
        properties.reverse();
        // The sort is stable, so that of equal names the last as written stands first, and stays.
        properties.sort_by(|(left, _), (right, _)| left.cmp(right));
        properties.dedup_by(|(later, _), (earlier, _)| later == earlier);
        Self::Object(properties)
    }

    /// Returns the property of this name, if the value is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&AttributeValue> {
        match self {
            Self::Object(properties) => properties
                .binary_search_by(|(property, _)| property.as_str().cmp(name))
                .ok()
                .map(|index| &properties[index].1),
            _ => None,
        }
    }

    /// Returns the string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// As JSON writes it; whole numbers without a fraction.
impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::String(value) => write_text(f, value),
            Self::Array(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    f.write_str(if index > 0 { "," } else { "" })?;
                    write!(f, "{value}")?;
                }
                f.write_str("]")
            }
            Self::Object(properties) => {
                f.write_str("{")?;
                for (index, (name, value)) in properties.iter().enumerate() {
                    f.write_str(if index > 0 { "," } else { "" })?;
                    write_text(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.escape_debug())
}

impl From<bool> for AttributeValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for AttributeValue {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for AttributeValue {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for AttributeValue {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Value> for AttributeValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Bool(value) => Self::Bool(value),
            Value::Number(value) => Self::Number(value.get()),
            Value::String(value) => Self::String(value.into_owned()),
        }
    }
}

impl<V: Into<AttributeValue>> FromIterator<V> for AttributeValue {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

#[cfg(feature = "serde")]
mod json {
    use std::fmt;

    use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
    use serde::ser::{Serialize, Serializer};

    use super::AttributeValue;
    use crate::Number;

    impl Serialize for AttributeValue {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Self::Null => serializer.serialize_unit(),
                Self::Bool(value) => serializer.serialize_bool(*value),
                Self::Number(value) => match Number::new(*value) {
                    Ok(number) => number.serialize(serializer),
                    Err(_) => serializer.serialize_unit(),
                },
                Self::String(value) => serializer.serialize_str(value),
                Self::Array(values) => serializer.collect_seq(values),
                Self::Object(properties) => {
                    serializer.collect_map(properties.iter().map(|(name, value)| (name, value)))
                }
            }
        }
    }

    impl<'de> Deserialize<'de> for AttributeValue {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(AnyValue)
        }
    }

    struct AnyValue;

    impl<'de> Visitor<'de> for AnyValue {
        type Value = AttributeValue;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON value")
        }

        fn visit_unit<E>(self) -> Result<AttributeValue, E> {
            Ok(AttributeValue::Null)
        }

        fn visit_none<E>(self) -> Result<AttributeValue, E> {
            Ok(AttributeValue::Null)
        }

        fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<AttributeValue, D::Error> {
            Deserialize::deserialize(value)
        }

        fn visit_bool<E>(self, value: bool) -> Result<AttributeValue, E> {
            Ok(AttributeValue::Bool(value))
        }

        #[allow(
            clippy::cast_precision_loss,
            reason = "the SDKs hold every number as a float"
        )]
        fn visit_i64<E>(self, value: i64) -> Result<AttributeValue, E> {
            Ok(AttributeValue::Number(value as f64))
        }

        #[allow(
            clippy::cast_precision_loss,
            reason = "the SDKs hold every number as a float"
        )]
        fn visit_u64<E>(self, value: u64) -> Result<AttributeValue, E> {
            Ok(AttributeValue::Number(value as f64))
        }

        fn visit_f64<E>(self, value: f64) -> Result<AttributeValue, E> {
            Ok(AttributeValue::Number(value))
        }

        fn visit_str<E>(self, value: &str) -> Result<AttributeValue, E> {
            Ok(AttributeValue::String(value.to_owned()))
        }

        fn visit_string<E>(self, value: String) -> Result<AttributeValue, E> {
            Ok(AttributeValue::String(value))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<AttributeValue, A::Error> {
            let mut values = Vec::new();
            while let Some(value) = seq.next_element()? {
                values.push(value);
            }
            Ok(AttributeValue::Array(values))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AttributeValue, A::Error> {
            let mut properties = Vec::new();
            while let Some(property) = map.next_entry()? {
                properties.push(property);
            }
            Ok(AttributeValue::object(properties))
        }
    }

    impl From<serde_json::Value> for AttributeValue {
        fn from(value: serde_json::Value) -> Self {
            match value {
                serde_json::Value::Null => Self::Null,
                serde_json::Value::Bool(value) => Self::Bool(value),
                serde_json::Value::Number(value) => match value.as_f64() {
                    Some(number) => Self::Number(number),
                    None => Self::String(value.to_string()),
                },
                serde_json::Value::String(value) => Self::String(value),
                serde_json::Value::Array(values) => values.into_iter().collect(),
                serde_json::Value::Object(properties) => {
                    let properties = properties.into_iter();
                    Self::object(properties.map(|(name, value)| (name, value.into())))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_names_counts() {
        let object = AttributeValue::object([
            ("b".to_owned(), 1.0.into()),
            ("a".to_owned(), true.into()),
            ("b".to_owned(), 2.0.into()),
        ]);
        assert_eq!(object.get("b"), Some(&AttributeValue::Number(2.0)));
        assert_eq!(object.to_string(), r#"{"a":true,"b":2}"#);
        assert_eq!(object.get("c"), None);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_comes_back_as_it_was() {
        let text = r#"{"a":[1,-2.5,"x",null,true],"b":{"c":{}}}"#;
        let value: AttributeValue = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(value.to_string(), text);
        let parsed: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(AttributeValue::from(parsed), value);
    }
}
