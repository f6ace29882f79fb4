use super::clauses::clauses;
use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// A clause has no values; negated it would match every context that has the attribute.
    ///
    /// ```toml,wrong
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = [], negate = true }] }]
    /// ```
    ///
    /// ```text
    /// error[values-missing]: this clause has no values to compare with; write at least one
    /// ```
    ///
    /// ```toml,right
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["free"], negate = true }] }]
    /// ```
    VALUES_MISSING = Error "values-missing";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, written) in clauses(draft) {
        if written.values.is_empty() {
            findings.add(
                Code::VALUES_MISSING,
                Place::Values { rule, clause },
                "this clause has no values to compare with; write at least one",
            );
        }
    }
}
