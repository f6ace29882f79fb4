//! The two lists of individual targets: users in lists of their own, other kinds by kind.

use std::collections::HashSet;

use segments_model::ContextKind;
use segments_model::wire::{ContextTargets, Segment};

use super::rules::complete_kind;
use crate::error::ApiError;
use crate::state::TargetList;

/// The keys of one kind in one of the lists, if there is such a list.
pub(crate) fn target_keys<'a>(segment: &'a Segment, list: TargetList, kind: &str) -> &'a [String] {
    let (users, contexts) = match list {
        TargetList::Included => (&segment.included, &segment.included_contexts),
        TargetList::Excluded => (&segment.excluded, &segment.excluded_contexts),
    };
    if kind == ContextKind::USER.as_str() {
        return users;
    }
    contexts
        .iter()
        .find(|targets| targets.context_kind == kind)
        .map_or(&[], |targets| &targets.values)
}

/// The same list, to be changed; it is made if it is not there.
pub(crate) fn target_keys_mut<'a>(
    segment: &'a mut Segment,
    list: TargetList,
    kind: &str,
) -> &'a mut Vec<String> {
    let (users, contexts) = match list {
        TargetList::Included => (&mut segment.included, &mut segment.included_contexts),
        TargetList::Excluded => (&mut segment.excluded, &mut segment.excluded_contexts),
    };
    if kind == ContextKind::USER.as_str() {
        return users;
    }
    let at = contexts
        .iter()
        .position(|targets| targets.context_kind == kind)
        .unwrap_or_else(|| {
            contexts.push(ContextTargets {
                context_kind: kind.to_owned(),
                values: Vec::new(),
            });
            contexts.len() - 1
        });
    &mut contexts[at].values
}

/// Adds keys, none of which may be on the other list.
pub(super) fn add(
    segment: &mut Segment,
    list: TargetList,
    mut kind: String,
    values: Vec<String>,
) -> Result<(), ApiError> {
    complete_kind(&mut kind)?;
    let (opposite, taken) = match list {
        TargetList::Included => (TargetList::Excluded, "excluded"),
        TargetList::Excluded => (TargetList::Included, "included"),
    };
    let other: HashSet<&String> = target_keys(segment, opposite, &kind).iter().collect();
    if let Some(key) = values.iter().find(|key| other.contains(key)) {
        return Err(ApiError::invalid(format!(
            "context \"{key}\" of kind \"{kind}\" is already {taken}"
        )));
    }
    // Keys that are there already are dropped when the whole patch is completed.
    target_keys_mut(segment, list, &kind).extend(values);
    Ok(())
}

/// Removes keys.
pub(super) fn remove(
    segment: &mut Segment,
    list: TargetList,
    mut kind: String,
    values: Vec<String>,
) -> Result<(), ApiError> {
    complete_kind(&mut kind)?;
    let values: HashSet<String> = values.into_iter().collect();
    target_keys_mut(segment, list, &kind).retain(|key| !values.contains(key));
    Ok(())
}

/// Refuses a segment that includes and excludes one context.
pub(super) fn refuse_overlap(segment: &Segment) -> Result<(), ApiError> {
    let user = ContextKind::USER;
    let kinds = segment
        .included_contexts
        .iter()
        .map(|targets| targets.context_kind.as_str())
        .chain([user.as_str()]);
    for kind in kinds {
        let excluded: HashSet<&String> = target_keys(segment, TargetList::Excluded, kind)
            .iter()
            .collect();
        if let Some(key) = target_keys(segment, TargetList::Included, kind)
            .iter()
            .find(|key| excluded.contains(key))
        {
            return Err(ApiError::invalid(format!(
                "context \"{key}\" of kind \"{kind}\" is both included and excluded"
            )));
        }
    }
    Ok(())
}
