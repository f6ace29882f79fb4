//! Cycles of references: each reported cycle is one, and if there is a cycle, one is reported.

use std::cell::Cell;
use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{domains, run, segment};
use crate::relations::{Relation, relations};
use crate::{Clause, Code, Definition, Place, Rule, SegmentKey};

const KEYS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "elsewhere"];

/// A clause asks some of the others, perhaps one that nobody declares.
fn clause() -> impl Strategy<Value = Clause> {
    let asked = prop::collection::vec(prop::sample::select(&KEYS[..]), 1..3);
    (asked, any::<bool>()).prop_map(|(asked, negate)| Clause {
        negate,
        ..Clause::segment_match(asked.into_iter().map(SegmentKey::from_static))
    })
}

fn segments() -> impl Strategy<Value = Vec<Definition>> {
    let rule = prop::collection::vec(clause(), 0..3)
        .prop_map(|clauses| Rule {
            clauses,
            ..Rule::default()
        })
        .boxed();
    // Mostly few references, or everything is in a circle.
    let rules = prop_oneof![
        2 => prop::collection::vec(rule.clone(), 0..2),
        1 => prop::collection::vec(rule, 0..3),
    ];
    prop::collection::vec(rules, 1..KEYS.len()).prop_map(|all| {
        let keys = KEYS.iter().zip(all);
        keys.map(|(key, rules)| segment(key, rules)).collect()
    })
}

/// The key at a place of a segment.
fn asked(segment: &Definition, place: Place) -> Option<&str> {
    let Place::Value {
        rule,
        clause,
        value,
    } = place
    else {
        return None;
    };
    segment.rules()[rule].clauses[clause].segments().nth(value)
}

/// The segments of a circle in the order of the message, the first one again at the end.
fn way(message: &str) -> Vec<&str> {
    let (_, way) = message.split_once(": ").unwrap();
    let (way, _) = way.split_once(';').unwrap();
    way.split(" references ")
        .map(|key| key.trim_matches('`'))
        .collect()
}

/// Returns whether what is told is a circle: each step a reference at the place that is named for it.
fn check(segments: &[Definition], relation: &Relation) -> Result<(), TestCaseError> {
    let message = &relation.finding.message;
    let way = way(message);
    let (first, last) = (way[0], way[way.len() - 1]);
    prop_assert_eq!(first, last, "{}", message);
    let members: BTreeSet<&str> = way.iter().copied().collect();
    prop_assert_eq!(members.len(), way.len() - 1, "{}", message);

    let related = relation
        .related
        .iter()
        .map(|(segment, place, _)| (*segment, *place));
    // The last step is the finding itself.
    let closing = (relation.segment, relation.finding.place);
    let steps: Vec<_> = related.chain([closing]).collect();
    prop_assert_eq!(steps.len(), way.len() - 1, "{}", message);
    for ((segment, place), pair) in steps.into_iter().zip(way.windows(2)) {
        prop_assert_eq!(segments[segment].key.as_str(), pair[0], "{}", message);
        prop_assert_eq!(
            asked(&segments[segment], place),
            Some(pair[1]),
            "{}",
            message
        );
    }
    Ok(())
}

/// For each segment, the segments that it reaches by one reference or more.
fn reached(segments: &[Definition]) -> Vec<Vec<bool>> {
    let of = |key: &str| segments.iter().position(|segment| segment.key == *key);
    let mut reached = vec![vec![false; segments.len()]; segments.len()];
    for (from, segment) in segments.iter().enumerate() {
        for to in segment.references().into_iter().filter_map(of) {
            reached[from][to] = true;
        }
    }
    for over in 0..segments.len() {
        for from in 0..segments.len() {
            for to in 0..segments.len() {
                reached[from][to] |= reached[from][over] && reached[over][to];
            }
        }
    }
    reached
}

#[test]
fn what_is_told_is_a_circle_and_none_is_missed() {
    let (circles, without) = (Cell::new(0), Cell::new(0));
    run(1000, &segments(), |segments| {
        let found = relations(&segments.iter().collect::<Vec<_>>(), &domains);
        let found = found
            .iter()
            .filter(|it| it.finding.code == Code::SEGMENT_CYCLE);
        let found: Vec<&Relation> = found.collect();
        let mut told = BTreeSet::new();
        for relation in &found {
            check(&segments, relation)?;
            told.extend(
                way(&relation.finding.message)
                    .into_iter()
                    .map(str::to_owned),
            );
        }
        let reached = reached(&segments);
        for (at, segment) in segments.iter().enumerate() {
            // Circles that share a segment may be told as one.
            let mut circle =
                (0..segments.len()).filter(|other| reached[at][*other] && reached[*other][at]);
            let is_told = circle
                .clone()
                .any(|other| told.contains(segments[other].key.as_str()));
            prop_assert_eq!(
                circle.next().is_some(),
                is_told,
                "{}: {:?}",
                segment.key,
                found
            );
        }
        circles.set(circles.get() + found.len());
        without.set(without.get() + usize::from(found.is_empty()));
        Ok(())
    });
    let counts = (circles.get(), without.get());
    assert!(counts.0 >= 200 && counts.1 >= 100, "{counts:?}");
}
