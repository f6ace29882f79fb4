//! Laws of syncing, for random segments: what is applied is there, what is there needs nothing, and
//! one change takes one instruction.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{clause, essence, segment, writes};
use proptest::prelude::*;
use segments_emulator::Emulator;
use segments_model::{
    AttributeRef, Audience, ContextKeys, ContextKind, Definition, Operator, Rollout, Rule, Tag,
    Targets, Value, Weight, wire,
};
use segments_runtime::sync::{ContextKinds, SyncConfig, plan, sync_definitions};
use serde_json::Value as Json;

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec!["a", "b", "c"]).prop_map(Value::from),
        (0..3).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ]
}

fn any_clause() -> impl Strategy<Value = segments_model::Clause> {
    let strings = prop::collection::btree_set(prop::sample::select(vec!["a", "b", "c", "d"]), 1..4);
    let mixed = prop::collection::btree_set(value(), 1..4);
    let kinds = || prop::sample::select(vec!["user", "org"]);
    let attributes = || prop::sample::select(vec!["plan", "email", "/address/city"]);
    let texts = prop::sample::select(vec![Operator::In, Operator::EndsWith, Operator::Contains]);
    let text = (kinds(), attributes(), texts, strings, any::<bool>()).prop_map(
        |(kind, attribute, operator, values, negate)| {
            let clause = clause(kind, attribute, operator, values);
            segments_model::Clause { negate, ..clause }
        },
    );
    let other = (kinds(), attributes(), mixed, any::<bool>()).prop_map(
        |(kind, attribute, values, negate)| {
            let clause = clause(kind, attribute, Operator::In, values);
            segments_model::Clause { negate, ..clause }
        },
    );
    prop_oneof![text, other]
}

fn rollout() -> impl Strategy<Value = Rollout> {
    let kinds = prop::sample::select(vec!["user", "org"]);
    let by = prop::sample::select(vec!["key", "email"]);
    (0_u32..=100_000, kinds, by).prop_map(|(weight, kind, by)| Rollout {
        weight: Weight::from_thousandths(weight).unwrap(),
        kind: ContextKind::parse(kind).unwrap(),
        by: AttributeRef::parse(by).unwrap(),
    })
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let description = prop::option::of(prop::sample::select(vec!["one", "two"]));
    let clauses = prop::collection::vec(any_clause(), 1..4);
    (description, clauses, prop::option::weighted(0.3, rollout())).prop_map(
        |(description, clauses, rollout)| Rule {
            description: Some(description.unwrap_or_default().to_owned()),
            clauses,
            rollout,
        },
    )
}

fn targets(keys: &'static [&'static str]) -> impl Strategy<Value = Targets> {
    let list = || prop::collection::btree_set(prop::sample::select(keys), 0..4);
    (list(), list()).prop_map(|(users, orgs)| {
        let mut lists: BTreeMap<ContextKind, ContextKeys> = BTreeMap::new();
        for (kind, keys) in [("user", users), ("org", orgs)] {
            if !keys.is_empty() {
                let keys = keys.into_iter().map(str::to_owned).collect();
                lists.insert(ContextKind::parse(kind).unwrap(), keys);
            }
        }
        Targets::Exactly(lists)
    })
}

/// A definition that manages everything.
fn any_definition() -> impl Strategy<Value = Definition> {
    let tags = prop::collection::btree_set(prop::sample::select(vec!["t1", "t2", "t3"]), 0..3);
    (
        prop::sample::select(vec!["One", "Two"]),
        prop::sample::select(vec!["", "what it is for", "something else"]),
        tags,
        targets(&["m1", "m2", "m3", "m4"]),
        // Some of them are included by other definitions, so that they change lists.
        targets(&["n1", "n2", "n3", "n4"]),
        prop::collection::vec(any_rule(), 0..5),
        any::<bool>(),
    )
        .prop_map(|(name, description, tags, first, second, rules, swap)| {
            let (included, excluded) = if swap {
                (second, first)
            } else {
                (first, second)
            };
            Definition {
                description: Some(description.to_owned()),
                tags: Some(
                    tags.into_iter()
                        .map(|tag| Tag::parse(tag).unwrap())
                        .collect(),
                ),
                audience: Audience::Standard {
                    included,
                    excluded,
                    rules: Some(rules),
                },
                ..segment("s", name)
            }
        })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

async fn settle(config: &SyncConfig, emulator: &Emulator, wanted: &Definition) {
    let definitions = std::slice::from_ref(wanted);
    let report = sync_definitions(config, definitions).await;
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    let found = emulator.segment("default", "production", "s").unwrap();
    assert_eq!(
        essence(&found),
        essence(&wire::Segment::from(wanted)),
        "{report}"
    );
    let rest = plan(config, definitions).await.unwrap();
    assert!(rest.is_empty(), "{rest}");
}

fn random() -> ProptestConfig {
    let cases = crate::support::repetitions(128);
    ProptestConfig {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(random())]

    #[test]
    fn what_is_applied_is_there_and_needs_nothing(
        from in any_definition(),
        to in any_definition(),
        revision in prop::option::of(Just(1_u64)),
        exactly in any::<bool>(),
    ) {
        block_on(async {
            let emulator = Emulator::start().await.unwrap();
            let config = |later: u64| {
                let builder = crate::support::builder(&emulator);
                match revision {
                    Some(revision) => builder.revision(revision + later).build().unwrap(),
                    None => builder.build().unwrap(),
                }
            };
            settle(&config(0), &emulator, &from).await;
            if exactly {
                let planned = plan(&config(1), std::slice::from_ref(&to)).await.unwrap();
                planned.apply(&config(1)).await.unwrap();
            }
            settle(&config(1), &emulator, &to).await;
        });
    }

    #[test]
    fn one_change_takes_one_instruction(
        from in any_definition(),
        edit in 0_u8..14,
        at in any::<prop::sample::Index>(),
    ) {
        let mut to = from.clone();
        let edited = apply(edit, &mut to, at);
        prop_assume!(edited && distinct(&from) && distinct(&to));
        block_on(async {
            let emulator = Emulator::start().await.unwrap();
            // A new kind would take a request of its own.
            let builder = crate::support::builder(&emulator).context_kinds(ContextKinds::Ignore);
            let config = builder.build().unwrap();
            settle(&config, &emulator, &from).await;
            emulator.clear_requests();
            let ids = rule_ids(&emulator);
            settle(&config, &emulator, &to).await;
            let writes = writes(&emulator);
            assert_eq!(writes.len(), 1, "edit {edit}: {:?}", writes.iter().map(|w| &w.body).collect::<Vec<_>>());
            let body = writes[0].body.as_ref().unwrap();
            let count = match body.get("instructions").and_then(Json::as_array) {
                Some(instructions) => instructions.len(),
                // Behind the test of the version.
                None => body["patch"].as_array().unwrap().len() - 1,
            };
            assert_eq!(count, 1, "edit {edit}: {body}");
            let kept = rule_ids(&emulator).intersection(&ids).count();
            assert!(kept + 1 >= ids.len(), "the other rules keep their identifiers");
        });
    }
}

fn rule_ids(emulator: &Emulator) -> BTreeSet<String> {
    let segment = emulator.segment("default", "production", "s").unwrap();
    segment
        .rules
        .into_iter()
        .filter_map(|rule| rule.id)
        .collect()
}

/// Whether no two rules, and no two clauses of a rule, are the same.
fn distinct(definition: &Definition) -> bool {
    let rules = definition.rules();
    let texts: BTreeSet<_> = rules.iter().map(ToString::to_string).collect();
    let clauses_differ = rules.iter().all(|rule| {
        let clauses: BTreeSet<_> = rule.clauses.iter().map(ToString::to_string).collect();
        clauses.len() == rule.clauses.len()
    });
    texts.len() == rules.len() && clauses_differ
}

/// Makes one change; `false` if there is nothing to make it on.
fn apply(edit: u8, to: &mut Definition, at: prop::sample::Index) -> bool {
    let Audience::Standard {
        included, rules, ..
    } = &mut to.audience
    else {
        return false;
    };
    let rules = rules.as_mut().unwrap();
    let pick = (!rules.is_empty()).then(|| at.index(rules.len()));
    match edit {
        0 => to.name.push('!'),
        1 => to.description = Some("a new description".to_owned()),
        2 => {
            to.tags.as_mut().unwrap().insert(Tag::from_static("new"));
        }
        3 => {
            let Targets::Exactly(lists) = included else {
                return false;
            };
            lists
                .entry(ContextKind::USER)
                .or_default()
                .insert("new".to_owned());
        }
        4 => {
            let new = clause("device", "model", Operator::In, ["x"]);
            rules.push(crate::support::rule(vec![new]));
            rules.last_mut().unwrap().description = Some(String::new());
        }
        5 => {
            let Some(at) = pick else { return false };
            rules.remove(at);
        }
        6 => {
            let Some(at) = pick else { return false };
            rules[at].clauses[0].values.push("new".into());
        }
        7 => {
            let Some(rollout) = pick.and_then(|at| rules[at].rollout.as_mut()) else {
                return false;
            };
            let weight = rollout.weight.thousandths();
            rollout.weight = Weight::from_thousandths(weight / 2 + 1).unwrap();
            return rollout.weight.thousandths() != weight;
        }
        8 => {
            if rules.len() < 2 {
                return false;
            }
            rules.rotate_left(1);
        }
        9 => {
            let tags = to.tags.as_mut().unwrap();
            let Some(gone) = tags.first().cloned() else {
                return false;
            };
            tags.remove(&gone);
        }
        10 => {
            let Targets::Exactly(lists) = included else {
                return false;
            };
            let Some(keys) = lists.values_mut().find(|keys| keys.len() > 1) else {
                return false;
            };
            if let Some(first) = keys.first().cloned() {
                keys.remove(&first);
            }
        }
        11 => {
            let mut clauses = rules.iter_mut().flat_map(|rule| &mut rule.clauses);
            let Some(clause) = clauses.find(|clause| clause.values.len() > 1) else {
                return false;
            };
            clause.values.remove(at.index(clause.values.len()));
        }
        12 => {
            let Some(at) = pick else { return false };
            rules[at].clauses[0].negate ^= true;
        }
        _ => {
            let Some(at) = pick else { return false };
            rules[at].description = Some("a new reason".to_owned());
        }
    }
    true
}
