//! Rules that can never hold, and rules that change nothing.

use super::Relation;
use super::clauses::{contradict, implies};
use super::comparison::Comparison;
use super::effort::{Effort, PATTERN};
use crate::{AttributeRef, Clause, Code, ContextKind, Operator, Place, Rule};

type Single<'a> = &'a dyn Fn(&ContextKind, &AttributeRef) -> bool;
type Say<'a> = &'a dyn Fn(usize, Option<usize>) -> String;

pub(super) fn check(
    segment: usize,
    rules: &[Rule],
    single: Single<'_>,
    say: Say<'_>,
    effort: &mut Effort,
    found: &mut Vec<Relation>,
) {
    let mut alive: Vec<usize> = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        if let Some(relation) = never((segment, index), rule, single, say, effort) {
            found.push(relation);
            continue;
        }
        let mut earlier = alive.iter();
        let earlier = earlier.find(|earlier| covers(&rules[**earlier], rule, single, effort));
        if let Some(earlier) = earlier {
            let message = format!(
                "this rule changes nothing: every context that matches it also matches rule {}, {}; leave it out",
                earlier + 1,
                say(*earlier, None)
            );
            let mut relation =
                Relation::new(segment, Code::RuleCovered, Place::Rule(index), message);
            let place = Place::Rule(*earlier);
            relation
                .related
                .push((segment, place, "the rule that covers it".to_owned()));
            found.push(relation);
        }
        alive.push(index);
    }
}

fn never(
    (segment, index): (usize, usize),
    rule: &Rule,
    single: Single<'_>,
    say: Say<'_>,
    effort: &mut Effort,
) -> Option<Relation> {
    let clauses = &rule.clauses;
    let holds_one = |clause: &Clause| single(&clause.kind, &clause.attribute);
    for (later, right) in clauses.iter().enumerate() {
        for (earlier, left) in clauses[..later].iter().enumerate() {
            if contradict(left, right, holds_one(left), effort) {
                let (left, right) = (say(index, Some(earlier)), say(index, Some(later)));
                let message = format!(
                    "this rule never matches: no context satisfies both {left} and {right}"
                );
                let mut relation = Relation::new(
                    segment,
                    Code::RuleNeverMatches,
                    place(index, later),
                    message,
                );
                relation.related.push((
                    segment,
                    place(index, earlier),
                    "contradicts this".to_owned(),
                ));
                return Some(relation);
            }
        }
    }
    // A list of all values that there can be may lose each of them to another clause.
    clauses.iter().enumerate().find_map(|(at, list)| {
        let lists = list.operator == Operator::In && !list.negate && holds_one(list);
        if !lists || clauses.len() < 3 || !effort.spend(cost(list, clauses)) {
            return None;
        }
        let others = clauses.iter().enumerate().filter(|(other, clause)| {
            *other != at
                && clause.operator != Operator::SegmentMatch
                && clause.kind == list.kind
                && clause.attribute == list.attribute
        });
        let tests: Vec<_> = others
            .map(|(_, clause)| {
                let test = Comparison::new(clause.operator, &clause.values);
                (test, clause.negate)
            })
            .collect();
        let mut values = list.values.iter();
        let none = values.all(|value| {
            let mut tests = tests.iter();
            tests.any(|(test, negate)| test.holds(value) == Some(*negate))
        });
        none.then(|| {
            let message = format!(
                "this rule never matches: {}, and the other clauses on it leave none of these",
                say(index, Some(at))
            );
            Relation::new(segment, Code::RuleNeverMatches, place(index, at), message)
        })
    })
}

/// How many pairs holding a list against all clauses compares.
fn cost(list: &Clause, clauses: &[Clause]) -> usize {
    let values = clauses.iter().map(|clause| match clause.operator {
        Operator::Matches => clause.values.len() * (list.values.len() + PATTERN),
        _ => clause.values.len() * list.values.len(),
    });
    values.fold(clauses.len(), usize::saturating_add)
}

fn place(rule: usize, clause: usize) -> Place {
    Place::Clause { rule, clause }
}

/// Returns whether every context that the later rule lets in is let in by the earlier one.
fn covers(earlier: &Rule, later: &Rule, single: Single<'_>, effort: &mut Effort) -> bool {
    let share = match (&earlier.rollout, &later.rollout) {
        (None, _) => true,
        (Some(_), None) => false,
        // The same bucket, compared with two bounds.
        (Some(earlier), Some(later)) => {
            earlier.kind == later.kind && earlier.by == later.by && later.weight <= earlier.weight
        }
    };
    effort.spend(1)
        && share
        && earlier.clauses.iter().all(|wanted| {
            let one = single(&wanted.kind, &wanted.attribute);
            later
                .clauses
                .iter()
                .any(|clause| implies(clause, wanted, one, effort))
        })
}
