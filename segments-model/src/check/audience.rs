//! Individual contexts.

use std::collections::{HashMap, HashSet};

use super::unmanaged::leaves_audience;
use crate::draft::{DraftKind, DraftList, DraftTargets, Form};
use crate::finding::Side;
use crate::{Code, ContextKind, Draft, Expiry, Findings, Place};

pub(super) fn audience(draft: &Draft, findings: &mut Findings) {
    let says_who = draft.included.is_some() || draft.excluded.is_some() || draft.rules.is_some();
    if let Some(kind) = &draft.big {
        if let Err(error) = ContextKind::parse(kind.clone()) {
            findings.add(Code::KindInvalid, Place::Big, error.to_string());
        }
        if says_who {
            findings.add(
                Code::BigWithRules,
                Place::Big,
                "a big segment has no rules and no lists; import its members, or declare a standard segment",
            );
        }
    } else if draft.nobody && says_who {
        findings.add(
            Code::NobodyContradicted,
            Place::Nobody,
            if draft.absent {
                "`absent` contradicts the lists or rules of this segment; remove one of them"
            } else {
                "`nobody` contradicts the lists or rules of this segment; remove one of them"
            },
        );
    } else if !draft.nobody && !says_who && !leaves_audience(draft) {
        findings.add(
            Code::SegmentEmpty,
            Place::Segment,
            "this segment has no rules and no lists; write a rule or a list, or `nobody` if it is empty on purpose",
        );
    }
}

/// How a list that is empty on purpose is written.
fn empty(side: Side, form: Form) -> &'static str {
    match (form, side) {
        (Form::File, Side::Included) => "included = {}",
        (Form::File, Side::Excluded) => "excluded = {}",
        (Form::Rust, Side::Included) => "include()",
        (Form::Rust, Side::Excluded) => "exclude()",
    }
}

/// The two lists of a draft, each with where it stands.
pub(super) fn both(draft: &Draft) -> impl Iterator<Item = (&DraftTargets, Side)> {
    let included = draft.included.iter().map(|it| (it, Side::Included));
    let excluded = draft.excluded.iter().map(|it| (it, Side::Excluded));
    included.chain(excluded)
}

pub(super) fn targets(draft: &Draft, findings: &mut Findings) {
    for (targets, side) in both(draft) {
        let mut lists = HashSet::new();
        let mut expiries: Vec<Until<'_>> = Vec::with_capacity(targets.lists.len());
        for (index, list) in targets.lists.iter().enumerate() {
            if let DraftKind::Name(kind) = &list.kind
                && let Err(error) = ContextKind::parse(kind.clone())
            {
                findings.add(Code::KindInvalid, side.at(index, None), error.to_string());
            }
            let until = match list.expiry().transpose() {
                Ok(until) => Ok(until),
                Err(error) => {
                    findings.add(Code::ExpiryInvalid, side.until(index), error.to_string());
                    Err(list.until.as_deref().unwrap_or_default())
                }
            };
            expiries.push(until);
            // Lists of one kind are told apart by their expiries.
            if !lists.insert((&list.kind, until)) {
                findings.add(
                    Code::KindDuplicate,
                    side.at(index, None),
                    format!("`{}` has two lists; write one", list.kind),
                );
            }
            if list.keys.is_empty() {
                let message = format!(
                    "the list of `{}` has no keys; list at least one, or write `{}` for an empty list (a list that is left out keeps its contexts)",
                    list.kind,
                    empty(side, draft.form)
                );
                findings.add(Code::TargetEmpty, side.at(index, None), message);
            }
            let mut seen = HashSet::new();
            for (at, key) in list.keys.iter().enumerate() {
                if key.is_empty() {
                    findings.add(
                        Code::TargetEmpty,
                        side.at(index, Some(at)),
                        "the key of a context is not empty; write the key, or remove it",
                    );
                } else if !seen.insert(key) {
                    findings.add(
                        Code::TargetDuplicate,
                        side.at(index, Some(at)),
                        format!("`{key}` is listed twice; remove the second"),
                    );
                }
            }
        }
        conflicts(targets, &expiries, side, findings);
    }
}

/// When the keys of a list expire, if they do; the text, if it is no date.
type Until<'d> = Result<Option<Expiry>, &'d str>;

/// Keys that stand in two lists of one kind, which have different expiries.
fn conflicts(targets: &DraftTargets, expiries: &[Until<'_>], side: Side, findings: &mut Findings) {
    if targets.lists.iter().all(|list| list.until.is_none()) {
        return;
    }
    let stay = |list: &DraftList| match &list.until {
        Some(until) => format!("until {until}"),
        None => "for good".to_owned(),
    };
    let mut known: HashMap<(&DraftKind, &str), usize> = HashMap::new();
    for (index, list) in targets.lists.iter().enumerate() {
        for (at, key) in list.keys.iter().enumerate() {
            let first = *known.entry((&list.kind, key)).or_insert(index);
            let other = &targets.lists[first];
            if first != index && expiries[first] != expiries[index] {
                let message = format!(
                    "`{key}` is listed {} and {}; keep one of the two",
                    stay(other),
                    stay(list)
                );
                let place = side.at(index, Some(at));
                findings.add(Code::ExpiryConflict, place, message);
            }
        }
    }
}

/// Finds the lists of a draft whose expiry has come at a moment in milliseconds since 1970: they say nothing any
/// more. What this finds depends on the day, so it is none of the [checks](super::check) that decide whether a
/// draft is right.
///
/// ```
/// use segments_model::draft::{DraftKind, DraftList, DraftTargets};
/// use segments_model::{Draft, Expiry, check};
///
/// let list = DraftList { keys: vec!["user-1".into()], until: Some("2027-01-31".into()), ..DraftList::default() };
/// let included = DraftTargets { lists: vec![list], ..DraftTargets::default() };
/// let draft = Draft { key: "beta".into(), included: Some(included), ..Draft::default() };
///
/// let day = Expiry::parse("2027-01-31").unwrap().milliseconds();
/// assert!(check::passed(&draft, day - 1).is_empty());
/// assert_eq!(check::passed(&draft, day).len(), 1);
/// ```
#[must_use]
pub fn passed(draft: &Draft, now: i64) -> Findings {
    let mut findings = Findings::default();
    for (targets, side) in both(draft) {
        for (index, list) in targets.lists.iter().enumerate() {
            if let Some(Ok(until)) = list.expiry()
                && until.has_passed(now)
            {
                let message = format!(
                    "the expiry {until} has passed, so that these contexts are listed no more; remove them, or write a later date"
                );
                findings.add(Code::ExpiryPassed, side.until(index), message);
            }
        }
    }
    findings
}

pub(super) fn target_overlap(draft: &Draft, findings: &mut Findings) {
    let lists = draft.included.iter().flat_map(|targets| &targets.lists);
    let keys = lists.flat_map(|list| list.keys.iter().map(|key| (&list.kind, key.as_str())));
    let included: HashSet<(&DraftKind, &str)> = keys.collect();
    for (list, excluded) in draft
        .excluded
        .iter()
        .flat_map(|targets| &targets.lists)
        .enumerate()
    {
        for (at, key) in excluded.keys.iter().enumerate() {
            if included.contains(&(&excluded.kind, key.as_str())) {
                let message = format!(
                    "`{key}` is both included and excluded, and the service includes it; keep one of the two"
                );
                findings.add(
                    Code::TargetOverlap,
                    Place::Excluded {
                        list,
                        key: Some(at),
                    },
                    message,
                );
            }
        }
    }
}
