use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// A rule says how to split contexts but has no percentage.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ bucket_by = "email", clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[by-without-percent]: this rule says how to split contexts but has no percentage; write `percent`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ bucket_by = "email", percent = 25.0, clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    BY_WITHOUT_PERCENT = Error "by-without-percent";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if rule.percent.is_none() && rule.by.is_some() {
            findings.add(
                Code::BY_WITHOUT_PERCENT,
                Place::By(index),
                "this rule says how to split contexts but has no percentage; write `percent`",
            );
        }
    }
}
