//! Segments with the same members: no context is in one and not in the other, and definitions that differ
//! only in order are found.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{asked, clause, context, domains, kind, run, segment};
use crate::evaluate::CompiledSegments;
use crate::relations::relations;
use crate::{
    Audience, Clause, Code, ContextKind, Definition, EnvironmentKey, InEnvironment, Rollout, Rule,
    Targets, Weight,
};

fn targets() -> impl Strategy<Value = Targets> {
    let keys = prop::collection::btree_set("[a-d]", 1..3);
    let lists = prop::collection::btree_map(kind(), keys, 1..3);
    let lists = lists.prop_map(|lists| {
        let lists = lists.into_iter();
        Targets::Exactly(lists.map(|(kind, keys)| (kind, keys.into())).collect())
    });
    prop_oneof![2 => Just(Targets::Exactly(BTreeMap::new())), 2 => lists]
}

fn audience() -> impl Strategy<Value = Definition> {
    let rule = prop::collection::vec(clause(), 1..3).prop_map(|clauses| Rule {
        clauses,
        ..Rule::default()
    });
    (targets(), targets(), prop::collection::vec(rule, 0..3)).prop_map(
        |(included, excluded, rules)| {
            let audience = Audience::Standard {
                included,
                excluded,
                rules: Some(rules),
            };
            Definition {
                audience,
                ..segment("one", Vec::new())
            }
        },
    )
}

fn rules(definition: &mut Definition) -> &mut Vec<Rule> {
    match &mut definition.audience {
        Audience::Standard {
            rules: Some(rules), ..
        } => rules,
        _ => unreachable!(),
    }
}

fn included(definition: &mut Definition) -> &mut Targets {
    match &mut definition.audience {
        Audience::Standard { included, .. } => included,
        Audience::Big { .. } => unreachable!(),
    }
}

/// What may differ between two segments.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    /// The order, what is written twice, and descriptions.
    Order,
    Negation,
    Value,
    Clause,
    Rule,
    Key,
    Share,
    AtLeast,
    Unmanaged,
    Environment,
}

const CHANGES: [Change; 10] = [
    Change::Order,
    Change::Negation,
    Change::Value,
    Change::Clause,
    Change::Rule,
    Change::Key,
    Change::Share,
    Change::AtLeast,
    Change::Unmanaged,
    Change::Environment,
];

/// The other segment: turned around, and changed. Nothing if there is nothing to change.
fn other(one: &Definition, change: Change, clause: Clause) -> Option<Definition> {
    let mut other = Definition {
        key: segment("two", Vec::new()).key,
        ..one.clone()
    };
    let all = rules(&mut other);
    all.reverse();
    for rule in &mut *all {
        rule.description = Some("turned around".to_owned());
        rule.clauses.reverse();
        for clause in &mut rule.clauses {
            clause.values.reverse();
            clause.values.extend(clause.values.first().cloned());
        }
    }
    all.extend(all.first().cloned());
    match change {
        Change::Order => {}
        Change::Negation => {
            let clause = &mut all.first_mut()?.clauses[0];
            clause.negate = !clause.negate;
        }
        Change::Value => {
            for rule in all {
                rule.clauses[0].values = vec!["elsewhere".into()];
            }
        }
        Change::Clause => {
            for rule in all {
                rule.clauses.push(clause.clone());
            }
        }
        Change::Rule => {
            all.push(Rule {
                clauses: vec![clause],
                ..Rule::default()
            });
        }
        Change::Share => {
            all.first_mut()?.rollout = Some(Rollout {
                weight: Weight::from_percent(50.0).unwrap(),
                kind: ContextKind::USER,
                by: crate::AttributeRef::KEY,
            });
        }
        Change::Key => {
            let lists = BTreeMap::from([(ContextKind::USER, ["d"].into())]);
            *included(&mut other) = Targets::Exactly(lists);
        }
        Change::AtLeast => {
            let Targets::Exactly(lists) = included(&mut other).clone() else {
                return None;
            };
            *included(&mut other) = Targets::AtLeast(lists);
        }
        Change::Unmanaged => *included(&mut other) = Targets::Unmanaged,
        Change::Environment => {
            let mut there = one.clone();
            rules(&mut there).push(Rule {
                clauses: vec![clause],
                ..Rule::default()
            });
            let there = (
                EnvironmentKey::from_static("staging"),
                InEnvironment::from(there),
            );
            other.environments.extend([there]);
        }
    }
    Some(other)
}

#[test]
fn no_context_is_in_one_of_them_only() {
    let counts = Cell::new([(0, 0); CHANGES.len()]);
    let change = prop::sample::select(&CHANGES[..]);
    let input = (
        audience(),
        change,
        clause(),
        prop::collection::vec(context(), 12),
    );
    run(500, &input, |(one, change, clause, contexts)| {
        let Some(other) = other(&one, change, clause) else {
            return Ok(());
        };
        let found = relations(&[&one, &other], &domains);
        let mut found = found
            .iter()
            .filter(|it| it.finding.code == Code::SEGMENT_IDENTICAL);
        let found = found.next();
        let staging = EnvironmentKey::from_static("staging");
        let [here, there] = [None, Some(&staging)].map(|environment| {
            let segments = [&one, &other].map(|it| match environment {
                Some(environment) => it.in_environment(environment).into_owned(),
                None => it.clone(),
            });
            CompiledSegments::from_definitions(segments.iter().chain(&asked()))
        });
        let differs = contexts.iter().any(|context| {
            [&here, &there].into_iter().any(|segments| {
                let [one, two] =
                    ["one", "two"].map(|key| segments.membership(key, context).known());
                one != two
            })
        });
        if let Some(found) = found {
            prop_assert!(!differs, "{} {:?}", found.finding, change);
            prop_assert_eq!((found.segment, found.related[0].0), (1, 0));
            prop_assert!(
                !matches!(change, Change::Share | Change::AtLeast | Change::Unmanaged),
                "{:?}",
                change
            );
        } else if change == Change::Order {
            let nobody = one.rules().is_empty() && one.included().is_empty();
            prop_assert!(nobody, "{:?}", one);
        }
        let mut all = counts.get();
        let at = CHANGES.iter().position(|it| *it == change).unwrap();
        all[at].0 += usize::from(found.is_some());
        all[at].1 += usize::from(differs);
        counts.set(all);
        Ok(())
    });
    let counts = counts.get();
    // The same is found, and each other change is one that some context sees. Of a share nothing is
    // known without a salt, and others in a list are not here; whoever was in a list that is not managed
    // may still be.
    assert!(counts[0].0 >= 10, "{counts:?}");
    for (change, (_, differs)) in CHANGES.iter().zip(counts) {
        let unseen = matches!(
            change,
            Change::Order | Change::Share | Change::AtLeast | Change::Unmanaged
        );
        assert!(unseen || differs >= 1, "{change:?}: {counts:?}");
    }
}
