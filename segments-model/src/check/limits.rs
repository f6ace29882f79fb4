//! The service's size limits.

use super::audience::both;
use crate::{Code, Draft, Findings, MAX_CLAUSE_VALUES, MAX_TARGETS, Place, RULES};

pub(super) fn target_limit(draft: &Draft, findings: &mut Findings) {
    let count = both(draft)
        .flat_map(|(targets, _)| &targets.lists)
        .map(|list| list.keys.len())
        .sum();
    let advice = "declare a big segment, whose members are imported, or write a rule";
    limit(
        count,
        MAX_TARGETS,
        "listed contexts",
        advice,
        [Code::TargetsTooMany, Code::TargetsNearLimit],
        findings,
    );
}

pub(super) fn rule_limits(draft: &Draft, findings: &mut Findings) {
    let rules = draft.rules.iter().flatten();
    let values = rules
        .clone()
        .flat_map(|rule| &rule.clauses)
        .map(|clause| clause.values.len())
        .sum();
    limit(
        rules.count(),
        RULES,
        "rules",
        "split the segment",
        [Code::RulesTooMany, Code::RulesNearLimit],
        findings,
    );
    limit(
        values,
        MAX_CLAUSE_VALUES,
        "values in clauses",
        "split the segment",
        [Code::ValuesTooMany, Code::ValuesNearLimit],
        findings,
    );
}

fn limit(
    count: usize,
    most: usize,
    what: &str,
    advice: &str,
    [over, near]: [Code; 2],
    findings: &mut Findings,
) {
    if count > most {
        findings.add(
            over,
            Place::Segment,
            format!("{count} {what} are more than the {most} that a segment may have; {advice}"),
        );
    } else if count * 5 > most * 4 {
        findings.add(
            near,
            Place::Segment,
            format!("{count} {what} are close to the {most} that a segment may have; {advice}"),
        );
    }
}
