//! `--deny`: the changes that are not wanted.

use segments_model::algebra::AudienceChange;

use crate::arguments::DenyChange;
use crate::counted::counted;
use crate::output::Output;
use crate::status::Status;

pub(super) fn is_denied(change: &AudienceChange, deny: Option<DenyChange>) -> bool {
    match deny {
        None => false,
        Some(DenyChange::Wider) => change.may_widen(),
        Some(DenyChange::Narrower) => change.may_narrow(),
        Some(DenyChange::Any) => change.may_widen() || change.may_narrow(),
    }
}

/// Says how many changes are not wanted.
pub(super) fn judged(denied: usize, output: Output) -> Status {
    if denied == 0 {
        return Status::Done;
    }
    output.error(format!("{} that `--deny` names", counted(denied, "change")));
    Status::NotRight
}
