//! JSON patches, for changes without an instruction.

use segments_model::wire;
use serde_json::{Value as Json, json};

use super::semantic::instruction;
use crate::sync::change::{Change, RuleRollout};
use crate::sync::request::JsonOperation as Op;

/// Returns whether only a JSON patch makes the change: the service documents no instruction for the
/// description of a segment, for `bucketBy`, and for giving a rule a percentage or taking it away.
pub(super) fn has_no_instruction(change: &Change) -> bool {
    match change {
        Change::Description { .. } => true,
        Change::RuleRollout { .. } => instruction(change).is_none(),
        _ => false,
    }
}

pub(super) fn test(remote: &wire::Segment) -> Op {
    Op::Test {
        path: "/version".to_owned(),
        value: json!(remote.version),
    }
}

/// The operations for a change that has no instruction.
pub(super) fn bare(change: &Change, remote: &wire::Segment) -> Vec<Op> {
    match change {
        Change::Description { to, .. } => vec![Op::Replace {
            path: "/description".to_owned(),
            value: json!(to),
        }],
        Change::RuleRollout { rule, to, .. } => {
            let mut rules = remote.rules.iter();
            match rules.position(|known| known.id.as_ref() == Some(rule)) {
                Some(at) => share(at, &remote.rules[at], to.as_ref()),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Makes the rule at this place take this share.
pub(super) fn share(at: usize, rule: &wire::Rule, to: Option<&RuleRollout>) -> Vec<Op> {
    let path = |field: &str| format!("/rules/{at}/{field}");
    let set = |field: &str, value: Json| Op::Add {
        path: path(field),
        value,
    };
    let mut operations = Vec::new();
    if let Some(to) = to {
        operations.push(set("weight", json!(to.weight)));
        operations.push(set("rolloutContextKind", json!(to.kind)));
    } else {
        operations.push(Op::Remove {
            path: path("weight"),
        });
    }
    let by = to.map(|to| to.by.as_str()).filter(|by| *by != "key");
    match by {
        Some(by) => operations.push(set("bucketBy", json!(by))),
        None if rule.bucket_by.is_some() => operations.push(Op::Remove {
            path: path("bucketBy"),
        }),
        None => {}
    }
    operations
}
