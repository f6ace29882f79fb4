//! JSON patches (RFC 6902) and JSON merge patches (RFC 7386): changes of the representation.

use json_patch::{AddOperation, PatchErrorKind, PatchOperation};
use segments_model::wire::{ContextTargets, Rule};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::api::segment::represent::represent;
use crate::api::segment::targets::refuse_overlap;
use crate::message::ApiError;
use crate::service::behavior::Behavior;
use crate::state::StoredSegment;

/// Applies a JSON patch.
pub(super) fn patch(
    behavior: &Behavior,
    project: &str,
    environment: &str,
    patch: &json_patch::Patch,
    stored: &mut StoredSegment,
) -> Result<(), ApiError> {
    let mut document = shown(project, environment, stored);
    let mut copied = 0;
    for operation in &patch.0 {
        let operation = lenient(&document, operation);
        refuse_growth(&document, &operation, &mut copied)?;
        json_patch::patch_unsafe(&mut document, std::slice::from_ref(&operation)).map_err(
            |error| {
                let failed_test = matches!(error.kind, PatchErrorKind::TestFailed);
                let message = format!("invalid JSON patch: {error}");
                if failed_test && behavior.failed_test_conflicts {
                    ApiError::optimistic_lock()
                } else {
                    ApiError::invalid(message)
                }
            },
        )?;
    }
    take_over(behavior.allow_overlap_in_json_patch, document, stored)
}

/// How deep a document may become, and as many values as a patch may copy within it. Each `copy` can
/// double a document, so that forty would fill any memory, and values that are put into each other
/// become deeper than any body.
const DEEPEST: usize = 64;
const MOST_COPIED: usize = 1_000_000;

/// Refuses an operation that makes the document larger or deeper than any segment is.
fn refuse_growth(
    document: &Json,
    operation: &PatchOperation,
    copied: &mut usize,
) -> Result<(), ApiError> {
    let (path, value) = match operation {
        PatchOperation::Add(it) => (&it.path, Some(&it.value)),
        PatchOperation::Replace(it) => (&it.path, Some(&it.value)),
        PatchOperation::Move(it) => (&it.path, it.from.resolve(document).ok()),
        PatchOperation::Copy(it) => (&it.path, it.from.resolve(document).ok()),
        PatchOperation::Remove(_) | PatchOperation::Test(_) => return Ok(()),
    };
    let Some(value) = value else {
        return Ok(());
    };
    let (values, depth) = extent(value);
    if matches!(operation, PatchOperation::Copy(_)) {
        *copied = copied.saturating_add(values);
    }
    if *copied > MOST_COPIED {
        return Err(ApiError::invalid(format!(
            "invalid JSON patch: it copies more than {MOST_COPIED} values"
        )));
    }
    if path.count().saturating_add(depth) > DEEPEST {
        return Err(ApiError::invalid(format!(
            "invalid JSON patch: the document would be nested more than {DEEPEST} deep"
        )));
    }
    Ok(())
}

/// How many values there are in a value, and how deep it is nested: both as far as they are bounded
/// by what was there before.
fn extent(value: &Json) -> (usize, usize) {
    let inside = |(values, depth): (usize, usize), inner: &Json| {
        let (more, deeper) = extent(inner);
        (values + more, depth.max(deeper))
    };
    let (values, depth) = match value {
        Json::Array(items) => items.iter().fold((0, 0), inside),
        Json::Object(members) => members.values().fold((0, 0), inside),
        _ => return (1, 0),
    };
    (values + 1, depth + 1)
}

/// Applies a merge patch.
pub(super) fn merge(
    behavior: &Behavior,
    project: &str,
    environment: &str,
    patch: &Json,
    stored: &mut StoredSegment,
) -> Result<(), ApiError> {
    if !patch.is_object() {
        return Err(ApiError::invalid("a merge patch is an object"));
    }
    let mut document = shown(project, environment, stored);
    json_patch::merge(&mut document, patch);
    take_over(behavior.allow_overlap_in_json_patch, document, stored)
}

fn shown(project: &str, environment: &str, stored: &StoredSegment) -> Json {
    serde_json::to_value(represent(project, environment, stored))
        .expect("a segment has only text keys, so that JSON can hold it")
}

/// `replace` of a member that is not there yet is taken as `add`: LaunchDarkly's own Terraform
/// provider replaces `/description` of segments that have none.
fn lenient(document: &Json, operation: &PatchOperation) -> PatchOperation {
    if let PatchOperation::Replace(replace) = operation
        && replace.path.resolve(document).is_err()
        && let Some(parent) = replace.path.parent()
        && parent.resolve(document).is_ok_and(Json::is_object)
    {
        return PatchOperation::Add(AddOperation {
            path: replace.path.clone(),
            value: replace.value.clone(),
        });
    }
    operation.clone()
}

/// The fields of the representation that can be changed. Everything else, such as `_links`, dates and
/// fields that do not exist, is ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Editable {
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
    #[serde(default)]
    included: Option<Vec<String>>,
    #[serde(default)]
    excluded: Option<Vec<String>>,
    #[serde(default)]
    included_contexts: Option<Vec<ContextTargets>>,
    #[serde(default)]
    excluded_contexts: Option<Vec<ContextTargets>>,
    #[serde(default)]
    rules: Option<Vec<Rule>>,
}

fn take_over(
    allow_overlap: bool,
    document: Json,
    stored: &mut StoredSegment,
) -> Result<(), ApiError> {
    let edited: Editable = serde_json::from_value(document)
        .map_err(|error| ApiError::invalid(format!("invalid patch: {error}")))?;
    let segment = &mut stored.segment;
    if edited.key.as_deref() != Some(&segment.key) {
        return Err(ApiError::invalid("the key of a segment cannot be changed"));
    }
    segment.name = edited.name.unwrap_or_default();
    segment.description = edited.description.filter(|text| !text.is_empty());
    segment.tags = edited.tags.unwrap_or_default();
    segment.included = edited.included.unwrap_or_default();
    segment.excluded = edited.excluded.unwrap_or_default();
    segment.included_contexts = edited.included_contexts.unwrap_or_default();
    segment.excluded_contexts = edited.excluded_contexts.unwrap_or_default();
    segment.rules = edited.rules.unwrap_or_default();
    if !allow_overlap {
        refuse_overlap(segment)?;
    }
    Ok(())
}
