//! The contexts that are served one variation: their kinds and keys.

use crate::code::code;
use crate::draft::DraftKind;
use crate::targeting::DraftTargeting;
use crate::{Code, ContextKind, Findings, Place};

code! {}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    for (target, listed) in draft.targets.iter().flatten().enumerate() {
        let place = |key| Place::Target { target, key };
        if let DraftKind::Name(kind) = &listed.kind
            && let Err(error) = ContextKind::parse(kind.clone())
        {
            findings.add(Code::KIND_INVALID, place(None), error.to_string());
        }
        if listed.keys.is_empty() {
            let message = format!(
                "the list of `{}` has no keys; list at least one, or remove the list",
                listed.kind
            );
            findings.add(Code::TARGET_EMPTY, place(None), message);
        }
        for (at, key) in listed.keys.iter().enumerate() {
            if key.is_empty() {
                let message = "the key of a context is not empty; write the key, or remove it";
                findings.add(Code::TARGET_EMPTY, place(Some(at)), message);
            }
        }
    }
}
