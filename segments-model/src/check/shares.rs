//! The percentages of rules, and the contexts that they split.

use super::clauses::{TOO_DEEP, inside_built_in, is_too_deep};
use crate::draft::{DraftBy, DraftRule, Form};
use crate::{AttributeRef, Code, ContextKind, Draft, Findings, Place, Weight};

pub(super) fn shares(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        match rule.percent.map(Weight::from_percent) {
            Some(Err(error)) => findings.add(
                Code::PercentInvalid,
                Place::Percent(index),
                error.to_string(),
            ),
            Some(Ok(Weight::NONE)) => {
                findings.add(
                    Code::PercentNone,
                    Place::Percent(index),
                    "a 0 % rollout matches nobody; remove the rule, or write `nobody` for the segment",
                );
            }
            Some(Ok(Weight::ALL)) => findings.add(
                Code::PercentAll,
                Place::Percent(index),
                "a 100 % rollout changes nothing; remove `percent`",
            ),
            None if rule.by.is_some() => {
                findings.add(
                    Code::ByWithoutPercent,
                    Place::By(index),
                    "this rule says how to split contexts but has no percentage; write `percent`",
                );
            }
            Some(Ok(_)) | None => {}
        }
        split(draft.form, index, rule, findings);
        let Some(by) = &rule.by else { continue };
        if let Some(Err(error)) = by.kind.clone().map(ContextKind::parse) {
            findings.add(Code::KindInvalid, Place::By(index), error.to_string());
        }
        match by.attribute.clone().map(AttributeRef::parse) {
            Some(Err(error)) => {
                findings.add(Code::AttributeInvalid, Place::By(index), error.to_string());
            }
            Some(Ok(reference)) if is_too_deep(&reference) => {
                findings.add(Code::AttributeInvalid, Place::By(index), TOO_DEEP);
            }
            Some(Ok(reference)) => {
                if let Some(message) = inside_built_in(&reference) {
                    findings.add(Code::AttributeReserved, Place::By(index), message);
                }
            }
            None => {}
        }
    }
}

/// Checks that the kind of a split is explicit, or that there is only one.
fn split(form: Form, index: usize, rule: &DraftRule, findings: &mut Findings) {
    // What a rule without clauses is for is asked first.
    if rule.percent.is_none() || rule.clauses.is_empty() && !rule.everyone {
        return;
    }
    let place = match &rule.by {
        Some(_) => Place::By(index),
        None => Place::Percent(index),
    };
    // Which kinds such a clause asks for is the business of its values.
    let mut clauses = rule.clauses.iter();
    let tests_kinds = clauses.any(|clause| clause.tests_kinds() && !clause.negate);
    match split_of(form, Some(rule), rule.by.as_ref()) {
        Ok(_) if tests_kinds => {}
        Err(message) => findings.add(Code::SplitKindUnclear, place, message),
        Ok(Some(kind)) if rule.contexts().is_some_and(|asked| !asked.contains(&kind)) => {
            let instead = match form {
                Form::File => {
                    format!("{{ attribute = \"kind\", op = \"in\", values = [\"{kind}\"] }}")
                }
                Form::Rust => format!("has_kind!({kind})"),
            };
            let message = format!(
                "this rule takes a percentage of `{kind}`, but no clause tests this kind: SDKs disagree about contexts without it; write the clause `{instead}` as well, or split by a kind that the clauses test"
            );
            findings.add(Code::SplitKindOptional, place, message);
        }
        Ok(_) => {}
    }
}

/// Of which kind a share is taken, as it is written; nothing if that is not known yet.
pub(crate) fn split_of<'r>(
    form: Form,
    rule: Option<&'r DraftRule>,
    by: Option<&'r DraftBy>,
) -> Result<Option<&'r str>, String> {
    if let Some(by) = by {
        let said = by.kind.as_deref().or(by.context.as_deref());
        if said.is_some() {
            return Ok(said);
        }
    }
    let contexts = match rule {
        Some(rule) => rule.contexts(),
        None => Some(Vec::new()),
    };
    let Some(contexts) = contexts else {
        return Ok(None);
    };
    let write = |context: Option<&str>| match form {
        Form::File => format!("`bucket_context = \"{}\"`", context.unwrap_or("user")),
        Form::Rust => format!("`by = {}::ID`", context.unwrap_or("User")),
    };
    match contexts[..] {
        [only] => Ok(Some(only)),
        [] if rule.is_none() => Err(format!(
            "it is unclear which context kind to split; write it, as in {}",
            write(None)
        )),
        [] => Err(format!(
            "this rule tests no context kind, so the kind to split is unclear; write it, as in {}",
            write(None)
        )),
        [first, second, ..] => Err(format!(
            "this rule tests `{first}` and `{second}`, but only one of them can be split; write it, as in {} or {}",
            write(Some(first)),
            write(Some(second))
        )),
    }
}
