//! Rules that never match and rules that change nothing: no context proves a finding wrong.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{asked, clause, context, run, segment, single};
use crate::evaluate::{CompiledSegments, ContextInstance};
use crate::relations::{Relation, relations};
use crate::{
    AttributeRef, Clause, Code, ContextKind, Operator, Place, Rollout, Rule, Value, Weight,
};

/// Clauses about one thing, of which some leave nothing of the others.
fn opposed() -> impl Strategy<Value = Vec<Clause>> {
    (clause(), clause(), 0..3).prop_map(|(one, other, way)| {
        let negated = Clause {
            negate: !one.negate,
            ..one.clone()
        };
        let segments = [&one, &other]
            .iter()
            .any(|it| it.operator == Operator::SegmentMatch);
        match way {
            0 if !segments => {
                let attribute = one.attribute.clone();
                let about_the_same = Clause {
                    kind: one.kind.clone(),
                    attribute,
                    ..other
                };
                vec![one, about_the_same]
            }
            1 if !segments => {
                let list = |values: &[Value], negate| Clause {
                    operator: Operator::In,
                    values: values.to_vec(),
                    negate,
                    ..one.clone()
                };
                let (first, rest) = one.values.split_at(1);
                vec![
                    list(first, true),
                    list(&one.values, false),
                    list(rest, true),
                ]
            }
            _ => vec![negated, other, one],
        }
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let rollout = prop::option::weighted(0.2, share());
    let clauses = prop_oneof![3 => prop::collection::vec(clause(), 0..4), 1 => opposed()];
    (clauses, rollout).prop_map(|(clauses, rollout)| Rule {
        description: None,
        clauses,
        rollout,
    })
}

fn share() -> impl Strategy<Value = Rollout> {
    let weight = prop::sample::select(vec![1_000, 30_000, 80_000]);
    let by =
        prop_oneof![3 => Just(AttributeRef::KEY), 1 => Just(AttributeRef::parse("one").unwrap())];
    (weight, by).prop_map(|(weight, by)| Rollout {
        weight: Weight::from_thousandths(weight).unwrap(),
        kind: ContextKind::USER,
        by,
    })
}

/// Rules of which some are narrower copies of earlier ones.
fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let narrower = prop::option::weighted(0.4, (any::<Index>(), prop::option::of(clause())));
    prop::collection::vec((rule(), narrower), 1..5).prop_map(|parts| {
        let mut rules: Vec<Rule> = Vec::new();
        for (rule, narrower) in parts {
            let Some((copied, clause)) = narrower.filter(|_| !rules.is_empty()) else {
                rules.push(rule);
                continue;
            };
            let mut copy = copied.get(&rules).clone();
            copy.clauses.extend(clause);
            copy.rollout = rule.rollout;
            for clause in &mut copy.clauses {
                if !clause.negate && clause.values.len() > 1 {
                    clause.values.pop();
                }
            }
            rules.push(copy);
        }
        rules
    })
}

/// Returns whether a rule alone lets a context in.
fn alone(rule: &Rule) -> impl Fn(&ContextInstance) -> bool + use<> {
    let mut all = asked().to_vec();
    all.push(segment("s", vec![rule.clone()]));
    let compiled = CompiledSegments::from_definitions(&all).with_salts([("s", "salt")]);
    move |context| {
        compiled
            .membership("s", context)
            .known()
            .expect("the salt is known")
    }
}

/// What is left of a rule when only the clauses stay that the finding names as its reason.
fn reason(rule: &Rule, found: &Relation) -> Rule {
    let Place::Clause { clause: at, .. } = found.finding.place else {
        unreachable!("{found:?}")
    };
    let named = &rule.clauses[at];
    let other = found.related.first().map(|(_, place, _)| match place {
        Place::Clause { clause, .. } => *clause,
        _ => unreachable!("{found:?}"),
    });
    let clauses = rule
        .clauses
        .iter()
        .enumerate()
        .filter(|(index, clause)| match other {
            Some(other) => *index == at || *index == other,
            // The other clauses about the same attribute.
            None => clause.kind == named.kind && clause.attribute == named.attribute,
        });
    let clauses: Vec<_> = clauses.map(|(_, clause)| clause.clone()).collect();
    assert!(
        clauses.iter().all(|clause| {
            other.is_none() || found.finding.message.contains(&clause.to_string())
        })
    );
    Rule {
        clauses,
        ..Rule::default()
    }
}

#[test]
fn no_finding_has_a_counter_example() {
    let counts = Cell::new(BTreeMap::<&str, usize>::new());
    let count = |what: &'static str| {
        let mut all = counts.take();
        *all.entry(what).or_default() += 1;
        counts.set(all);
    };
    let input = (rules(), prop::collection::vec(context(), 16));
    run(500, &input, |(rules, contexts)| {
        let definition = segment("s", rules.clone());
        let alone: Vec<_> = rules.iter().map(alone).collect();
        for found in relations(&[&definition], &single) {
            match (found.finding.code, found.finding.place) {
                (Code::RuleNeverMatches, Place::Clause { rule, .. }) => {
                    count(if found.related.is_empty() {
                        "none of a list"
                    } else {
                        "never"
                    });
                    let reason = self::alone(&reason(&rules[rule], &found));
                    for context in &contexts {
                        prop_assert!(!reason(context), "{} {context:?}", found.finding);
                    }
                }
                (Code::RuleCovered, Place::Rule(later)) => {
                    count("covered");
                    let Place::Rule(earlier) = found.related[0].1 else {
                        unreachable!("{found:?}")
                    };
                    prop_assert!(earlier < later);
                    for context in &contexts {
                        let (earlier, later) = (&alone[earlier], &alone[later]);
                        if later(context) {
                            count("in both");
                            prop_assert!(earlier(context), "{} {context:?}", found.finding);
                        }
                    }
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
        Ok(())
    });
    let counts = counts.take();
    for (what, least) in [
        ("never", 50),
        ("none of a list", 5),
        ("covered", 50),
        ("in both", 100),
    ] {
        assert!(counts.get(what) >= Some(&least), "{what}: {counts:?}");
    }
}
