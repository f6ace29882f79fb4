//! Changing a segment: detecting the three formats of a body, and the steps around them.

mod document;
mod finish;
mod semantic;

use serde_json::Value as Json;

pub(crate) use finish::complete;
pub(crate) use semantic::Envelope;

use super::represent::{Shown, show};
use crate::api::call::{Answer, Call};
use crate::api::{approval_gate, big};
use crate::message::{ApiError, Request, Response};
use crate::service::Service;
use crate::service::auth::{Caller, may_change_members, segment_resource};
use crate::state::{Address, Kind, StoredSegment};

/// `PATCH /segments/{project}/{environment}/{segment}`.
pub(crate) fn patch(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    let at = Address::from(at);
    call.service
        .state
        .segment(at.project, at.environment, at.key)?;
    let format = Format::of(call.request)?;
    let dry_run = call.is_dry_run();
    let shown = apply(call.service, &call.caller, at, format, dry_run)?;
    Ok(Response::ok(&shown))
}

/// Applies a patch as a whole or not at all. One that changes nothing leaves version and date alone.
pub(crate) fn apply(
    service: &mut Service,
    caller: &Caller,
    at: Address<'_>,
    format: Format,
    dry_run: bool,
) -> Result<Shown, ApiError> {
    let Address {
        project,
        environment,
        key,
    } = at;
    let before = service.state.segment(project, environment, key)?.clone();
    let resource = segment_resource(project, environment, key, &before.segment.tags);
    if format.is_gated() {
        let (place, tags) = ((project, environment), &before.segment.tags);
        approval_gate::require(service, caller, Kind::Segment, place, tags, &resource)?;
    }

    let mut after = before.clone();
    let mut later = Vec::new();
    match format {
        Format::Semantic(envelope) => {
            later = semantic::apply(service, at, envelope, &mut after)?;
        }
        Format::Json(patch) => {
            document::patch(&service.behavior, project, environment, &patch, &mut after)?;
        }
        Format::Merge(patch) => {
            document::merge(&service.behavior, project, environment, &patch, &mut after)?;
        }
    }
    finish::finish(service, at, &mut after)?;

    for action in actions(&before, &after) {
        caller.may(action, &resource)?;
    }
    if !later.is_empty() {
        may_change_members(caller, &resource)?;
    }
    let changed = after != before;
    if changed && (!dry_run || service.behavior.dry_run_bumps_version) {
        after.segment.version = after.segment.version.saturating_add(1);
        after.segment.last_modified_date = service.clock.now();
    }
    if !dry_run {
        if changed {
            service.put_segment(project, environment, after.clone())?;
        }
        big::apply(service, at, later)?;
    }
    let found = service.state.environment(project, environment)?;
    Ok(show(project, environment, found, &after))
}

/// The three formats (API documentation, *Updates*).
pub(crate) enum Format {
    Semantic(Envelope),
    Json(json_patch::Patch),
    Merge(Json),
}

impl Format {
    /// The parameter of `Content-Type` makes a patch a semantic one; an array or `patch` makes it a
    /// JSON patch; any other object is a merge patch.
    fn of(request: &Request) -> Result<Self, ApiError> {
        let semantic = request.is_semantic_patch();
        if semantic {
            return request.json().map(Format::Semantic);
        }
        let read = |json| {
            serde_json::from_value(json)
                .map_err(|error| ApiError::invalid(format!("invalid JSON patch: {error}")))
        };
        match request.json()? {
            json @ Json::Array(_) => read(json).map(Format::Json),
            Json::Object(mut object) => {
                if let Some(patch) = object.remove("patch") {
                    read(patch).map(Format::Json)
                } else if let Some(patch) = object.remove("merge") {
                    Ok(Format::Merge(patch))
                } else if object.contains_key("instructions") {
                    Err(ApiError::invalid(
                        "instructions need the header \"Content-Type: application/json; domain-model=launchdarkly.semanticpatch\"",
                    ))
                } else {
                    Ok(Format::Merge(Json::Object(object)))
                }
            }
            _ => Err(ApiError::invalid("a patch is an array or an object")),
        }
    }
}

/// The fields of a segment that can be changed without an approval.
const NOT_GATED: [&str; 3] = ["name", "description", "tags"];

impl Format {
    /// Returns whether a patch needs an approval where approvals are required: everything but name,
    /// description and tags does, a change that changes nothing included.
    fn is_gated(&self) -> bool {
        match self {
            Format::Semantic(envelope) => approval_gate::gates(&envelope.instructions),
            Format::Json(patch) => patch.0.iter().any(|operation| {
                let pointer = operation.path().as_str();
                let first = pointer.split('/').nth(1).unwrap_or_default();
                !matches!(operation, json_patch::PatchOperation::Test(_))
                    && !NOT_GATED.contains(&first)
            }),
            Format::Merge(patch) => patch
                .as_object()
                .is_some_and(|members| members.keys().any(|it| !NOT_GATED.contains(&&**it))),
        }
    }
}

/// The actions of LaunchDarkly's roles that a change amounts to.
fn actions(before: &StoredSegment, after: &StoredSegment) -> Vec<&'static str> {
    let (before, after) = (&before.segment, &after.segment);
    let targets = |same_users: bool, same_contexts: bool| same_users && same_contexts;
    [
        ("updateName", before.name == after.name),
        ("updateDescription", before.description == after.description),
        ("updateTags", before.tags == after.tags),
        (
            "updateIncluded",
            targets(
                before.included == after.included,
                before.included_contexts == after.included_contexts,
            ),
        ),
        (
            "updateExcluded",
            targets(
                before.excluded == after.excluded,
                before.excluded_contexts == after.excluded_contexts,
            ),
        ),
        ("updateRules", before.rules == after.rules),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(action, _)| action)
    .collect()
}
