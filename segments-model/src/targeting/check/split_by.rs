//! The contexts that a split divides.

use super::served::splits;
use crate::check::split_of;
use crate::code::code;
use crate::targeting::DraftTargeting;
use crate::{AttributeRef, Code, ContextKind, Findings, Place};

code! {}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    for (rule, split) in splits(draft) {
        let place = Place::Serve { rule };
        if let Some(by) = &split.by {
            if let Some(Err(error)) = by.kind.clone().map(ContextKind::parse) {
                findings.add(Code::KIND_INVALID, place, error.to_string());
            }
            if let Some(Err(error)) = by.attribute.clone().map(AttributeRef::parse) {
                findings.add(Code::ATTRIBUTE_INVALID, place, error.to_string());
            }
        }
        let when = rule.and_then(|rule| draft.rules.as_ref()?.get(rule));
        let when = when.map(|rule| &rule.when);
        if let Err(message) = split_of(draft.form, when, split.by.as_ref()) {
            findings.add(Code::SPLIT_KIND_UNCLEAR, place, message);
        }
    }
}
