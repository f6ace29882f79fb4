//! Complete rules.

use crate::{Code, Draft, Findings, Place};

pub(super) fn rules(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if rule.everyone && !rule.clauses.is_empty() {
            findings.add(
                Code::EveryoneContradicted,
                Place::Everyone(index),
                "`everyone` contradicts the clauses of this rule; remove one of them",
            );
        } else if !rule.everyone && rule.clauses.is_empty() {
            findings.add(
                Code::RuleWithoutClauses,
                Place::Rule(index),
                "a rule without clauses matches everyone; write a clause, or `everyone` if this is intended",
            );
        }
    }
}
