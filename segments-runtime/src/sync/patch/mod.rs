//! Changes in the service's form: semantic patches, and JSON patches for changes without an instruction.

mod guarded;
mod json;
pub(crate) mod portions;
mod semantic;

use segments_model::MAX_PATCH_TARGETS;
use segments_model::wire::{self, Instruction};

use super::change::{Change, MemberKeys};
use super::request::JsonOperation as Op;
use json::{bare, has_no_instruction, test};
use semantic::{begins_narrow, instructions};

pub(crate) use semantic::instruction;

/// One request's worth of changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Patch {
    /// Instructions, which others' changes do not get in the way of.
    Semantic(Vec<Instruction>),
    /// Operations that take effect only if the segment is still of the version that was seen.
    Json(Vec<Op>),
}

/// The next patch on the way to having made all changes. The way goes on from the answer.
pub(crate) fn next(changes: &[Change], remote: &wire::Segment, guarded: bool) -> Patch {
    if guarded {
        return Patch::Json(guarded::operations(changes, remote));
    }
    let instructions = instructions(changes);
    if instructions.is_empty() {
        let mut operations = vec![test(remote)];
        operations.extend(changes.iter().flat_map(|change| bare(change, remote)));
        Patch::Json(operations)
    } else {
        Patch::Semantic(instructions)
    }
}

/// How many patches all changes take, if nobody interferes.
pub(crate) fn count(changes: &[Change], guarded: bool) -> usize {
    if guarded || changes.is_empty() {
        return changes.len().min(1);
    }
    let some = |any: bool| usize::from(any);
    let narrow =
        |change: &Change| matches!(change, Change::AddRule { added, .. } if begins_narrow(added));
    let late_order = |change: &Change| matches!(change, Change::ReorderRules { rules } if rules.iter().any(Option::is_none));
    count_of_targets(changes).max(some(
        changes.iter().any(|change| instruction(change).is_some()),
    )) + some(changes.iter().any(has_no_instruction))
        + some(changes.iter().any(narrow))
        + some(changes.iter().any(late_order))
}

/// How many patches it takes to say which contexts are listed.
pub(crate) fn count_of_targets(changes: &[Change]) -> usize {
    let keys = changes.iter().filter_map(Change::keys);
    keys.map(MemberKeys::len)
        .sum::<usize>()
        .div_ceil(MAX_PATCH_TARGETS)
}
