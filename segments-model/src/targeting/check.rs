//! The checks of a targeting: a table like that of segments, whose checks of rules and clauses run here,
//! too.

use std::collections::{HashMap, HashSet};

use super::{DraftServe, DraftSplit, DraftTargeting, ResourceKind};
use crate::check::{CONDITIONS, split_of};
use crate::draft::{DraftKind, Form};
use crate::{
    AiConfigKey, AttributeRef, Code, ContextKind, Findings, FlagKey, Place, VariationKey, Weight,
    or_list,
};

/// One check of the table.
///
/// Example: [`targeting`](super).
#[derive(Clone, Copy)]
pub struct Check {
    /// The subject of the check.
    pub name: &'static str,
    run: fn(&DraftTargeting, &mut Findings),
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// All checks of one targeting, in the order in which they run.
pub static CHECKS: &[Check] = &[
    Check {
        name: "key",
        run: key,
    },
    Check {
        name: "variations",
        run: variations,
    },
    Check {
        name: "subject",
        run: subject,
    },
    Check {
        name: "targets",
        run: targets,
    },
    Check {
        name: "target overlap",
        run: target_overlap,
    },
    Check {
        name: "conditions",
        run: conditions,
    },
    Check {
        name: "what is served",
        run: served,
    },
];

/// Runs all checks.
#[must_use]
pub fn check(draft: &DraftTargeting) -> Findings {
    let mut findings = Findings::default();
    for check in CHECKS {
        (check.run)(draft, &mut findings);
    }
    findings
}

fn key(draft: &DraftTargeting, findings: &mut Findings) {
    let error = match draft.kind {
        ResourceKind::Flag => FlagKey::parse(draft.key.clone()).err(),
        ResourceKind::AiConfig => AiConfigKey::parse(draft.key.clone()).err(),
    };
    if let Some(error) = error {
        findings.add(Code::KeyInvalid, Place::Key, error.to_string());
    }
}

fn variations(draft: &DraftTargeting, findings: &mut Findings) {
    if draft.variations.is_empty() {
        findings.add(
            Code::VariationsMissing,
            Place::Segment,
            match draft.form {
                Form::File => "no variations are declared; write the keys of those that may be served, as in `variations = [\"fast\", \"careful\"]`",
                Form::Rust => "no variations are declared; write the keys of those that may be served, as in `variations(fast, careful)`",
            },
        );
    }
    let mut seen = HashSet::new();
    for (index, variation) in draft.variations.iter().enumerate() {
        let place = Place::Variation(index);
        if let Err(error) = VariationKey::parse(variation.clone()) {
            findings.add(Code::VariationInvalid, place, error.to_string());
        } else if !seen.insert(variation) {
            let message = format!("variation `{variation}` is declared twice; remove the second");
            findings.add(Code::VariationDuplicate, place, message);
        }
    }
}

fn subject(draft: &DraftTargeting, findings: &mut Findings) {
    if draft.targets.is_none() && draft.rules.is_none() && draft.fallthrough.is_none() {
        findings.add(
            Code::TargetingEmpty,
            Place::Segment,
            "this targeting is empty; write a rule, a target, or a `fallthrough`",
        );
    }
}

fn targets(draft: &DraftTargeting, findings: &mut Findings) {
    for (target, listed) in draft.targets.iter().flatten().enumerate() {
        let place = |key| Place::Target { target, key };
        if let DraftKind::Name(kind) = &listed.kind
            && let Err(error) = ContextKind::parse(kind.clone())
        {
            findings.add(Code::KindInvalid, place(None), error.to_string());
        }
        if listed.keys.is_empty() {
            let message = format!(
                "the list of `{}` has no keys; list at least one, or remove the list",
                listed.kind
            );
            findings.add(Code::TargetEmpty, place(None), message);
        }
        for (at, key) in listed.keys.iter().enumerate() {
            if key.is_empty() {
                let message = "the key of a context is not empty; write the key, or remove it";
                findings.add(Code::TargetEmpty, place(Some(at)), message);
            }
        }
        if let Some(variation) = &listed.variation {
            known(draft, variation, Place::TargetServe(target), findings);
        }
    }
}

/// A context has one variation.
fn target_overlap(draft: &DraftTargeting, findings: &mut Findings) {
    let mut seen: HashMap<(&DraftKind, &str), Option<&str>> = HashMap::new();
    for (target, listed) in draft.targets.iter().flatten().enumerate() {
        let variation = listed.variation.as_deref();
        for (at, key) in listed.keys.iter().enumerate() {
            let place = Place::Target {
                target,
                key: Some(at),
            };
            match seen.insert((&listed.kind, key), variation) {
                None => {}
                Some(other) if other == variation => {
                    let message = format!("`{key}` is listed twice; remove the second");
                    findings.add(Code::TargetDuplicate, place, message);
                }
                Some(_) => {
                    let message =
                        format!("`{key}` is a target of two variations; keep one of them");
                    findings.add(Code::TargetOverlap, place, message);
                }
            }
        }
    }
}

/// The conditions of rules are those of segments, and so are their checks.
fn conditions(draft: &DraftTargeting, findings: &mut Findings) {
    let conditions = draft.conditions();
    for check in CONDITIONS {
        check.run(&conditions, findings);
    }
}

fn served(draft: &DraftTargeting, findings: &mut Findings) {
    let rules = draft.rules.iter().flatten().enumerate();
    let rules = rules.filter_map(|(index, rule)| Some((Some(index), rule.serve.as_ref()?)));
    let fallthrough = draft.fallthrough.iter().map(|serve| (None, serve));
    for (rule, serve) in rules.chain(fallthrough) {
        match serve {
            DraftServe::Variation(variation) => {
                known(draft, variation, Place::Serve { rule }, findings);
            }
            DraftServe::Split(split) => {
                self::split(draft, split, rule, findings);
                let when = rule.and_then(|rule| draft.rules.as_ref()?.get(rule));
                let when = when.map(|rule| &rule.when);
                if let Err(message) = split_of(draft.form, when, split.by.as_ref()) {
                    findings.add(Code::SplitKindUnclear, Place::Serve { rule }, message);
                }
            }
        }
    }
}

fn split(draft: &DraftTargeting, split: &DraftSplit, rule: Option<usize>, findings: &mut Findings) {
    let mut sum = Some(0);
    let mut seen = HashSet::new();
    for (share, (variation, percent)) in split.shares.iter().enumerate() {
        let place = Place::Share { rule, share };
        known(draft, variation, place, findings);
        if !seen.insert(variation) {
            let message = format!("`{variation}` has two shares; add them up");
            findings.add(Code::SplitDuplicate, place, message);
        }
        match Weight::from_percent(*percent) {
            Err(error) => {
                sum = None;
                findings.add(Code::PercentInvalid, place, error.to_string());
            }
            Ok(Weight::NONE) => {
                let message = format!("0 % serves nobody `{variation}`; leave it out");
                findings.add(Code::PercentNone, place, message);
            }
            Ok(weight) => sum = sum.map(|sum: u64| sum + u64::from(weight.thousandths())),
        }
    }
    match sum {
        Some(100_000) if split.shares.len() == 1 => {
            let message = format!("100 % is everybody; write `{}` alone", split.shares[0].0);
            findings.add(Code::PercentAll, Place::Serve { rule }, message);
        }
        None => {}
        Some(sum) => {
            if let Some(message) = add_up("weights", sum) {
                findings.add(Code::SplitSum, Place::Serve { rule }, message);
            }
        }
    }
    let Some(by) = &split.by else { return };
    let place = Place::Serve { rule };
    if let Some(Err(error)) = by.kind.clone().map(ContextKind::parse) {
        findings.add(Code::KindInvalid, place, error.to_string());
    }
    if let Some(Err(error)) = by.attribute.clone().map(AttributeRef::parse) {
        findings.add(Code::AttributeInvalid, place, error.to_string());
    }
}

/// What to say of shares that do not add up to everybody, given their sum in thousandths of a percent.
pub(crate) fn add_up(what: &str, sum: u64) -> Option<String> {
    let percent = |thousandths: u64| {
        let (whole, rest) = (thousandths / 1000, thousandths % 1000);
        let rest = format!("{rest:03}");
        let rest = rest.trim_end_matches('0');
        let point = if rest.is_empty() { "" } else { "." };
        format!("{whole}{point}{rest}")
    };
    let advice = match sum.checked_sub(100_000) {
        None => format!("{} % are missing", percent(100_000 - sum)),
        Some(0) => return None,
        Some(over) => format!("remove {} %", percent(over)),
    };
    Some(format!(
        "these {what} add up to {} %, not to 100 %; {advice}",
        percent(sum)
    ))
}

fn known(draft: &DraftTargeting, variation: &str, place: Place, findings: &mut Findings) {
    // Without any, that is what there is to say.
    if !draft.variations.is_empty() && !draft.variations.iter().any(|known| known == variation) {
        let advice = or_list(variation, draft.variations.iter().map(String::as_str));
        let message = format!("`{variation}` is not a declared variation{advice}");
        findings.add(Code::VariationUnknown, place, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{DraftClause, DraftRule};
    use crate::targeting::{DraftTarget, DraftTargetingRule};

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
        assert_eq!(codes, [Code::ValuesMissing]);
    }
}
