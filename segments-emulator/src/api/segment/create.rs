//! Creating a segment.

use segments_model::wire::{CreateSegment, Segment};
use segments_model::{ContextKind, SegmentKey, Tag};

use super::represent::show;
use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response};
use crate::service::auth::segment_resource;
use crate::state::StoredSegment;

/// `POST /segments/{project}/{environment}`. Targets and rules in the body are ignored, as the
/// documentation of *postSegment* says; they come by a patch.
pub(crate) fn create(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let service = &mut *call.service;
    service.state.environment(project, environment)?;
    let body: CreateSegment = call.request.json()?;
    SegmentKey::parse(&*body.key).map_err(|error| ApiError::invalid(error.to_string()))?;
    if body.name.is_empty() {
        return Err(ApiError::invalid("name is required"));
    }
    let tags = distinct(&body.tags)?;
    call.caller.may(
        "createSegment",
        &segment_resource(project, environment, &body.key, &tags),
    )?;
    if service
        .state
        .segment(project, environment, &body.key)
        .is_ok()
    {
        return Err(ApiError::key_exists("Duplicate segment key"));
    }

    let now = service.clock.now();
    let unbounded_context_kind = if body.unbounded {
        let kind = body
            .unbounded_context_kind
            .filter(|kind| !kind.is_empty())
            .unwrap_or_else(|| ContextKind::USER.to_string());
        ContextKind::parse(&*kind).map_err(|error| ApiError::invalid(error.to_string()))?;
        Some(kind)
    } else {
        None
    };
    let found = service.state.environment(project, environment)?;
    let generation = found.next_generation(&body.key);
    let versions_before = found.versions_before(&body.key, 1);
    let stored = StoredSegment {
        segment: Segment {
            key: body.key,
            name: body.name,
            description: body.description.filter(|text| !text.is_empty()),
            tags,
            creation_date: now,
            last_modified_date: now,
            version: 1,
            generation,
            unbounded: body.unbounded,
            unbounded_context_kind,
            ..Segment::default()
        },
        salt: service.ids.salt(),
        serial: found.next_serial(),
        versions_before,
        expiring: Vec::new(),
    };
    let shown = show(project, environment, found, &stored);
    service.put_segment(project, environment, stored)?;
    Ok(Response::created(&shown))
}

/// The tags, each once, in the order in which they came.
pub(crate) fn distinct(tags: &[String]) -> Result<Vec<String>, ApiError> {
    let mut distinct: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        Tag::parse(tag.as_str()).map_err(|error| ApiError::invalid(error.to_string()))?;
        if !distinct.contains(tag) {
            distinct.push(tag.clone());
        }
    }
    Ok(distinct)
}
