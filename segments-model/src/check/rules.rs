//! Rules as wholes.

use crate::{Code, Draft, Findings, Place};

pub(super) fn rules(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if rule.everyone && !rule.clauses.is_empty() {
            findings.add(
                Code::EveryoneContradicted,
                Place::Everyone(index),
                "this rule says that it holds for everyone, and also for whom; write one of the two",
            );
        } else if !rule.everyone && rule.clauses.is_empty() {
            findings.add(
                Code::RuleWithoutClauses,
                Place::Rule(index),
                "a rule without clauses holds for everyone; write a clause, or say `everyone` if that is meant",
            );
        }
    }
}
