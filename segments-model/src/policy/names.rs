//! Requires keys that match a pattern.

use super::subject::Subject;
use crate::{Code, Finding, Place};

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
    vec![Finding::new(Code::PolicyNames, Place::Key, message)]
}
