//! A context has one variation.

use std::collections::HashMap;

use crate::code::code;
use crate::draft::DraftKind;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place};

code! {}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    let mut seen: HashMap<(&DraftKind, &str), Option<&str>> = HashMap::new();
    for (target, listed) in draft.targets.iter().flatten().enumerate() {
        let variation = listed.variation.as_deref();
        for (at, key) in listed.keys.iter().enumerate() {
            let place = Place::Target {
                target,
                key: Some(at),
            };
            match seen.insert((&listed.kind, key), variation) {
                None => {}
                Some(other) if other == variation => {
                    let message = format!("`{key}` is listed twice; remove the second");
                    findings.add(Code::TARGET_DUPLICATE, place, message);
                }
                Some(_) => {
                    let message =
                        format!("`{key}` is a target of two variations; keep one of them");
                    findings.add(Code::TARGET_OVERLAP, place, message);
                }
            }
        }
    }
}
