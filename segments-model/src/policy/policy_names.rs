//! Requires keys that match a pattern.

use super::subject::Subject;
use crate::code::code;
use crate::{Code, Finding, Place};

code! {
    /// A key does not follow the pattern of the policy.
    /// `*` stands for any characters.
    ///
    /// ```toml,wrong
    /// [policy]
    /// names = ["team-*", "eu-*"]
    /// severity = { description = "off", owner = "off", review = "off" }
    ///
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[policy-names]: `staff` does not match the policy's names for segments; use `team-*` or `eu-*`
    /// ```
    ///
    /// ```toml,right
    /// [policy]
    /// names = ["team-*", "eu-*"]
    /// severity = { description = "off", owner = "off", review = "off" }
    ///
    /// [segments.team-growth]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    POLICY_NAMES = Warning "policy-names";
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let key = subject.definition.key.as_str();
    let patterns = subject.names;
    if patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(key)) {
        return Vec::new();
    }
    let patterns: Vec<String> = patterns
        .iter()
        .map(|pattern| format!("`{pattern}`"))
        .collect();
    let message = format!(
        "`{key}` does not match the policy's names for segments; use {}",
        patterns.join(" or ")
    );
    vec![Finding::new(Code::POLICY_NAMES, Place::Key, message)]
}
