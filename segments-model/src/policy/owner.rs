//! Requires a named owner.

use super::subject::Subject;
use crate::{Code, Finding, Place};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.owner.is_some() {
        return Vec::new();
    }
    let message = "the policy asks for an owner; write `owner = \"...\"` at the top of the file, or `segments_runtime::owner!(\"...\")`";
    vec![Finding::new(
        Code::PolicyOwner,
        Place::Segment,
        message.to_owned(),
    )]
}
