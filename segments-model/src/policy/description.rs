//! Requires descriptions.

use super::subject::Subject;
use crate::{Code, Finding, Place};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let description = subject.definition.description.as_deref();
    if description.is_some_and(|text| !text.trim().is_empty()) {
        return Vec::new();
    }
    let message = "the policy asks for a description; write what the segment is for".to_owned();
    vec![Finding::new(
        Code::PolicyDescription,
        Place::Segment,
        message,
    )]
}
