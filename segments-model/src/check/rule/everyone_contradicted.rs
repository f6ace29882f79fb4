use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// `everyone` contradicts the rule's clauses.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ everyone = true, clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[everyone-contradicted]: `everyone` contradicts the clauses of this rule; remove one of them
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    EVERYONE_CONTRADICTED = Error "everyone-contradicted";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if rule.everyone && !rule.clauses.is_empty() {
            findings.add(
                Code::EVERYONE_CONTRADICTED,
                Place::Everyone(index),
                "`everyone` contradicts the clauses of this rule; remove one of them",
            );
        }
    }
}
