//! Attributes, operators and values.

use std::collections::HashSet;

use crate::draft::DraftClause;
use crate::pattern::{self, Literal};
use crate::{
    AttributeRef, AttributeType, Code, ContextKind, Draft, Findings, Operand, Operator, Place,
    SegmentKey, Value, date, version,
};

/// Every clause with its indexes.
fn clauses(draft: &Draft) -> impl Iterator<Item = (usize, usize, &DraftClause)> {
    let rules = draft.rules.iter().flatten().enumerate();
    rules.flat_map(|(rule, draft)| {
        draft
            .clauses
            .iter()
            .enumerate()
            .map(move |(clause, draft)| (rule, clause, draft))
    })
}

pub(super) fn attributes(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, draft) in clauses(draft) {
        if draft.operator == Some(Operator::SegmentMatch) {
            continue;
        }
        if let Some(Err(error)) = draft.kind.clone().map(ContextKind::parse) {
            findings.add(
                Code::KindInvalid,
                Place::Kind { rule, clause },
                error.to_string(),
            );
        }
        let place = Place::Attribute { rule, clause };
        match draft.attribute.clone().map(AttributeRef::parse) {
            Some(Err(error)) => findings.add(Code::AttributeInvalid, place, error.to_string()),
            Some(Ok(reference)) if is_too_deep(&reference) => {
                findings.add(Code::AttributeInvalid, place, TOO_DEEP);
            }
            Some(Ok(reference)) => {
                if let Some(message) = inside_built_in(&reference) {
                    findings.add(Code::AttributeReserved, place, message);
                }
            }
            None => {}
        }
    }
}

/// How many names the way to an attribute may have. SDKs read no JSON that nests much deeper, and the
/// types that are made of attributes nest as they do.
const DEEPEST: usize = 100;

/// What to say of an attribute that is deeper.
pub(crate) const TOO_DEEP: &str =
    "this attribute is more than 100 objects deep, further than any context; shorten its path";

/// Reports whether an attribute is deeper than any context.
pub(crate) fn is_too_deep(reference: &AttributeRef) -> bool {
    reference.path().nth(DEEPEST).is_some()
}

/// Attributes that every context has, which are no objects.
const PLAIN: [&str; 4] = ["key", "kind", "name", "anonymous"];

/// Says why nothing can be inside what every context has.
pub(crate) fn inside_built_in(reference: &AttributeRef) -> Option<String> {
    let mut path = reference.path();
    let name = path.next()?;
    path.next()?;
    PLAIN.contains(&&*name).then(|| {
        format!("`{name}` is built in and no object, so nothing is ever found at `{reference}`; write another attribute")
    })
}

/// A clause on kinds compares with names that kinds can have.
fn kind_named(draft: &DraftClause, value: &Value) -> Option<String> {
    let attribute = AttributeRef::parse(draft.attribute.clone()?).ok()?;
    if attribute != AttributeRef::KIND || draft.operator != Some(Operator::In) {
        return None;
    }
    match value {
        Value::String(text) => ContextKind::parse(text.clone().into_owned())
            .err()
            .map(|error| error.to_string()),
        value => Some(format!(
            "{value} is a {}, and kinds are strings: they are never equal",
            value.type_name()
        )),
    }
}

pub(super) fn operators(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, draft) in clauses(draft) {
        if let (Some(operator), Some(attribute_type)) = (draft.operator, draft.attribute_type)
            && !operator.fits(attribute_type)
        {
            let attribute = draft.attribute.as_deref().unwrap_or("this attribute");
            let message = format!(
                "operator `{operator}` does not fit attribute `{attribute}` of type {attribute_type}"
            );
            findings.add(
                Code::OperatorMisfit,
                Place::Operator { rule, clause },
                message,
            );
        }
    }
}

pub(super) fn values(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, draft) in clauses(draft) {
        if draft.values.is_empty() {
            findings.add(
                Code::ValuesMissing,
                Place::Clause { rule, clause },
                "this clause has no values to compare with; write at least one",
            );
        }
        let mut seen = HashSet::new();
        for (index, value) in draft.values.iter().enumerate() {
            let (Some(value), place) = (
                value,
                Place::Value {
                    rule,
                    clause,
                    value: index,
                },
            ) else {
                continue;
            };
            if !seen.insert(value) {
                findings.add(
                    Code::ValueDuplicate,
                    place,
                    format!("{value} is written twice; write it once"),
                );
            }
            if let Some(message) = kind_named(draft, value) {
                findings.add(Code::KindInvalid, place, message);
                continue;
            }
            if let Some(operator) = draft.operator {
                let fits = operator.fits(draft.attribute_type.unwrap_or(AttributeType::Any));
                match draft.attribute_type {
                    // What never matches because of the operator is said once, at the operator.
                    Some(attribute_type) if fits => {
                        value_of_attribute(operator, attribute_type, value, place, findings);
                    }
                    Some(_) => {}
                    None => value_of_operator(operator.row().operand, value, place, findings),
                }
            }
        }
    }
}

/// Whether an attribute of this type can fulfil a clause, with each of its values.
pub(crate) fn fits(draft: &DraftClause, attribute_type: AttributeType) -> bool {
    let Some(operator) = draft.operator else {
        return true;
    };
    let mut wrong = Findings::default();
    for value in draft.values.iter().flatten() {
        value_of_attribute(operator, attribute_type, value, Place::Segment, &mut wrong);
    }
    operator.fits(attribute_type) && !wrong.has_errors()
}

/// `in` takes any value, so the attribute's type has the say; every other operator knows what it
/// takes.
fn value_of_attribute(
    operator: Operator,
    attribute_type: AttributeType,
    value: &Value,
    place: Place,
    findings: &mut Findings,
) {
    if operator != Operator::In {
        return value_of_operator(operator.row().operand, value, place, findings);
    }
    let right = match (attribute_type, value) {
        (AttributeType::Any, _)
        | (AttributeType::Bool, Value::Bool(_))
        | (AttributeType::String | AttributeType::Version, Value::String(_))
        | (AttributeType::Number | AttributeType::Date, Value::Number(_)) => true,
        (AttributeType::Date, Value::String(_)) => {
            return value_of_operator(Operand::Date, value, place, findings);
        }
        _ => false,
    };
    if !right {
        let message = format!(
            "{value} is a {}, and the attribute is a {attribute_type}: they are never equal",
            value.type_name()
        );
        findings.add(Code::ValueType, place, message);
    }
}

fn value_of_operator(operand: Operand, value: &Value, place: Place, findings: &mut Findings) {
    let mut wrong = |code, message: String| findings.add(code, place, message);
    match (operand, value) {
        (Operand::Scalar, _) | (Operand::Number, Value::Number(_)) => {}
        (Operand::Text, Value::String(text)) => {
            if text.is_empty() {
                wrong(
                    Code::ValueEmpty,
                    "every text contains the empty one; write a text that tells contexts apart"
                        .to_owned(),
                );
            }
        }
        (Operand::Pattern, Value::String(pattern)) => match pattern::check(pattern) {
            Err(error) => wrong(Code::PatternInvalid, error.to_string()),
            Ok(()) => {
                if let Some(literal) = pattern::literal(pattern) {
                    let advice = match literal {
                        Literal::Contains(text) => format!("`contains` with {}", Value::from(text)),
                        Literal::StartsWith(text) => {
                            format!("`starts_with` with {}", Value::from(text))
                        }
                        Literal::EndsWith(text) => {
                            format!("`ends_with` with {}", Value::from(text))
                        }
                        Literal::Is(text) => format!("`is` with {}", Value::from(text)),
                    };
                    wrong(
                        Code::PatternLiteral,
                        format!("`{pattern}` is only a text; {advice} says the same and is faster"),
                    );
                }
            }
        },
        (Operand::Date, Value::String(text)) => {
            if let Err(error) = date::parse(text) {
                wrong(Code::DateInvalid, error.to_string());
            }
        }
        (Operand::Date, Value::Number(number)) => {
            if date::looks_like_seconds(number.get()) {
                wrong(
                    Code::DateSeconds,
                    format!(
                        "{number} looks like seconds, and LaunchDarkly counts milliseconds; write {}",
                        number.get() * 1000.0
                    ),
                );
            }
        }
        (Operand::Version, Value::String(text)) => {
            if let Err(error) = version::parse(text) {
                wrong(Code::VersionInvalid, error.to_string());
            }
        }
        (Operand::Segment, Value::String(key)) => {
            if let Err(error) = SegmentKey::parse(key.clone().into_owned()) {
                wrong(Code::SegmentKeyInvalid, error.to_string());
            }
        }
        (operand, value) => wrong(
            Code::ValueType,
            format!(
                "{value} is a {}; this operator compares with {operand}",
                value.type_name()
            ),
        ),
    }
}
