use std::collections::HashSet;

use super::clauses::clauses;
use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// A value is written twice in one clause.
    ///
    /// ```toml,wrong
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro", "pro"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[value-duplicate]: "pro" is written twice; remove the second
    /// ```
    ///
    /// ```toml,right
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
    /// ```
    VALUE_DUPLICATE = Warning "value-duplicate";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, written) in clauses(draft) {
        let mut seen = HashSet::new();
        for (index, value) in written.values.iter().enumerate() {
            let Some(value) = value else { continue };
            if !seen.insert(value) {
                let place = Place::Value {
                    rule,
                    clause,
                    value: index,
                };
                let message = format!("{value} is written twice; remove the second");
                findings.add(Code::VALUE_DUPLICATE, place, message);
            }
        }
    }
}
