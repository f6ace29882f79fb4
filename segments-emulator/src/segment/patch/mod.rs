//! Changing a segment: which of the three formats a body is, and what happens around all of them.

mod document;
mod semantic;

use segments_model::STANDARD_TARGETS;
use serde_json::Value as Json;

use super::represent::represent;
use super::targets::target_keys;
use super::{create, rules};
use crate::big::{self, At};
use crate::error::ApiError;
use crate::response::{Answer, Response};
use crate::service::{Call, Service};
use crate::state::{StoredSegment, segments_asked};

/// `PATCH /segments/{project}/{environment}/{key}`. A patch takes effect as a whole or not at all;
/// one that changes nothing leaves version and date alone.
pub(crate) fn patch(call: &mut Call<'_>, at: At<'_>) -> Answer {
    let At {
        project,
        environment,
        key,
    } = at;
    let service = &mut *call.service;
    let before = service.state.segment(project, environment, key)?.clone();
    let format = Format::of(call.request)?;
    let required = service
        .state
        .environment(project, environment)?
        .segment_approvals
        .as_ref()
        .is_some_and(|settings| settings.required_for(&before.segment.tags));
    if required && format.is_gated() && !call.caller.bypasses_approvals(&at.resource()) {
        return Err(ApiError::forbidden("approval is required"));
    }

    let mut after = before.clone();
    let mut later = Vec::new();
    match format {
        Format::Semantic(envelope) => {
            later = semantic::apply(service, at, envelope, &mut after)?;
        }
        Format::Json(patch) => {
            document::patch(&service.behaviour, project, environment, &patch, &mut after)?;
        }
        Format::Merge(patch) => {
            document::merge(&service.behaviour, project, environment, &patch, &mut after)?;
        }
    }
    finish(service, at, &mut after)?;

    for action in actions(&before, &after) {
        call.caller.may(action, &at.resource())?;
    }
    if !later.is_empty() {
        at.may_change(&call.caller)?;
    }
    let dry_run = call.request.parameter("dryRun") == Some("true");
    let changed = after != before;
    if changed && (!dry_run || service.behaviour.dry_run_bumps_version) {
        after.segment.version += 1;
        after.segment.last_modified_date = service.clock.now();
    }
    let shown = represent(project, environment, &after);
    if !dry_run {
        if changed {
            service.put_segment(project, environment, after)?;
        }
        big::carry_out(service, at, later)?;
    }
    Ok(Response::ok(&shown))
}

/// The three formats (API documentation, *Updates*).
enum Format {
    Semantic(semantic::Envelope),
    Json(json_patch::Patch),
    Merge(Json),
}

impl Format {
    /// The parameter of `Content-Type` makes a patch a semantic one; an array or `patch` makes it a
    /// JSON patch; any other object is a merge patch.
    fn of(request: &crate::request::Request) -> Result<Self, ApiError> {
        let semantic = request.header("content-type").is_some_and(is_semantic);
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

/// What of a segment can be changed without an approval.
const NOT_GATED: [&str; 3] = ["name", "description", "tags"];

impl Format {
    /// Whether a patch needs an approval where approvals are required: everything but name,
    /// description and tags does, a change that changes nothing included.
    fn is_gated(&self) -> bool {
        match self {
            Format::Semantic(envelope) => envelope.instructions.iter().any(|instruction| {
                let kind = instruction["kind"].as_str().unwrap_or_default();
                !["addTags", "removeTags", "updateName"].contains(&kind)
            }),
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

/// Whether a media type has the parameter of semantic patches.
pub(crate) fn is_semantic(content_type: &str) -> bool {
    content_type.split(';').skip(1).any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim().eq_ignore_ascii_case("domain-model")
            && value.trim().trim_matches('"') == "launchdarkly.semanticpatch"
    })
}

/// Brings a changed segment into the service's form, and checks what holds for every segment.
fn finish(service: &mut Service, at: At<'_>, stored: &mut StoredSegment) -> Result<(), ApiError> {
    let segment = &mut stored.segment;
    if segment.name.is_empty() {
        return Err(ApiError::invalid("name is required"));
    }
    segment.tags = create::distinct(&segment.tags)?;
    rules::complete_targets(&mut segment.included, &mut segment.included_contexts)?;
    rules::complete_targets(&mut segment.excluded, &mut segment.excluded_contexts)?;
    for rule in &mut segment.rules {
        rules::complete_rule(rule, &service.behaviour, &mut service.ids)?;
    }
    let contexts = segment
        .included_contexts
        .iter()
        .chain(&segment.excluded_contexts);
    let targets = segment.included.len()
        + segment.excluded.len()
        + contexts.map(|targets| targets.values.len()).sum::<usize>();
    if targets > STANDARD_TARGETS {
        return Err(ApiError::invalid(format!(
            "a segment has at most {STANDARD_TARGETS} individual targets, not {targets}"
        )));
    }
    if segment.unbounded && (targets > 0 || !segment.rules.is_empty()) {
        return Err(ApiError::invalid(
            "a big segment has neither individual targets nor rules",
        ));
    }
    if service.behaviour.refuse_unknown_kinds {
        let known = &service.state.project(at.project)?.kinds;
        let listed = segment
            .included_contexts
            .iter()
            .chain(&segment.excluded_contexts)
            .map(|targets| &targets.context_kind);
        let tested = segment.rules.iter().flat_map(|rule| &rule.clauses);
        let tested = tested.filter_map(|clause| clause.context_kind.as_ref());
        if let Some(kind) = listed.chain(tested).find(|kind| !known.contains_key(*kind)) {
            return Err(ApiError::invalid(format!(
                "unknown context kind \"{kind}\""
            )));
        }
    }
    // A target that is gone does not expire.
    let kept = std::mem::take(&mut stored.expiring)
        .into_iter()
        .filter(|it| target_keys(segment, it.list, &it.kind).contains(&it.key))
        .collect();
    stored.expiring = kept;
    let others = service.state.environment(at.project, at.environment)?;
    if service.behaviour.refuse_unknown_segments
        && let Some(unknown) = segments_asked(&segment.rules)
            .find(|asked| *asked != segment.key && !others.segments.contains_key(*asked))
    {
        return Err(ApiError::invalid(format!("unknown segment \"{unknown}\"")));
    }
    if service.behaviour.refuse_cycles && others.would_ask_itself(stored) {
        return Err(ApiError::invalid(format!(
            "segment \"{}\" would ask itself",
            stored.segment.key
        )));
    }
    Ok(())
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
