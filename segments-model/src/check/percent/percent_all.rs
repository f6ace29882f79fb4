use crate::code::code;
use crate::{Code, Draft, Findings, Place, Weight};

code! {
    /// A 100 % rollout changes nothing.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ percent = 100, clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[percent-all]: a 100 % rollout changes nothing; remove `percent`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    PERCENT_ALL = Warning "percent-all";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if let Some(Ok(Weight::ALL)) = rule.percent.map(Weight::from_percent) {
            findings.add(
                Code::PERCENT_ALL,
                Place::Percent(index),
                "a 100 % rollout changes nothing; remove `percent`",
            );
        }
    }
}
