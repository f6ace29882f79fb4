//! Segments with the same members.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::relation::Relation;
use crate::code::code;
use crate::{Audience, Clause, Code, Definition, Place, Targets, Value};

code! {
    /// Two segments have the same members.
    /// This is reported only if both declare their lists and rules: parts that a segment
    /// leaves out may let in other contexts.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = {}
    /// excluded = {}
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    ///
    /// [segments.employees]
    /// included = {}
    /// excluded = {}
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[segment-identical]: this segment declares the same members as `staff`; reference that one, or remove one
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = {}
    /// excluded = {}
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    ///
    /// [segments.employees]
    /// included = {}
    /// excluded = {}
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"] }] }]
    /// ```
    SEGMENT_IDENTICAL = Warning "segment-identical";
}

/// Compares only segments with the same fingerprint, so that many segments take no longer than few.
pub(super) fn check(segments: &[&Definition]) -> Vec<Relation> {
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        if !is_comparable(segment) {
            continue;
        }
        let others = seen.entry(fingerprint(segment)).or_default();
        let mut known = others.iter();
        let first = known.find(|other| same(segments[**other], segment));
        match first {
            None => others.push(index),
            Some(first) => {
                let message = format!(
                    "this segment declares the same members as `{}`; reference that one, or remove one",
                    segments[*first].key
                );
                let mut relation =
                    Relation::new(index, Code::SEGMENT_IDENTICAL, Place::Segment, message);
                relation
                    .related
                    .push((*first, Place::Segment, "the other one".to_owned()));
                found.push(relation);
            }
        }
    }
    found
}

/// Segments without anybody are on purpose.
fn is_comparable(segment: &Definition) -> bool {
    let nobody = segment.rules().is_empty() && segment.included().is_empty();
    is_told(segment) && !nobody
}

/// Returns whether a definition tells who is in the segment. It does not where others are in lists that are not
/// managed, or need not be whole, where rules are not managed, and in a big segment. A percentage
/// depends on the segment's own salt.
fn is_told(segment: &Definition) -> bool {
    match &segment.audience {
        Audience::Standard {
            included: Targets::Exactly(_),
            excluded: Targets::Exactly(_),
            rules: Some(rules),
        } => rules.iter().all(|rule| rule.rollout.is_none()),
        _ => false,
    }
}

/// Returns whether two segments have the same members, in every environment.
fn same(one: &Definition, other: &Definition) -> bool {
    let environments = one.environments.keys().chain(other.environments.keys());
    members(one) == members(other)
        && environments.into_iter().all(|environment| {
            let [one, other] = [one, other].map(|segment| segment.in_environment(environment));
            is_told(&one) && is_told(&other) && members(&one) == members(&other)
        })
}

/// What decides who is in, in an order of its own: neither the order of rules, clauses and values
/// counts, nor how often one of them is written, nor descriptions.
fn members(segment: &Definition) -> (&Targets, &Targets, BTreeSet<BTreeSet<Test<'_>>>) {
    let rules = segment.rules().iter();
    let rules = rules.map(|rule| rule.clauses.iter().map(Test::of).collect());
    (segment.included(), segment.excluded(), rules.collect())
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Test<'a> {
    kind: &'a str,
    attribute: &'a str,
    operator: &'static str,
    negate: bool,
    values: BTreeSet<&'a Value>,
}

impl<'a> Test<'a> {
    fn of(clause: &'a Clause) -> Self {
        Self {
            kind: clause.kind.as_str(),
            attribute: clause.attribute.as_str(),
            operator: clause.operator.wire(),
            negate: clause.negate,
            values: clause.values.iter().collect(),
        }
    }
}

/// Equal for segments with the same members. Sums do not depend on the order.
fn fingerprint(segment: &Definition) -> u64 {
    let mut hasher = DefaultHasher::new();
    for targets in [segment.included(), segment.excluded()] {
        for (kind, keys) in targets.lists() {
            // Where they differ in their expiries they are told apart later.
            (kind, &**keys).hash(&mut hasher);
        }
    }
    let rules = distinct(segment.rules().iter().map(|rule| {
        distinct(rule.clauses.iter().map(|clause| {
            let values = distinct(clause.values.iter().map(hash));
            let Clause {
                kind,
                attribute,
                operator,
                negate,
                ..
            } = clause;
            hash((kind, attribute, operator, negate, values))
        }))
    }));
    rules.hash(&mut hasher);
    hasher.finish()
}

fn hash<T: Hash>(value: T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The hash of a set: each element once, in any order.
fn distinct(hashes: impl Iterator<Item = u64>) -> u64 {
    let mut hashes: Vec<u64> = hashes.collect();
    hashes.sort_unstable();
    hashes.dedup();
    hash(hashes)
}
