//! A segment as the REST API shows it.

use std::collections::BTreeMap;

use segments_model::wire::{Link, Segment};

use crate::state::StoredSegment;

/// The address of a segment, its key and all, with characters escaped that a path cannot hold.
pub(crate) fn address(project: &str, environment: &str, key: &str) -> String {
    format!("/api/v2/segments/{project}/{environment}/{key}")
}

/// A link to JSON.
pub(crate) fn link(href: impl Into<String>) -> Link {
    Link {
        href: href.into(),
        media_type: Some("application/json".to_owned()),
    }
}

/// The segment with its links.
pub(crate) fn represent(project: &str, environment: &str, stored: &StoredSegment) -> Segment {
    let key = &stored.segment.key;
    let mut links = BTreeMap::new();
    links.insert("self".to_owned(), link(address(project, environment, key)));
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
