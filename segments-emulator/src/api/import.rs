//! Importing segments in the form of the real service's list.

use segments_model::wire::Segment;
use segments_model::{EnvironmentKey, ProjectKey, SegmentKey};
use serde::Deserialize;

use crate::api::segment::complete;
use crate::message::ApiError;
use crate::service::Service;
use crate::service::behavior::Behavior;
use crate::state::StoredSegment;

/// The response of the list of segments, or only its items.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Listed {
    Page { items: Vec<Segment> },
    Items(Vec<Segment>),
}

/// Takes segments into an environment, which is made if it is not there. They keep identifiers,
/// versions and dates; one that is there already is replaced. Salts are not in the list, so
/// percentages pick other contexts than in the real service.
pub(crate) fn import(
    service: &mut Service,
    project: &str,
    environment: &str,
    listed: Listed,
) -> Result<usize, ApiError> {
    let segments = match listed {
        Listed::Page { items } | Listed::Items(items) => items,
    };
    for segment in &segments {
        SegmentKey::parse(segment.key.as_str())
            .map_err(|error| ApiError::invalid(error.to_string()))?;
    }
    ProjectKey::parse(project).map_err(|error| ApiError::invalid(error.to_string()))?;
    EnvironmentKey::parse(environment).map_err(|error| ApiError::invalid(error.to_string()))?;
    service.ensure_environment(project, environment)?;
    let count = segments.len();
    // The real service knows what it lists, even where the emulator does not.
    let lenient = Behavior {
        refuse_unknown_operators: false,
        ..service.behavior.clone()
    };
    // The list has the newest first.
    for mut segment in segments.into_iter().rev() {
        segment.links.clear();
        segment.flags = None;
        segment.import_in_progress = None;
        complete(&mut segment, &lenient, &mut service.ids)
            .map_err(|error| error.about(&format!("segment \"{}\"", segment.key)))?;
        // A list that was written by hand has no dates, and perhaps no names.
        if segment.name.is_empty() {
            segment.name.clone_from(&segment.key);
        }
        for date in [&mut segment.creation_date, &mut segment.last_modified_date] {
            if *date == 0 {
                *date = service.clock.now();
            }
        }
        segment.version = segment.version.max(1);
        segment.generation = segment.generation.max(1);
        let found = service.state.environment(project, environment)?;
        let (serial, key) = (found.next_serial(), &segment.key);
        let versions_before = found.versions_before(key, segment.version);
        let stored = StoredSegment {
            salt: segment.salt.take().unwrap_or_else(|| service.ids.salt()),
            segment,
            serial,
            versions_before,
            expiring: Vec::new(),
        };
        service.put_segment(project, environment, stored)?;
    }
    Ok(count)
}
