//! The two lists of individual targets: users in separate lists, other kinds by kind.

use std::collections::HashSet;

use segments_model::ContextKind;
use segments_model::wire::Segment;

use super::rules::complete_kind;
use crate::message::ApiError;
use crate::state::{SegmentList, target_keys, target_keys_mut};

/// Adds keys, none of which may be on the other list.
pub(super) fn add(
    segment: &mut Segment,
    list: SegmentList,
    mut kind: String,
    values: Vec<String>,
) -> Result<(), ApiError> {
    complete_kind(&mut kind)?;
    let (opposite, taken) = match list {
        SegmentList::Included => (SegmentList::Excluded, "excluded"),
        SegmentList::Excluded => (SegmentList::Included, "included"),
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
    list: SegmentList,
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
        let excluded: HashSet<&String> = target_keys(segment, SegmentList::Excluded, kind)
            .iter()
            .collect();
        if let Some(key) = target_keys(segment, SegmentList::Included, kind)
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
