//! Segments with a former key: no other segment may have it.

use std::collections::HashMap;

use super::relation::Relation;
use crate::{Code, Definition, LifecycleKey, Place};

/// Finds keys that a segment had before and that another one has now, or had before as well.
pub(super) fn check(segments: &[&Definition]) -> Vec<Relation> {
    let declared: HashMap<&str, usize> = segments
        .iter()
        .enumerate()
        .map(|(index, segment)| (segment.key.as_str(), index))
        .collect();
    let mut moved: HashMap<&str, usize> = HashMap::new();
    let mut found = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let Some(from) = &segment.lifecycle.moved_from else {
            continue;
        };
        let from = from.as_str();
        let other = declared.get(from).filter(|other| **other != index);
        let (other, message, label) = if let Some(other) = other {
            let message = format!(
                "`{from}` is also declared, so this segment cannot take its place; remove one of them"
            );
            (*other, message, "it is declared here")
        } else if let Some(other) = moved.insert(from, index) {
            let message = format!(
                "`{}` also takes the place of `{from}`; remove `moved_from` from one of them",
                segments[other].key
            );
            (other, message, "the other one")
        } else {
            continue;
        };
        let place = Place::Lifecycle(LifecycleKey::MovedFrom);
        let mut relation = Relation::new(index, Code::MOVED_FROM, place, message);
        relation
            .related
            .push((other, Place::Segment, label.to_owned()));
        found.push(relation);
    }
    found
}
