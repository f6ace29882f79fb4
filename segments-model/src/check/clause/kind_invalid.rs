use super::clauses::{clauses, names_kinds};
use crate::check::targets::both;
use crate::code::code;
use crate::draft::DraftKind;
use crate::{Code, ContextKind, Draft, Findings, Operator, Place, Value};

code! {
    /// A context kind has characters that SDKs do not accept, or is a reserved word.
    ///
    /// ```toml,wrong
    /// [contexts."big device"]
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[kind-invalid]: `big device` is not a context kind: a space is not allowed; write `big-device`
    /// ```
    ///
    /// ```toml,right
    /// [contexts.big-device]
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    KIND_INVALID = Error "kind-invalid";
}

/// Everywhere where a kind is written: at a big segment, at lists, in clauses, and at percentages.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    if let Some(kind) = &draft.big {
        check_kind(kind, Place::Big, findings);
    }
    for (targets, side) in both(draft) {
        for (index, list) in targets.lists.iter().enumerate() {
            if let DraftKind::Name(kind) = &list.kind {
                check_kind(kind, side.at(index, None), findings);
            }
        }
    }
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if let Some(kind) = rule.by.as_ref().and_then(|by| by.kind.as_ref()) {
            check_kind(kind, Place::By(index), findings);
        }
    }
    for (rule, clause, draft) in clauses(draft) {
        if draft.operator == Some(Operator::SegmentMatch) {
            continue;
        }
        if let Some(kind) = &draft.kind {
            check_kind(kind, Place::Kind { rule, clause }, findings);
        }
        if !names_kinds(draft) {
            continue;
        }
        for (value, kind) in draft.values.iter().enumerate() {
            let place = Place::Value {
                rule,
                clause,
                value,
            };
            match kind {
                None => {}
                Some(Value::String(kind)) => check_kind(kind, place, findings),
                Some(value) => {
                    let message = format!(
                        "{value} is a {}, and kinds are strings: they are never equal",
                        value.type_name()
                    );
                    findings.add(Code::KIND_INVALID, place, message);
                }
            }
        }
    }
}

fn check_kind(kind: &str, place: Place, findings: &mut Findings) {
    if let Err(error) = ContextKind::parse(kind.to_owned()) {
        findings.add(Code::KIND_INVALID, place, error.to_string());
    }
}
