use crate::code::code;
use crate::{Code, Draft, Findings, Place, Weight};

code! {
    /// A 0 % rollout matches nobody.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ percent = 0, clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[percent-none]: a 0 % rollout matches nobody; remove the rule, or write `nobody` for the segment
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// nobody = true
    /// ```
    PERCENT_NONE = Error "percent-none";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if let Some(Ok(Weight::NONE)) = rule.percent.map(Weight::from_percent) {
            findings.add(
                Code::PERCENT_NONE,
                Place::Percent(index),
                "a 0 % rollout matches nobody; remove the rule, or write `nobody` for the segment",
            );
        }
    }
}
