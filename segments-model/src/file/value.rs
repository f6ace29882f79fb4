//! Reading the values of clauses.

use toml::de::DeValue;

use super::reader::{Reader, Value};
use super::span::Span;
use crate::{AttributeType, Code};

impl Reader<'_> {
    /// A boolean, a number or a text; where dates are expected, a TOML date as well.
    pub(super) fn value(&mut self, value: &Value<'_>, dates: bool) -> Option<crate::Value> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string().into()),
            DeValue::Boolean(flag) => Some((*flag).into()),
            DeValue::Integer(_) | DeValue::Float(_) => self.number(value).map(crate::Value::Number),
            DeValue::Datetime(date) if dates => Some(date.to_string().into()),
            DeValue::Datetime(date) => {
                let message =
                    format!("a TOML date is not a value here; write \"{date}\" as a string");
                self.report(Code::TOML_TYPE, value.span(), message);
                None
            }
            DeValue::Array(_) | DeValue::Table(_) => {
                self.wrong_type("a value", "a boolean, a number or a string", value);
                None
            }
        }
    }

    /// Warns when values of one clause differ in type although nothing tells which type is right.
    pub(super) fn mixed(&mut self, span: Span, values: &[Option<crate::Value>]) {
        let mut types: Vec<_> = values
            .iter()
            .flatten()
            .map(crate::Value::type_name)
            .collect();
        types.dedup();
        if let [first, second, ..] = types[..] {
            let message = format!(
                "these values mix types, a {first} and a {second}, and one is never equal to the other; write one type"
            );
            self.report(Code::VALUES_MIXED, span, message);
        }
    }
}

/// Why an attribute of this type cannot have this value.
pub(super) fn misfit(value: &crate::Value, attribute_type: AttributeType) -> Option<String> {
    use crate::Value::{Bool, Number, String};
    let fits = match (attribute_type, value) {
        (AttributeType::Any, _)
        | (AttributeType::Bool, Bool(_))
        | (AttributeType::Number | AttributeType::Date, Number(_))
        | (AttributeType::String, String(_)) => true,
        (AttributeType::Date, String(text)) => match crate::date::parse(text) {
            Ok(_) => true,
            Err(error) => return Some(error.to_string()),
        },
        (AttributeType::Version, String(text)) => match crate::version::parse(text) {
            Ok(_) => true,
            Err(error) => return Some(error.to_string()),
        },
        _ => false,
    };
    let message = || {
        let found = value.type_name();
        format!("{value} is a {found}, and the attribute is a {attribute_type}")
    };
    (!fits).then(message)
}
