use super::written::{Compared, WrittenValue};
use crate::code::code;
use crate::{AttributeType, Code, Findings, Operand, Value, foreign};

code! {
    /// A value has a type that the operator never matches.
    ///
    /// ```toml,wrong
    /// [segments.new]
    /// rules = [{ clauses = [{ attribute = "age", op = "lessThan", values = ["30"] }] }]
    /// ```
    ///
    /// ```text
    /// error[value-type]: "30" is a string; this operator compares with a number; write `30`
    /// ```
    ///
    /// ```toml,right
    /// [segments.new]
    /// rules = [{ clauses = [{ attribute = "age", op = "lessThan", values = [30] }] }]
    /// ```
    VALUE_TYPE = Error "value-type";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    let value = written.value;
    let message = match written.compared {
        Compared::Attribute(attribute_type) if !is_of_attribute(attribute_type, value) => {
            let advice = match foreign::advice(value, attribute_type) {
                advice if advice.is_empty() => format!("; write a {attribute_type}"),
                advice => advice,
            };
            format!(
                "{value} is a {}, and the attribute is a {attribute_type}: they are never equal{advice}",
                value.type_name(),
            )
        }
        Compared::Operand(operand) if !is_of_operand(operand, value) => {
            format!(
                "{value} is a {}; this operator compares with {operand}{}",
                value.type_name(),
                foreign::advice(value, of_operand(operand))
            )
        }
        _ => return,
    };
    findings.add(Code::VALUE_TYPE, written.place, message);
}

fn is_of_attribute(attribute_type: AttributeType, value: &Value) -> bool {
    match attribute_type {
        AttributeType::Any => true,
        AttributeType::Bool => matches!(value, Value::Bool(_)),
        AttributeType::String | AttributeType::Version | AttributeType::Date => {
            matches!(value, Value::String(_))
        }
        AttributeType::Number => matches!(value, Value::Number(_)),
    }
}

fn is_of_operand(operand: Operand, value: &Value) -> bool {
    match operand {
        Operand::Scalar => true,
        Operand::Number => matches!(value, Value::Number(_)),
        Operand::Date => matches!(value, Value::Number(_) | Value::String(_)),
        Operand::Text | Operand::Pattern | Operand::Version | Operand::Segment => {
            matches!(value, Value::String(_))
        }
    }
}

/// The type whose values an operator takes.
fn of_operand(operand: Operand) -> AttributeType {
    match operand {
        Operand::Number => AttributeType::Number,
        Operand::Date => AttributeType::Date,
        Operand::Version => AttributeType::Version,
        Operand::Text | Operand::Pattern | Operand::Segment => AttributeType::String,
        Operand::Scalar => AttributeType::Any,
    }
}
