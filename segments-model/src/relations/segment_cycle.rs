//! Cycles of segment references.

use std::collections::HashMap;

use super::relation::Relation;
use crate::code::code;
use crate::{Code, Definition, Place};

code! {
    /// Segment references form a cycle; every flag that evaluates one of them fails.
    ///
    /// ```toml,wrong
    /// [segments.a]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["b"] }] }]
    ///
    /// [segments.b]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["a"] }] }]
    /// ```
    ///
    /// ```text
    /// error[segment-cycle]: segment references form a cycle: `a` references `b` references `a`; SDKs fail every flag that evaluates it
    /// ```
    ///
    /// ```toml,right
    /// [segments.a]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["b"] }] }]
    ///
    /// [segments.b]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    SEGMENT_CYCLE = Error "segment-cycle";
}

/// How many steps of circles are told at most; more are only more of the same.
const MOST_STEPS: usize = 20_000;

/// A segment on the way down, and which of its references comes next.
struct Step<'a> {
    segment: usize,
    next: usize,
    references: Vec<(Place, &'a str)>,
}

/// Walks all references depth first, without recursion: chains may be long.
pub(super) fn check(segments: &[&Definition]) -> Vec<Relation> {
    let by_key: HashMap<&str, usize> = segments
        .iter()
        .enumerate()
        .map(|(index, segment)| (segment.key.as_str(), index))
        .collect();
    let mut done = vec![false; segments.len()];
    let mut depth: Vec<Option<usize>> = vec![None; segments.len()];
    let mut found = Vec::new();
    let mut told = 0;
    for start in 0..segments.len() {
        if done[start] {
            continue;
        }
        let mut way: Vec<Step<'_>> = Vec::new();
        depth[start] = Some(0);
        way.push(step(segments, start));
        while let Some(top) = way.last_mut() {
            let Some((place, key)) = top.references.get(top.next).copied() else {
                done[top.segment] = true;
                depth[top.segment] = None;
                way.pop();
                continue;
            };
            top.next += 1;
            let Some(next) = by_key.get(key).copied() else {
                continue;
            };
            if let Some(from) = depth[next] {
                if told < MOST_STEPS {
                    told += way.len() - from;
                    found.push(cycle(segments, &way[from..], place));
                }
            } else if !done[next] {
                depth[next] = Some(way.len());
                way.push(step(segments, next));
            }
        }
    }
    found
}

fn step<'a>(segments: &[&'a Definition], segment: usize) -> Step<'a> {
    let rules = segments[segment].rules().iter().enumerate();
    let references = rules.flat_map(|(rule, it)| {
        it.clauses.iter().enumerate().flat_map(move |(clause, it)| {
            it.segments().enumerate().map(move |(value, key)| {
                let place = Place::Value {
                    rule,
                    clause,
                    value,
                };
                (place, key)
            })
        })
    });
    Step {
        segment,
        next: 0,
        references: references.collect(),
    }
}

/// The finding stands at the reference that closes the circle.
fn cycle(segments: &[&Definition], circle: &[Step<'_>], place: Place) -> Relation {
    let key = |step: &Step<'_>| format!("`{}`", segments[step.segment].key);
    let mut path: Vec<String> = circle.iter().map(key).collect();
    path.extend(circle.first().map(key));
    let message = format!(
        "segment references form a cycle: {}; SDKs fail every flag that evaluates it",
        path.join(" references ")
    );
    let last = circle.last().map_or(0, |step| step.segment);
    let mut relation = Relation::new(last, Code::SEGMENT_CYCLE, place, message);
    for step in circle.iter().rev().skip(1).rev() {
        let (place, asked) = step.references[step.next - 1];
        relation
            .related
            .push((step.segment, place, format!("references `{asked}`")));
    }
    relation
}
