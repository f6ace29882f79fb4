//! The checks of a targeting: a table like that of segments, whose checks of rules and clauses run here,
//! too.

mod conditions;
mod key;
mod served;
mod split_by;
mod split_duplicate;
mod split_percent;
mod split_sum;
mod target_overlap;
mod targeting_empty;
mod targets;
mod variation_duplicate;
mod variation_invalid;
mod variation_unknown;
mod variations_missing;

pub(crate) use split_duplicate::check_duplicate_shares;
pub(crate) use split_percent::check_shares;
pub(crate) use split_sum::check_sum;

use super::DraftTargeting;
use crate::Findings;
use crate::check::{checks, run_all};

checks! { DraftTargeting:
    key,
    variations_missing,
    variation_invalid,
    variation_duplicate,
    targeting_empty,
    targets,
    target_overlap,
    conditions,
    variation_unknown,
    split_duplicate,
    split_percent,
    split_sum,
    split_by,
}

/// Runs all checks.
#[must_use]
pub fn check(draft: &DraftTargeting) -> Findings {
    run_all(CHECKS, draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::draft::{DraftClause, DraftRule};
    use crate::targeting::{DraftServe, DraftSplit, DraftTarget, DraftTargetingRule};

    fn draft(serve: DraftServe) -> DraftTargeting {
        DraftTargeting {
            key: "assistant".into(),
            variations: vec!["fast".into(), "careful".into()],
            fallthrough: Some(serve),
            ..DraftTargeting::default()
        }
    }

    fn split(shares: &[(&str, f64)]) -> DraftServe {
        let shares = shares.iter();
        DraftServe::Split(DraftSplit {
            shares: shares
                .map(|(variation, percent)| ((*variation).to_owned(), *percent))
                .collect(),
            by: Some(crate::draft::DraftBy {
                kind: Some("user".into()),
                context: None,
                attribute: Some("key".into()),
            }),
        })
    }

    fn said(draft: &DraftTargeting) -> Vec<String> {
        check(draft)
            .iter()
            .map(|finding| finding.message.clone())
            .collect()
    }

    #[test]
    fn shares_add_up_to_everybody() {
        assert!(said(&draft(split(&[("fast", 33.333), ("careful", 66.667)]))).is_empty());
        assert_eq!(
            said(&draft(split(&[("fast", 50.0), ("careful", 40.5)]))),
            ["these weights add up to 90.5 %, not to 100 %; 9.5 % are missing"]
        );
        assert_eq!(
            said(&draft(split(&[("fast", 50.0), ("careful", 51.0)]))),
            ["these weights add up to 101 %, not to 100 %; remove 1 %"]
        );
        assert_eq!(
            said(&draft(split(&[("fast", 50.0), ("fast", 50.0)]))),
            ["`fast` has two shares; add them up"]
        );
        assert_eq!(
            said(&draft(split(&[("fast", 100.0)]))),
            ["100 % is everybody; write `fast` alone"]
        );
    }

    #[test]
    fn what_is_served_is_declared() {
        assert_eq!(
            said(&draft(DraftServe::Variation("carefull".into()))),
            ["`carefull` is not a declared variation; did you mean `careful`?"]
        );
        assert_eq!(
            said(&draft(DraftServe::Variation("x".into()))),
            ["`x` is not a declared variation; use `careful` or `fast`"]
        );
    }

    #[test]
    fn a_context_is_served_one_variation() {
        let target = |variation: &str| DraftTarget {
            variation: Some(variation.into()),
            keys: vec!["u-1".into()],
            ..DraftTarget::default()
        };
        let mut draft = draft(DraftServe::Variation("fast".into()));
        draft.targets = Some(vec![target("fast"), target("careful")]);
        assert_eq!(
            said(&draft),
            ["`u-1` is a target of two variations; keep one of them"]
        );
    }

    #[test]
    fn clauses_are_checked_as_those_of_segments() {
        let mut draft = draft(DraftServe::Variation("fast".into()));
        draft.rules = Some(vec![DraftTargetingRule {
            when: DraftRule {
                clauses: vec![DraftClause::default()],
                ..DraftRule::default()
            },
            serve: Some(DraftServe::Variation("fast".into())),
        }]);
        let findings = check(&draft);
        let codes: Vec<_> = findings.iter().map(|found| found.code).collect();
        assert_eq!(codes, [Code::VALUES_MISSING]);
    }
}
