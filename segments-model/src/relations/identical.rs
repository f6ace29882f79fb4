//! Segments with the same members.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Relation;
use crate::{Audience, Code, Definition, Place};

/// Compares only segments with the same fingerprint, so that many segments take no longer than few.
pub(super) fn check(segments: &[&Definition]) -> Vec<Relation> {
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        if !is_comparable(segment) {
            continue;
        }
        let others = seen.entry(fingerprint(segment)).or_default();
        let first = others.iter().find(|other| same(segments[**other], segment));
        match first {
            None => others.push(index),
            Some(first) => {
                let message = format!(
                    "this segment has the same members as `{}`; ask that one, or leave one out",
                    segments[*first].key
                );
                let mut relation =
                    Relation::new(index, Code::SegmentIdentical, Place::Segment, message);
                relation
                    .related
                    .push((*first, Place::Segment, "the other one".to_owned()));
                found.push(relation);
            }
        }
    }
    found
}

/// Members of a big segment are elsewhere, a percentage depends on the segment's own salt, and
/// segments without anybody are on purpose.
fn is_comparable(segment: &Definition) -> bool {
    let shares = segment.rules().iter().any(|rule| rule.rollout.is_some());
    let nobody = segment.rules().is_empty() && segment.included().is_empty();
    matches!(segment.audience, Audience::Standard { .. }) && !shares && !nobody
}

/// Descriptions of rules do not count.
fn same(left: &Definition, right: &Definition) -> bool {
    let rules = || left.rules().iter().zip(right.rules());
    left.included() == right.included()
        && left.excluded() == right.excluded()
        && left.rules().len() == right.rules().len()
        && rules().all(|(left, right)| left.clauses == right.clauses)
}

fn fingerprint(segment: &Definition) -> u64 {
    let mut hasher = DefaultHasher::new();
    for targets in [segment.included(), segment.excluded()] {
        for (kind, keys) in targets.lists() {
            kind.hash(&mut hasher);
            keys.len().hash(&mut hasher);
            keys.first().hash(&mut hasher);
        }
    }
    for rule in segment.rules() {
        for clause in &rule.clauses {
            clause.attribute.hash(&mut hasher);
            clause.operator.hash(&mut hasher);
            clause.negate.hash(&mut hasher);
            clause.values.first().hash(&mut hasher);
        }
    }
    hasher.finish()
}
