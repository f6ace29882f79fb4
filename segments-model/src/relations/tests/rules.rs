//! Rules that never match and rules that change nothing: no context proves a finding wrong.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{asked, clause, context, domains, run, segment, some};
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

/// The clauses that a finding names as its reason, and its own.
fn named(found: &Relation) -> Vec<usize> {
    let related = found.related.iter().map(|(_, place, _)| *place);
    let places = related.chain([found.finding.place]);
    let clauses = places.filter_map(|place| match place {
        Place::Clause { clause, .. } => Some(clause),
        _ => None,
    });
    clauses.collect()
}

/// A rule of some clauses of another one.
fn of_clauses(rule: &Rule, clauses: impl IntoIterator<Item = usize>) -> Rule {
    let clauses = clauses.into_iter().map(|at| rule.clauses[at].clone());
    Rule {
        clauses: clauses.collect(),
        ..Rule::default()
    }
}

#[allow(clippy::too_many_lines, reason = "a table, or a case for each code")]
#[test]
fn no_finding_has_a_counter_example() {
    let counts = Cell::new(BTreeMap::<&str, u32>::new());
    let count = |what: &'static str| {
        let mut all = counts.take();
        *all.entry(what).or_default() += 1;
        counts.set(all);
    };
    let input = (rules(), prop::collection::vec(context(), 16));
    run(some(500), &input, |(rules, contexts)| {
        let definition = segment("s", rules.clone());
        let alone: Vec<_> = rules.iter().map(alone).collect();
        for found in relations(&[&definition], &domains) {
            let message = &found.finding.message;
            match (found.finding.code, found.finding.place) {
                (Code::RULE_NEVER_MATCHES, Place::Clause { rule, .. }) => {
                    let rule = &rules[rule];
                    let named = named(&found);
                    count(match named.len() {
                        1 => "one contradicts itself",
                        2 => "never",
                        _ => "never, for several clauses",
                    });
                    for clause in &named {
                        let said = rule.clauses[*clause].to_string();
                        prop_assert!(message.contains(&said), "{}", found.finding);
                    }
                    let reason = self::alone(&of_clauses(rule, named));
                    for context in &contexts {
                        prop_assert!(!reason(context), "{} {context:?}", found.finding);
                    }
                }
                (Code::RULE_COVERED, Place::Rule(later)) => {
                    let earlier = found.related.iter().map(|(_, place, _)| place.rule());
                    let earlier: Vec<usize> = earlier.flatten().collect();
                    count(if earlier.len() == 1 {
                        "covered"
                    } else {
                        "covered by several"
                    });
                    prop_assert!(earlier.iter().all(|earlier| *earlier < later));
                    for context in &contexts {
                        if alone[later](context) {
                            count("in both");
                            let mut earlier = earlier.iter();
                            let covers = earlier.any(|earlier| alone[*earlier](context));
                            prop_assert!(covers, "{} {context:?}", found.finding);
                        }
                    }
                }
                (Code::CLAUSE_COVERED, Place::Clause { rule, clause }) => {
                    count("clause covered");
                    let by = named(&found).into_iter().filter(|by| *by != clause);
                    let by = self::alone(&of_clauses(&rules[rule], by));
                    let clause = self::alone(&of_clauses(&rules[rule], [clause]));
                    for context in &contexts {
                        prop_assert!(
                            !by(context) || clause(context),
                            "{} {context:?}",
                            found.finding
                        );
                    }
                }
                (
                    Code::VALUE_COVERED,
                    Place::Value {
                        rule,
                        clause,
                        value,
                    },
                ) => {
                    count("value covered");
                    let mut without = rules[rule].clone();
                    without.clauses[clause].values.remove(value);
                    let (with, without) = (self::alone(&rules[rule]), self::alone(&without));
                    for context in &contexts {
                        prop_assert_eq!(with(context), without(context), "{}", found.finding);
                    }
                }
                (Code::PERCENT_ONE_SIDED | Code::AUDIENCE_EVERYBODY | Code::AUDIENCE_EMPTY, _) => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
        Ok(())
    });
    let counts = counts.take();
    for (what, least) in [
        ("never", 50),
        ("never, for several clauses", 5),
        ("clause covered", 20),
        ("value covered", 2),
        ("covered", 50),
        ("in both", 100),
    ] {
        assert!(counts.get(what) >= Some(&some(least)), "{what}: {counts:?}");
    }
}
