//! Requires descriptions.

use super::subject::Subject;
use crate::code::code;
use crate::{Code, Finding, Place};

code! {
    /// A segment has no description, but the policy asks for one.
    ///
    /// ```toml,wrong
    /// [policy]
    /// severity = { owner = "off", review = "off" }
    ///
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[policy-description]: the policy asks for a description; write what the segment is for
    /// ```
    ///
    /// ```toml,right
    /// [policy]
    /// severity = { owner = "off", review = "off" }
    ///
    /// [segments.staff]
    /// description = "Those who work here"
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    POLICY_DESCRIPTION = Warning "policy-description";
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let description = subject.definition.description.as_deref();
    if description.is_some_and(|text| !text.trim().is_empty()) {
        return Vec::new();
    }
    let message = "the policy asks for a description; write what the segment is for".to_owned();
    vec![Finding::new(
        Code::POLICY_DESCRIPTION,
        Place::Segment,
        message,
    )]
}
