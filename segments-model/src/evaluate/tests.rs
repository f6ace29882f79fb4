//! Complete decisions. Single comparisons are compared with the official evaluator in
//! `tests/differential.rs`.

use serde_json::{Value as Json, json};

use super::{CompiledSegments, ContextInstance};
use crate::thorough::is_thorough;
use crate::{Exclusion, Inclusion, Membership, UnknownReason};

fn user(json: Json) -> ContextInstance {
    let mut context = json!({"kind": "user", "key": "u-1"});
    let (Json::Object(context), Json::Object(more)) = (&mut context, json) else {
        panic!("a context is an object");
    };
    context.extend(more);
    ContextInstance::from_json(&serde_json::to_string(context).unwrap()).unwrap()
}

fn clause(attribute: &str, op: &str, values: impl Into<Json>) -> Json {
    let values: Json = values.into();
    json!({"contextKind": "user", "attribute": attribute, "op": op, "values": values})
}

fn asks(key: &str) -> Json {
    clause("segmentMatch", "segmentMatch", json!([key]))
}

fn segment(key: &str, rules: impl Into<Json>) -> Json {
    let rules: Json = rules.into();
    json!({"key": key, "rules": rules})
}

fn compile(segments: Json) -> CompiledSegments {
    CompiledSegments::from_json_value(segments).unwrap()
}

fn known(segments: &CompiledSegments, key: &str, context: &ContextInstance) -> Option<bool> {
    let membership = segments.membership(key, context);
    let explanation = segments.explain(key, context).unwrap();
    assert_eq!(explanation.membership, membership, "{explanation}");
    assert_eq!(
        segments.get(key).unwrap().contains(context),
        membership.known()
    );
    membership.known()
}

#[test]
fn included_beats_excluded_beats_rules() {
    let segments = compile(json!([{
        "key": "s", "included": ["a", "both"], "excluded": ["b", "both"],
        "includedContexts": [{"contextKind": "org", "values": ["o-1"]}],
        "rules": [{"_id": "r-1", "clauses": []}],
    }]));
    let org = json!({"kind": "multi", "user": {"key": "b"}, "org": {"key": "o-1"}}).to_string();
    let org = ContextInstance::from_json(&org).unwrap();
    for (context, member) in [
        (user(json!({"key": "a"})), true),
        (user(json!({"key": "both"})), true),
        (user(json!({"key": "b"})), false),
        (user(json!({"key": "c"})), true),
        (org, true),
    ] {
        assert_eq!(known(&segments, "s", &context), Some(member), "{context:?}");
    }
    assert_eq!(
        segments.membership("s", &user(json!({"key": "c"}))),
        Membership::In {
            by: Inclusion::Rule {
                index: 0,
                id: Some("r-1".into())
            }
        }
    );
}

#[test]
fn an_absent_attribute_makes_a_clause_false_negated_or_not() {
    let mut negated = clause("plan", "in", json!(["free"]));
    negated["negate"] = json!(true);
    let segments = compile(json!([segment("s", json!([{"clauses": [negated]}]))]));
    assert_eq!(
        known(&segments, "s", &user(json!({"plan": "pro"}))),
        Some(true)
    );
    assert_eq!(
        known(&segments, "s", &user(json!({"plan": "free"}))),
        Some(false)
    );
    assert_eq!(
        known(&segments, "s", &user(json!({"plan": null}))),
        Some(false)
    );
    assert_eq!(known(&segments, "s", &user(json!({}))), Some(false));
    assert_eq!(
        known(&segments, "s", &user(json!({"plan": []}))),
        Some(true)
    );
}

#[test]
fn a_percentage_is_in_doubt_only_where_it_matters() {
    let rules = json!([
        {"clauses": [clause("beta", "in", json!([true]))], "weight": 50_000, "rolloutContextKind": "user"},
        {"clauses": [clause("staff", "in", json!([true]))]},
    ]);
    let json = json!([{"key": "s", "included": ["a"], "rules": rules}]);
    let segments = compile(json.clone());
    assert_eq!(
        known(&segments, "s", &user(json!({"key": "a", "beta": true}))),
        Some(true)
    );
    assert_eq!(
        known(&segments, "s", &user(json!({"beta": false}))),
        Some(false)
    );
    assert_eq!(known(&segments, "s", &user(json!({"beta": true}))), None);
    assert_eq!(
        known(&segments, "s", &user(json!({"beta": true, "staff": true}))),
        Some(true)
    );
    assert_eq!(
        segments.membership("s", &user(json!({"beta": true}))),
        Membership::Unknown {
            reason: UnknownReason::Salt {
                segment: "s".into(),
                rule: 0
            }
        }
    );
    let salted = compile(json).with_salts([("s", "salty")]);
    let known: Vec<_> = (0..20)
        .map(|n| {
            known(
                &salted,
                "s",
                &user(json!({"key": format!("k{n}"), "beta": true})),
            )
            .unwrap()
        })
        .collect();
    assert!(known.contains(&true) && known.contains(&false), "{known:?}");
}

#[test]
fn shares_of_the_contract_tests() {
    let rule = json!({"clauses": [], "weight": 14_955, "rolloutContextKind": "user"});
    let segments = compile(json!([{"key": "segment3", "salt": "salty", "rules": [rule]}]));
    assert_eq!(
        known(&segments, "segment3", &user(json!({"key": "user-key"}))),
        Some(true)
    );
    assert_eq!(
        known(
            &segments,
            "segment3",
            &user(json!({"key": "unmatching-key"}))
        ),
        Some(false)
    );
}

#[test]
fn segments_ask_segments() {
    let segments = compile(json!([
        segment("outer", json!([{"clauses": [asks("inner")]}])),
        segment(
            "inner",
            json!([{"clauses": [clause("x", "in", json!([1]))]}])
        ),
        segment("dangling", json!([{"clauses": [asks("nowhere")]}])),
    ]));
    assert_eq!(
        known(&segments, "outer", &user(json!({"x": 1}))),
        Some(true)
    );
    assert_eq!(
        known(&segments, "outer", &user(json!({"x": 2}))),
        Some(false)
    );
    assert_eq!(
        segments.membership("dangling", &user(json!({}))),
        Membership::Unknown {
            reason: UnknownReason::UnknownSegment {
                segment: "nowhere".into()
            }
        }
    );
    let segments = segments.complete();
    assert_eq!(
        segments.membership("dangling", &user(json!({}))),
        Membership::Out {
            by: Exclusion::NoRule
        }
    );
    let all: Vec<_> = segments
        .memberships(&user(json!({"x": 1})))
        .map(|(key, membership)| (key, membership.known()))
        .collect();
    assert_eq!(
        all,
        [
            ("outer", Some(true)),
            ("inner", Some(true)),
            ("dangling", Some(false))
        ]
    );
}

#[test]
fn a_circle_is_found_where_it_is_entered() {
    let segments = compile(json!([
        segment("a", json!([{"clauses": [asks("b")]}])),
        segment(
            "b",
            json!([
                {"clauses": [clause("x", "in", json!([1]))]},
                {"clauses": [asks("a")]},
            ])
        ),
    ]));
    assert_eq!(known(&segments, "a", &user(json!({"x": 1}))), Some(true));
    assert_eq!(
        segments.membership("a", &user(json!({}))).to_string(),
        "unknown: segment references form a cycle: `a` → `b` → `a`"
    );
    assert_eq!(
        segments
            .memberships(&user(json!({})))
            .filter(|(_, m)| m.known().is_none())
            .count(),
        2
    );
}

/// Segments that ask the next each, and the last of which holds for `x`.
fn chain(length: usize, is_reversed: bool) -> CompiledSegments {
    let last = clause("x", "in", json!([1]));
    let mut segments: Vec<Json> = (0..length)
        .map(|n| {
            let clause = if n + 1 < length {
                asks(&format!("s{}", n + 1))
            } else {
                last.clone()
            };
            // Asked twice: without memory this would take 2^length steps.
            segment(
                &format!("s{n}"),
                json!([{"clauses": [clause]}, {"clauses": [clause]}]),
            )
        })
        .collect();
    if is_reversed {
        segments.reverse();
    }
    compile(segments.into()).complete()
}

#[test]
fn a_chain_has_one_answer_however_long_it_is_and_in_whatever_order() {
    // What is said of all of them takes a debug build long.
    let longest = if is_thorough() { 2000 } else { 300 };
    for (length, x) in [(150, 1), (300, 1), (300, 2), (longest, 1)] {
        let (context, expected) = (user(json!({"x": x})), Some(x == 1));
        for is_reversed in [false, true] {
            let segments = chain(length, is_reversed);
            assert_eq!(segments.membership("s0", &context).known(), expected);
            let mut all = segments.memberships(&context);
            assert!(all.all(|(_, membership)| membership.known() == expected));
            let counts = segments.count().contexts([context.clone()]);
            let members = u64::from(x == 1);
            assert!(counts.segments.iter().all(|tally| tally.members == members));
            let explained = segments.explanations(segments.keys(), &context);
            let known = explained.iter().map(|it| it.membership.known());
            assert!(known.into_iter().all(|known| known == expected));
        }
    }
    let longer = chain(50_000, false);
    let membership = longer.membership("s0", &user(json!({"x": 1})));
    assert_eq!(membership.known(), Some(true));
}

#[test]
fn a_circle_reads_the_same_wherever_it_is_entered() {
    let rules = |asked: &str| json!([{"clauses": [asks(asked)]}]);
    let segments = [("x", "b"), ("b", "c"), ("c", "a"), ("a", "b")];
    let segments = segments.map(|(key, asked)| segment(key, rules(asked)));
    let segments = compile(json!(segments));
    let says = "unknown: segment references form a cycle: `a` → `b` → `c` → `a`";
    let context = user(json!({}));
    for (key, membership) in segments.memberships(&context) {
        assert_eq!(membership.to_string(), says);
        assert_eq!(segments.membership(key, &context).to_string(), says);
    }
}

#[test]
fn big_segments_are_kept_elsewhere() {
    let segments = compile(json!([{
        "key": "big", "unbounded": true, "unboundedContextKind": "org", "included": ["u-1"]
    }]));
    assert_eq!(known(&segments, "big", &user(json!({}))), Some(false));
    assert_eq!(known(&segments, "big", &user(json!({"kind": "org"}))), None);
}

#[test]
fn what_sdks_give_up_at_is_unknown() {
    let segments = compile(json!([segment(
        "s",
        json!([
            {"clauses": [clause("x", "in", json!([1]))]},
            {"clauses": [clause("/a//b", "in", json!([1]))]},
            {"clauses": []},
        ])
    ),]));
    assert_eq!(known(&segments, "s", &user(json!({"x": 1}))), Some(true));
    let membership = segments.membership("s", &user(json!({})));
    assert!(
        membership
            .to_string()
            .starts_with("unknown: rule 2 of `s` is malformed: `/a//b`"),
        "{membership}"
    );
}

#[test]
fn what_sdks_might_give_up_at_is_not_certain() {
    let big = json!({"key": "big", "unbounded": true});
    let circle = json!({"clauses": [clause("", "segmentMatch", json!(["big", "s"]))]});
    let segments = compile(json!([segment("s", json!([circle, {"clauses": []}])), big]));
    assert_eq!(
        segments.membership("s", &user(json!({}))),
        Membership::Unknown {
            reason: UnknownReason::BigSegment {
                segment: "big".into()
            }
        }
    );
}

#[test]
fn explanations_are_trees() {
    let mut negated = clause("groups", "in", json!(["ops", "dev"]));
    negated["negate"] = json!(true);
    let segments = compile(json!([
        {"key": "s", "salt": "salty", "rules": [
            {"description": "settled", "clauses": [clause("age", "greaterThan", json!([30])), clause("x", "in", json!([1]))]},
            {"clauses": [negated]},
            {"clauses": [asks("t")], "weight": 5_000, "rolloutContextKind": "user"},
        ]},
        segment("t", json!([{"clauses": []}])),
    ]));
    let context = user(json!({"age": 12, "groups": ["qa", "dev"]}));
    assert_eq!(
        segments.explain("s", &context).unwrap().to_string(),
        "\
`s`: not in the segment: it is on no list, and no rule holds
├ ✗ rule 1 (settled)
│ ├ ✗ user age is greater than 30: it is 12
│ └ ✗ user x is 1: it has none
├ ✗ rule 2
│ └ ✗ user groups is not \"ops\" or \"dev\": one of them is \"dev\"
└ ✗ rule 3
  ├ ✓ is in segment \"t\"
  │ └ `t`: in the segment: rule 1 holds
  │   └ ✓ rule 1: everyone
  └ ✗ 5% by user key: it is \"u-1\", which lies at 8.710%"
    );
    let explanation = segments.explain("s", &context).unwrap();
    let json = serde_json::to_string(&explanation).unwrap();
    assert_eq!(
        serde_json::from_str::<crate::explanation::Explanation>(&json).unwrap(),
        explanation
    );
}

#[test]
fn a_context_without_a_key_is_not_told_to_be_missing() {
    let segments = compile(json!([segment(
        "s",
        json!([{"clauses": [clause("plan", "in", json!(["pro"]))]}])
    )]));
    let explained = |context: &ContextInstance| segments.explain("s", context).unwrap().to_string();
    let nobody = ContextInstance::default();
    assert!(explained(&nobody).contains("there is no context of this kind"));
    let without_key = nobody.without_key(crate::ContextKind::USER);
    assert!(
        explained(&without_key).contains("the key of this context is empty; give it"),
        "{}",
        explained(&without_key)
    );
}
