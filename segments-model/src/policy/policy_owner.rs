//! Requires a named owner.

use super::subject::Subject;
use crate::code::code;
use crate::{Code, Finding, Place};

code! {
    /// A segment has no owner, but the policy asks for one.
    /// In Rust `segments_runtime::owner!` names it.
    ///
    /// ```toml,wrong,alone
    /// [policy]
    /// severity = { description = "off", review = "off" }
    ///
    /// [contexts.user.attributes]
    /// email = "string"
    ///
    /// [segments.staff]
    /// description = "Those who work here"
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[policy-owner]: the policy asks for an owner; write `owner = "..."` at the top of the file, or `segments_runtime::owner!("...")`
    /// ```
    ///
    /// ```toml,right,alone
    /// owner = "growth"
    ///
    /// [policy]
    /// severity = { description = "off", review = "off" }
    ///
    /// [contexts.user.attributes]
    /// email = "string"
    ///
    /// [segments.staff]
    /// description = "Those who work here"
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    POLICY_OWNER = Warning "policy-owner";
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.owner.is_some() {
        return Vec::new();
    }
    let message = "the policy asks for an owner; write `owner = \"...\"` at the top of the file, or `segments_runtime::owner!(\"...\")`";
    vec![Finding::new(
        Code::POLICY_OWNER,
        Place::Segment,
        message.to_owned(),
    )]
}
