//! Rules as wholes, and the shares that they take.

use super::clauses::{TOO_DEEP, inside_built_in, is_too_deep};
use crate::{AttributeRef, Code, ContextKind, Draft, Findings, Place, Weight};

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

pub(super) fn shares(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        match rule.percent.map(Weight::from_percent) {
            Some(Err(error)) => findings.add(
                Code::PercentInvalid,
                Place::Percent(index),
                error.to_string(),
            ),
            Some(Ok(Weight::NONE)) => {
                findings.add(
                    Code::PercentNone,
                    Place::Percent(index),
                    "0 % lets nobody in; leave the rule out, or write `nobody` for the segment",
                );
            }
            Some(Ok(Weight::ALL)) => findings.add(
                Code::PercentAll,
                Place::Percent(index),
                "100 % changes nothing; leave `percent` out",
            ),
            None if rule.by.is_some() => {
                findings.add(
                    Code::ByWithoutPercent,
                    Place::By(index),
                    "this rule says how to split contexts but takes no share; write `percent`",
                );
            }
            Some(Ok(_)) | None => {}
        }
        let Some(by) = &rule.by else { continue };
        if let Some(Err(error)) = by.kind.clone().map(ContextKind::parse) {
            findings.add(Code::KindInvalid, Place::By(index), error.to_string());
        }
        match by.attribute.clone().map(AttributeRef::parse) {
            Some(Err(error)) => {
                findings.add(Code::AttributeInvalid, Place::By(index), error.to_string());
            }
            Some(Ok(reference)) if is_too_deep(&reference) => {
                findings.add(Code::AttributeInvalid, Place::By(index), TOO_DEEP);
            }
            Some(Ok(reference)) => {
                if let Some(message) = inside_built_in(&reference) {
                    findings.add(Code::AttributeReserved, Place::By(index), message);
                }
            }
            None => {}
        }
    }
}
