//! Who is listed one by one.

use std::collections::HashSet;

use super::unmanaged::leaves_audience;
use crate::draft::{DraftKind, DraftTargets, Form};
use crate::{Code, ContextKind, Draft, Findings, Place};

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
                "a big segment has no rules and no lists; give its members to the service with an import, or write a standard segment",
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
            "this segment has no rules and no lists; write a rule or a list, or `nobody` if it is meant to be empty",
        );
    }
}

type PlaceOfTarget = fn(usize, Option<usize>) -> Place;

/// The two lists of a draft, each with the way to its places.
pub(super) fn both(draft: &Draft) -> impl Iterator<Item = (&DraftTargets, PlaceOfTarget)> {
    let included = draft.included.iter().map(|targets| {
        (
            targets,
            (|list, key| Place::Included { list, key }) as PlaceOfTarget,
        )
    });
    let excluded = draft.excluded.iter().map(|targets| {
        (
            targets,
            (|list, key| Place::Excluded { list, key }) as PlaceOfTarget,
        )
    });
    included.chain(excluded)
}

pub(super) fn targets(draft: &Draft, findings: &mut Findings) {
    for (targets, place) in both(draft) {
        let mut kinds = HashSet::new();
        for (index, list) in targets.lists.iter().enumerate() {
            if let DraftKind::Name(kind) = &list.kind
                && let Err(error) = ContextKind::parse(kind.clone())
            {
                findings.add(Code::KindInvalid, place(index, None), error.to_string());
            }
            if !kinds.insert(&list.kind) {
                findings.add(
                    Code::KindDuplicate,
                    place(index, None),
                    format!("`{}` has two lists; write one", list.kind),
                );
            }
            if list.keys.is_empty() {
                let empty = match (draft.form, place(index, None)) {
                    (Form::File, Place::Included { .. }) => "included = {}",
                    (Form::File, _) => "excluded = {}",
                    (Form::Rust, Place::Included { .. }) => "include()",
                    (Form::Rust, _) => "exclude()",
                };
                let message = format!(
                    "the list of `{}` has no keys; list at least one, or write `{empty}` for a list that is empty (one that is left out keeps everybody who is on it)",
                    list.kind
                );
                findings.add(Code::TargetEmpty, place(index, None), message);
            }
            let mut seen = HashSet::new();
            for (at, key) in list.keys.iter().enumerate() {
                if key.is_empty() {
                    findings.add(
                        Code::TargetEmpty,
                        place(index, Some(at)),
                        "a context has no empty key; write its key or leave it out",
                    );
                } else if !seen.insert(key) {
                    findings.add(
                        Code::TargetDuplicate,
                        place(index, Some(at)),
                        format!("`{key}` is listed twice; remove the second"),
                    );
                }
            }
        }
    }
}

pub(super) fn target_overlap(draft: &Draft, findings: &mut Findings) {
    let listed = |targets: &Option<DraftTargets>| -> HashSet<(DraftKind, String)> {
        let lists = targets.iter().flat_map(|targets| targets.lists.clone());
        lists
            .flat_map(|list| {
                list.keys
                    .into_iter()
                    .map(move |key| (list.kind.clone(), key))
            })
            .collect()
    };
    let included = listed(&draft.included);
    for (list, excluded) in draft
        .excluded
        .iter()
        .flat_map(|targets| &targets.lists)
        .enumerate()
    {
        for (at, key) in excluded.keys.iter().enumerate() {
            if included.contains(&(excluded.kind.clone(), key.clone())) {
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
