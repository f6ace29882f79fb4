//! A segment in the form of the REST API.

use std::collections::BTreeMap;

use segments_model::wire::{Link, Segment};
use serde::Serialize;

use crate::message::link;
use crate::state::{BigSegment, Environment, StoredSegment};

/// A segment, and what is known of the members of a big one.
#[derive(Serialize)]
pub(crate) struct Shown {
    #[serde(flatten)]
    pub(crate) segment: Segment,
    #[serde(rename = "_unboundedMetadata", skip_serializing_if = "Option::is_none")]
    unbounded: Option<UnboundedMetadata>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnboundedMetadata {
    env_id: String,
    segment_id: String,
    version: u64,
    included_count: usize,
    excluded_count: usize,
    last_modified: i64,
    deleted: bool,
}

/// The segment as the REST API shows it.
pub(crate) fn show(
    project: &str,
    environment: &str,
    found: &Environment,
    stored: &StoredSegment,
) -> Shown {
    let mut segment = represent(project, environment, stored);
    let mut unbounded = None;
    if segment.unbounded {
        let big = found.big.get(&segment.key);
        let waits = |big: &BigSegment| big.imports.values().any(|it| it.waiting.is_some());
        segment.import_in_progress = Some(big.is_some_and(waits));
        unbounded = Some(UnboundedMetadata {
            env_id: found.id.clone(),
            // What the stores of SDKs know the segment by.
            segment_id: format!("{}.g{}", segment.key, segment.generation),
            version: big.map_or(0, |big| big.version),
            included_count: big.map_or(0, |big| big.included.len()),
            excluded_count: big.map_or(0, |big| big.excluded.len()),
            last_modified: big.map_or(segment.creation_date, |big| big.last_modified),
            deleted: false,
        });
    }
    Shown { segment, unbounded }
}

/// The segment with its links.
pub(crate) fn represent(project: &str, environment: &str, stored: &StoredSegment) -> Segment {
    let key = &stored.segment.key;
    let mut links = BTreeMap::new();
    links.insert(
        "self".to_owned(),
        link(format!("/api/v2/segments/{project}/{environment}/{key}")),
    );
    links.insert(
        "parent".to_owned(),
        link(format!("/api/v2/segments/{project}/{environment}")),
    );
    links.insert(
        "site".to_owned(),
        Link {
            href: format!("/{project}/{environment}/segments/{key}"),
            media_type: Some("text/html".to_owned()),
        },
    );
    Segment {
        links,
        ..stored.segment.clone()
    }
}
