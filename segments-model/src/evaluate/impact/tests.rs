use std::num::NonZero;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn loaded(json: &Json) -> Loaded {
    Loaded::from_json(&json.to_string()).unwrap()
}

fn flag(rule_serves: usize) -> Json {
    json!({"key": "page", "on": true, "salt": "s", "variations": ["old", "new", {"long": "x".repeat(60)}],
        "offVariation": 0, "fallthrough": {"variation": 0}, "rules": [{"id": "r", "variation": rule_serves,
            "clauses": [{"op": "segmentMatch", "attribute": "", "values": ["testers"]}]}]})
}

/// `testers` asks `staff`, which is those whose plan is `plan`.
fn world(plan: &str, page: &Json) -> Json {
    json!({"flags": {"page": page}, "segments": {
        "staff": {"key": "staff", "salt": "a", "version": 1, "included": ["u-0"], "rules": [{"id": "r-1", "clauses": [
            {"contextKind": "user", "attribute": "plan", "op": "in", "values": [plan]}]}]},
        "testers": {"key": "testers", "salt": "b", "rules": [{"clauses": [
            {"attribute": "", "op": "segmentMatch", "values": ["staff"]}]}]},
        "others": {"key": "others", "excluded": ["u-1"], "rules": [{"clauses": []}]},
    }})
}

fn user(number: u64) -> ContextInstance {
    let plan = if number.is_multiple_of(3) {
        "pro"
    } else {
        "free"
    };
    let json = json!({"kind": "user", "key": format!("u-{number}"), "plan": plan});
    ContextInstance::from_json(&json.to_string()).unwrap()
}

#[test]
fn a_change_reaches_what_asks_it() {
    let before = loaded(&world("pro", &flag(1)));
    let after = loaded(&world("free", &flag(1)));
    for threads in [1, 3] {
        let impact = Impact::between(&before, &after).threads(NonZero::new(threads).unwrap());
        let moves = impact.contexts((1..1000).map(|n| (n, user(n))));
        let keys: Vec<&str> = moves.segments.iter().map(|it| &*it.segment).collect();
        assert_eq!(keys, ["staff", "testers"]);
        for segment in &moves.segments {
            assert_eq!((segment.before, segment.after), (333, 666));
            assert_eq!((segment.enter.count, segment.leave.count), (666, 333));
        }
        let lines: Vec<u64> = moves.segments[0]
            .enter
            .examples
            .iter()
            .map(|it| it.line)
            .collect();
        assert_eq!(lines, [1, 2, 4, 5, 7]);
        let first = &moves.segments[0].leave.examples[0];
        assert_eq!(first.before, "rule 1 holds: user plan is \"pro\"");
        assert_eq!(first.after, "it is on no list, and no rule holds");
        let [page] = &moves.flags[..] else {
            panic!("{moves:?}")
        };
        assert_eq!((page.moved(), moves.moved, moves.unknown), (999, 999, 0));
        let ways: Vec<_> = page
            .served
            .iter()
            .map(|it| (&*it.from, &*it.to, it.moved.count))
            .collect();
        assert_eq!(ways, [("old", "new", 666), ("new", "old", 333)]);
        assert_eq!(page.served[1].moved.examples[0].after, "no rule holds");
    }
}

#[test]
fn what_is_written_in_another_way_is_no_change() {
    let before = world("pro", &flag(1));
    let mut after = before.clone();
    after["segments"]["staff"]["version"] = json!(9);
    after["segments"]["staff"]["rules"][0]["id"] = json!("other");
    after["segments"]["staff"]["included"] = json!([]);
    after["segments"]["staff"]["includedContexts"] =
        json!([{"contextKind": "user", "values": ["u-0"]}]);
    after["segments"]["staff"]["rules"][0]["clauses"][0]["contextKind"] = Json::Null;
    assert!(Impact::between(&loaded(&before), &loaded(&after)).is_empty());
}

#[test]
fn a_segment_that_goes_loses_everybody_and_one_without_a_salt_is_in_doubt() {
    let before = world("pro", &flag(1));
    let mut after = before.clone();
    after["segments"]["staff"].take();
    after["segments"].as_object_mut().unwrap().remove("staff");
    after["segments"]["new"] = json!({"key": "new", "rules": [{"weight": 10_000, "clauses": [
        {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"]}]}]});
    let moves =
        Impact::between(&loaded(&before), &loaded(&after)).contexts((1..=30).map(|n| (n, user(n))));
    let of = |key: &str| moves.segments.iter().find(|it| it.segment == key).unwrap();
    assert_eq!(
        (of("staff").leave.count, of("testers").leave.count),
        (10, 10)
    );
    assert_eq!(
        of("staff").leave.examples[0].after,
        "there is no such segment"
    );
    assert_eq!(of("new").unknown.count, 10);
    assert!(
        of("new").unknown.examples[0].after.contains("salt"),
        "{moves:?}"
    );
}

#[test]
fn contexts_of_kinds_that_nobody_asks_are_told() {
    let before = loaded(&world("pro", &flag(1)));
    let after = loaded(&world("free", &flag(1)));
    let usr = ContextInstance::from_json(r#"{"kind": "usr", "key": "u-1"}"#).unwrap();
    let moves = Impact::between(&before, &after).contexts([(1, usr), (2, user(3))]);
    assert_eq!((moves.unasked, moves.contexts), (1, 2));
    assert!(moves.unasked_kinds.contains("usr"));
}

#[test]
fn keys_that_were_left_out_are_a_doubt() {
    let data = world("pro", &flag(1));
    let snapshot = crate::evaluate::Snapshot::new("p", "e", "now", crate::evaluate::Protocol::Fdv1);
    let file = snapshot.around(data.clone(), false);
    assert!(!file.to_string().contains("u-0"), "{file}");
    let found = CompiledEnvironment::new(&loaded(&file));
    // A rule holds whoever is included, and whoever is not may be.
    assert_eq!(
        found.segments().membership("staff", &user(3)).known(),
        Some(true)
    );
    let unknown = found.segments().membership("staff", &user(1));
    assert_eq!(
        unknown.to_string(),
        "unknown: `staff` lists contexts whose keys were left out; load it with its members"
    );
    // Everyone is in, but for those who are excluded.
    assert_eq!(
        found.segments().membership("others", &user(1)).known(),
        None
    );
}

/// Segments and a flag of random parts; the same parts make the same world.
fn any_world() -> impl Strategy<Value = Json> {
    let clause = prop_oneof![
        (0..4_u8).prop_map(|value| json!({"contextKind": "user", "attribute": "n", "op": "in", "values": [value]})),
        (0..3_u8, any::<bool>()).prop_map(|(key, negate)| json!({"attribute": "", "op": "segmentMatch",
            "values": [format!("s{key}")], "negate": negate})),
        (0..3_u8).prop_map(|key| json!({"contextKind": "org", "attribute": "key", "op": "in", "values": [format!("o-{key}")]})),
    ];
    let rule = (
        prop::collection::vec(clause.clone(), 0..3),
        prop::option::of(0..100_000_i64),
    )
        .prop_map(|(clauses, weight)| match weight {
            Some(weight) => {
                json!({"clauses": clauses, "weight": weight, "rolloutContextKind": "user"})
            }
            None => json!({ "clauses": clauses }),
        });
    let segment = (
        prop::collection::vec(rule, 0..3),
        prop::collection::vec(0..5_u8, 0..3),
        prop::collection::vec(0..5_u8, 0..2),
    )
        .prop_map(|(rules, included, excluded)| {
            let keys = |keys: Vec<u8>| keys.iter().map(|key| format!("u-{key}")).collect::<Vec<_>>();
            json!({"rules": rules, "included": keys(included), "excluded": keys(excluded), "salt": "x"})
        });
    let split = json!({"rollout": {"contextKind": "user", "variations": [
        {"variation": 0, "weight": 30_000}, {"variation": 1, "weight": 70_000}]}});
    let served = prop_oneof![
        Just(json!({"variation": 0})),
        Just(json!({"variation": 1})),
        Just(split)
    ];
    let flag = (any::<bool>(), prop::collection::vec((clause, served.clone()), 0..3), served).prop_map(
        |(on, rules, fallthrough)| {
            let rules = rules.into_iter().map(|(clause, mut served)| {
                served["clauses"] = json!([clause]);
                served
            });
            json!({"key": "f", "on": on, "salt": "f", "offVariation": 1, "variations": [false, true],
                "rules": rules.collect::<Vec<_>>(), "fallthrough": fallthrough})
        },
    );
    (prop::collection::vec(segment, 3), flag).prop_map(|(segments, flag)| {
        let segments = segments.into_iter().enumerate();
        let segments = segments.map(|(n, segment)| (format!("s{n}"), segment));
        json!({"segments": segments.collect::<serde_json::Map<_, _>>(), "flags": {"f": flag}})
    })
}

fn any_context() -> impl Strategy<Value = ContextInstance> {
    (0..6_u8, 0..5_u8, prop::option::of(0..4_u8)).prop_map(|(key, n, org)| {
        let user = json!({"key": format!("u-{key}"), "n": n});
        let json = match org {
            Some(org) => json!({"kind": "multi", "user": user, "org": {"key": format!("o-{org}")}}),
            None => json!({"kind": "user", "key": user["key"], "n": n}),
        };
        ContextInstance::from_json(&json.to_string()).unwrap()
    })
}

/// How many contexts each pair of worlds is asked about.
fn cases() -> usize {
    std::env::var("SEGMENTS_CASES").map_or(64, |cases| cases.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The impact is the difference between two evaluations, one by one.
    #[test]
    fn the_impact_is_that_of_two_evaluations(
        before in any_world(),
        after in any_world(),
        contexts in prop::collection::vec(any_context(), cases().div_ceil(32)),
    ) {
        let (before, after) = (loaded(&before), loaded(&after));
        let moves = Impact::between(&before, &after)
            .contexts((1..).zip(contexts.iter().cloned()));
        let (was, is) = (CompiledEnvironment::new(&before), CompiledEnvironment::new(&after));
        let mut moved = vec![false; contexts.len()];
        for key in ["s0", "s1", "s2"] {
            let answers: Vec<_> = contexts
                .iter()
                .map(|it| [&was, &is].map(|world| world.segments().membership(key, it).known()))
                .collect();
            let count = |wanted: [Option<bool>; 2]| answers.iter().filter(|it| **it == wanted).count() as u64;
            let (enter, leave) = (count([Some(false), Some(true)]), count([Some(true), Some(false)]));
            for (moved, answer) in moved.iter_mut().zip(&answers) {
                *moved |= matches!(answer, [Some(a), Some(b)] if a != b);
            }
            match moves.segments.iter().find(|it| it.segment == key) {
                Some(found) => prop_assert_eq!((found.enter.count, found.leave.count), (enter, leave)),
                None => prop_assert!(answers.iter().all(|[a, b]| a == b)),
            }
        }
        let served = |world: &CompiledEnvironment, it| world.evaluate("f", it).unwrap().known().cloned();
        let answers: Vec<_> = contexts.iter().map(|it| (served(&was, it), served(&is, it))).collect();
        let changed = |answer: &(Option<String>, Option<String>)| {
            matches!(answer, (Some(a), Some(b)) if a != b)
        };
        for (moved, answer) in moved.iter_mut().zip(&answers) {
            *moved |= changed(answer);
        }
        let found = moves.flags.first().map_or(0, FlagMoves::moved);
        prop_assert_eq!(found, answers.iter().filter(|it| changed(it)).count() as u64);
        prop_assert_eq!(moves.moved, moved.iter().filter(|it| **it).count() as u64);
    }
}

#[test]
fn a_segment_that_moves_is_compared_with_the_one_whose_place_it_takes() {
    let mut before = world("pro", &flag(1));
    before["segments"]["staff"]["excluded"] = json!(["u-3"]);
    let before = loaded(&before);
    let declared = |plan: &str, percent: &str| {
        let file = format!(
            "[contexts.user.attributes]\nplan = \"string\"\n[segments.employees]\ndescription = \"x\"\nmoved_from = \"staff\"\n\
             unmanaged = [\"included\", \"excluded\"]\n[[segments.employees.rules]]\n{percent}\n\
             clauses = [{{ attribute = \"plan\", op = \"in\", values = [\"{plan}\"] }}]\n"
        );
        let report = crate::file::read("x", file.as_bytes());
        let file = report.into_file().unwrap_or_else(|it| panic!("{it:?}"));
        let definitions: Vec<_> = file.segments.into_iter().map(|it| it.definition).collect();
        before.with_declared(&definitions, &[])
    };
    // Nobody moves with the key, and whatever asked the former one asks the present one.
    let same = declared("pro", "");
    assert!(Impact::with_declared(&before, &same).is_empty());
    let keys: Vec<&str> = same.loaded.segments.iter().map(|it| &*it.key).collect();
    assert!(
        keys.contains(&"employees") && !keys.contains(&"staff"),
        "{keys:?}"
    );
    let other = declared("free", "");
    let moves = Impact::with_declared(&before, &other).contexts((1..=30).map(|n| (n, user(n))));
    let [employees, testers] = &moves.segments[..] else {
        panic!("{moves:?}")
    };
    assert_eq!(employees.segment, "employees");
    assert_eq!(employees.moved_from.as_deref(), Some("staff"));
    // Lists that people keep move, too: `u-3` stays out.
    assert_eq!((employees.before, employees.after), (9, 20));
    assert_eq!((employees.enter.count, employees.leave.count), (20, 9));
    assert_eq!((&*testers.segment, testers.enter.count), ("testers", 20));
    assert_eq!(moves.flags[0].moved(), 29);
    // Its percentages pick other contexts, and which ones nobody knows.
    let picked = declared("pro", "percent = 50\nbucket_context = \"user\"");
    let moves = Impact::with_declared(&before, &picked).contexts((1..=30).map(|n| (n, user(n))));
    assert_eq!(moves.segments[0].unknown.count, 9);
}
