use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// A rule has no clauses, so it matches everyone.
    ///
    /// ```toml,wrong
    /// [segments.tenth]
    /// rules = [{ percent = 10.0 }]
    /// ```
    ///
    /// ```text
    /// error[rule-without-clauses]: a rule without clauses matches everyone; write a clause, or `everyone` if this is intended
    /// ```
    ///
    /// ```toml,right
    /// [segments.tenth]
    /// rules = [{ percent = 10.0, everyone = true, bucket_context = "user" }]
    /// allow = ["split-kind-optional"]
    /// ```
    RULE_WITHOUT_CLAUSES = Error "rule-without-clauses";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if !rule.everyone && rule.clauses.is_empty() {
            findings.add(
                Code::RULE_WITHOUT_CLAUSES,
                Place::Rule(index),
                "a rule without clauses matches everyone; write a clause, or `everyone` if this is intended",
            );
        }
    }
}
