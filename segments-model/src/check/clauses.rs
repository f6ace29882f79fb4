//! Attributes and operators.

use crate::draft::DraftClause;
use crate::foreign;
use crate::{AttributeRef, Code, ContextKind, Draft, Findings, Operator, Place, Value};

/// Every clause with its indexes.
pub(super) fn clauses(draft: &Draft) -> impl Iterator<Item = (usize, usize, &DraftClause)> {
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

/// The message for an attribute that is deeper.
pub(crate) const TOO_DEEP: &str =
    "this attribute is more than 100 objects deep, deeper than any context; shorten its path";

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
        format!("`{name}` is built in and not an object, so there is never a value at `{reference}`; write another attribute")
    })
}

/// A clause on kinds compares with names that kinds can have.
pub(super) fn kind_named(draft: &DraftClause, value: &Value) -> Option<String> {
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
            let problem = format!(
                "operator `{operator}` does not fit attribute `{attribute}` of type {attribute_type}"
            );
            let names = foreign::fitting(attribute_type, |row| std::slice::from_ref(&row.wire));
            let message = format!("{problem}; use {}", foreign::any_of(&names));
            findings.add(
                Code::OperatorMisfit,
                Place::Operator { rule, clause },
                message,
            );
        }
    }
}
