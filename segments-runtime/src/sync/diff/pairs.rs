//! Matching of declared rules with remote rules.
//!
//! Rules are looked up by what they have in common instead of comparing all pairs: a segment may have
//! thousands of rules, all edited at once.

use std::collections::{BTreeMap, BTreeSet};

use super::edits::edits;
use super::normal::{Clause, Rule, Test};

/// Of many rules that have something in common with one, so many are compared on either side of its
/// place.
const NEAREST: usize = 16;

/// So many values of a clause lead to rules that share them.
const VALUES: usize = 32;

pub(super) struct Pairs<'a, 'w> {
    declared: &'a [Rule<'w>],
    remote: &'a [Rule<'w>],
    pub(super) of_declared: Vec<Option<usize>>,
    pub(super) of_remote: Vec<Option<usize>>,
}

/// Something that two rules may have in common.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Common<'a> {
    /// Neither has a condition.
    Everyone,
    Description(&'a str),
    Attribute(&'a str, &'a str),
    Value(&'a Test, &'a str),
}

/// How far one rule is from another: the changes that it takes, what they have in common (the most
/// goes first), the distance of their places.
type Distance = (usize, std::cmp::Reverse<usize>, usize);

impl<'a, 'w> Pairs<'a, 'w> {
    pub(super) fn new(declared: &'a [Rule<'w>], remote: &'a [Rule<'w>]) -> Self {
        Self {
            declared,
            remote,
            of_declared: vec![None; declared.len()],
            of_remote: vec![None; remote.len()],
        }
    }

    fn are_free(&self, d: usize, r: usize) -> bool {
        self.of_declared[d].is_none() && self.of_remote[r].is_none()
    }

    fn join(&mut self, d: usize, r: usize) {
        self.of_declared[d] = Some(r);
        self.of_remote[r] = Some(d);
    }

    fn free(of: &[Option<usize>]) -> impl Iterator<Item = usize> {
        let free = of.iter().enumerate();
        free.filter_map(|(place, pair)| pair.is_none().then_some(place))
    }

    /// Joins rules that are the same, first those with the same description. What is the same has the
    /// same conditions and share.
    pub(super) fn join_same(&mut self, same: fn(&Rule<'_>, &Rule<'_>) -> bool) {
        let (declared, remote) = (self.declared, self.remote);
        for with_description in [true, false] {
            let key = |rule: &'a Rule<'w>| {
                let share = rule.share.as_ref();
                let share = share.map(|share| (share.weight, &share.kind, &share.by));
                let description = with_description.then(|| rule.description());
                (rule.conditions(), share, description)
            };
            let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
            for r in Self::free(&self.of_remote) {
                alike.entry(key(&remote[r])).or_default().push(r);
            }
            for d in Self::free(&self.of_declared.clone()) {
                let Some(alike) = alike.get_mut(&key(&declared[d])) else {
                    continue;
                };
                if let Some(place) = alike.iter().position(|r| same(&declared[d], &remote[*r])) {
                    let r = alike.remove(place);
                    self.join(d, r);
                }
            }
        }
    }

    /// Joins what takes the fewest changes first, then what has most in common, then what stands
    /// nearest.
    pub(super) fn join_alike(&mut self) {
        loop {
            let mut candidates = self.candidates();
            candidates.sort_unstable();
            let mut joined = false;
            for (_, d, r) in candidates {
                if self.are_free(d, r) {
                    self.join(d, r);
                    joined = true;
                }
            }
            // Whose neighbours all went to others may have some further away.
            if !joined {
                break;
            }
        }
    }

    fn candidates(&self) -> Vec<(Distance, usize, usize)> {
        let mut with: BTreeMap<Common<'_>, Vec<usize>> = BTreeMap::new();
        for r in Self::free(&self.of_remote) {
            for common in commons(&self.remote[r]) {
                with.entry(common).or_default().push(r);
            }
        }
        let mut candidates = Vec::new();
        for d in Self::free(&self.of_declared) {
            let commons = commons(&self.declared[d]).into_iter();
            let alike = commons.filter_map(|common| with.get(&common));
            let near: BTreeSet<usize> = alike.flat_map(|places| nearest(places, d)).collect();
            let distance = |r| distance((d, &self.declared[d]), (r, &self.remote[r]));
            candidates.extend(near.into_iter().filter_map(|r| Some((distance(r)?, d, r))));
        }
        candidates
    }
}

/// Everything that others may have in common with a rule, each once.
fn commons<'a>(rule: &'a Rule<'_>) -> BTreeSet<Common<'a>> {
    let mut commons = BTreeSet::new();
    if rule.clauses.is_empty() {
        commons.insert(Common::Everyone);
    }
    if !rule.description().is_empty() {
        commons.insert(Common::Description(rule.description()));
    }
    for Clause { test, values } in &rule.clauses {
        let (kind, attribute) = test.attribute();
        commons.insert(Common::Attribute(kind, attribute));
        let values = values.iter().take(VALUES);
        commons.extend(values.map(|value| Common::Value(test, value)));
    }
    commons
}

/// The places, in their order, that are nearest to one.
fn nearest(places: &[usize], to: usize) -> impl Iterator<Item = usize> {
    let middle = places.partition_point(|place| *place < to);
    let from = middle.saturating_sub(NEAREST);
    let end = places.len().min(middle + NEAREST);
    places[from..end].iter().copied()
}

/// How far two rules are from each other; `None` if one is not made into the other.
fn distance(
    (d, declared): (usize, &Rule<'_>),
    (r, remote): (usize, &Rule<'_>),
) -> Option<Distance> {
    let common = common(declared, remote);
    let edits = edits(declared, remote)?.len();
    // More edits than a removal and an addition make another rule of it.
    let is_near = edits <= 2 || common >= declared.clauses.len().max(remote.clauses.len());
    (common > 0 && is_near).then(|| (edits, std::cmp::Reverse(common), d.abs_diff(r)))
}

/// How many conditions of one rule have one like them in the other; a description that is the same
/// counts as one, and so do no conditions on both sides.
fn common(declared: &Rule<'_>, remote: &Rule<'_>) -> usize {
    let present = remote.clauses.iter();
    let present: BTreeSet<_> = present.map(|clause| clause.test.attribute()).collect();
    let like = |wanted: &&Clause| present.contains(&wanted.test.attribute());
    let described =
        !declared.description().is_empty() && declared.description() == remote.description();
    let both_everyone = declared.clauses.is_empty() && remote.clauses.is_empty();
    declared.clauses.iter().filter(like).count()
        + usize::from(described)
        + usize::from(both_everyone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use segments_model::wire;
    use serde_json::json;

    /// A rule by the numbers of its attributes, its values and its description.
    fn rule(id: usize, (clauses, description): &(Vec<(u8, u8)>, u8)) -> wire::Rule {
        let clauses = clauses.iter().enumerate().map(|(n, (attribute, value))| {
            json!({"_id": format!("{id}-{n}"), "attribute": format!("a{attribute}"), "op": "in", "values": [value]})
        });
        let description = match description {
            0 => String::new(),
            n => format!("d{n}"),
        };
        serde_json::from_value(json!({"_id": id.to_string(), "description": description,
            "clauses": clauses.collect::<Vec<_>>()}))
        .unwrap()
    }

    /// Each compared with each, as it is meant.
    fn by_comparing_all(pairs: &mut Pairs<'_, '_>) {
        let mut candidates = Vec::new();
        for d in 0..pairs.declared.len() {
            for r in 0..pairs.remote.len() {
                if pairs.are_free(d, r) {
                    let distance = distance((d, &pairs.declared[d]), (r, &pairs.remote[r]));
                    candidates.extend(distance.map(|distance| (distance, d, r)));
                }
            }
        }
        candidates.sort_unstable();
        for (_, d, r) in candidates {
            if pairs.are_free(d, r) {
                pairs.join(d, r);
            }
        }
    }

    fn some_rules() -> impl Strategy<Value = Vec<wire::Rule>> {
        let clauses = prop::collection::vec((0_u8..3, 0_u8..4), 0..4);
        let rules = prop::collection::vec((clauses, 0_u8..3), 0..NEAREST);
        rules.prop_map(|rules| {
            let rules = rules.iter().enumerate();
            rules.map(|(id, of)| rule(id, of)).collect()
        })
    }

    proptest! {
        #[test]
        fn looking_up_finds_what_comparing_finds(declared in some_rules(), remote in some_rules()) {
            let declared: Vec<_> = declared.iter().map(Rule::of).collect();
            let remote: Vec<_> = remote.iter().map(Rule::of).collect();
            let (mut one, mut other) = (Pairs::new(&declared, &remote), Pairs::new(&declared, &remote));
            one.join_alike();
            by_comparing_all(&mut other);
            prop_assert_eq!(one.of_declared, other.of_declared);
        }
    }

    #[test]
    fn every_rule_of_thousands_that_are_edited_at_once_is_known_again() {
        let rules = |value: u8| -> Vec<wire::Rule> {
            let rules = (0..3000).map(|id| rule(id, &(vec![(0, value)], 0)));
            rules.collect()
        };
        let (declared, remote) = (rules(1), rules(2));
        let declared: Vec<_> = declared.iter().map(Rule::of).collect();
        let remote: Vec<_> = remote.iter().map(Rule::of).collect();
        let mut pairs = Pairs::new(&declared, &remote);
        pairs.join_same(|declared, remote| remote.same(declared));
        pairs.join_alike();
        let expected: Vec<_> = (0..3000).map(Some).collect();
        assert_eq!(pairs.of_declared, expected);
    }
}
