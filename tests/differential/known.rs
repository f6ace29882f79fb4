//! The rows of `docs/reference/evaluator-differences.md`, each with what both sides say.

use launchdarkly_server_sdk_evaluation::Context;
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use serde_json::{Value as Json, json};

use crate::official::{Official, Verdict};

/// The official evaluator's answer, and the one here where it is another.
struct Row {
    case: &'static str,
    segment: Json,
    context: Json,
    official: Verdict,
    ours: Option<bool>,
}

fn same(case: &'static str, segment: Json, context: Json, member: bool) -> Row {
    let official = if member { Verdict::In } else { Verdict::Out };
    let ours = Some(member);
    Row {
        case,
        segment,
        context,
        official,
        ours,
    }
}

fn other(case: &'static str, segment: Json, official: Verdict) -> Row {
    let context = json!({"kind": "user", "key": "u"});
    Row {
        case,
        segment,
        context,
        official,
        ours: None,
    }
}

/// A segment with one rule of one clause on `user`.
fn clause(attribute: &str, op: &str, values: Json, negate: bool) -> Json {
    let mut clause =
        json!({"contextKind": "user", "attribute": attribute, "op": op, "negate": negate});
    clause["values"] = values;
    rule(json!({"clauses": [clause]}))
}

fn rule(rule: Json) -> Json {
    let mut segment = json!({"key": "s", "version": 1, "included": [], "excluded": [], "salt": "salty", "rules": []});
    segment["rules"] = Json::Array(vec![rule]);
    segment
}

/// A user with one attribute, `a`.
fn user(a: Json) -> Json {
    let mut user = json!({"kind": "user", "key": "u"});
    user["a"] = a;
    user
}

#[allow(
    clippy::too_many_lines,
    reason = "a table is as long as its rows are many"
)]
fn rows() -> Vec<Row> {
    let nobody = || json!({"kind": "user", "key": "u"});
    let share = |weight: i64, kind: &str| {
        rule(json!({"clauses": [], "weight": weight, "rolloutContextKind": kind}))
    };
    let mut big = share(100_000, "user");
    big["unbounded"] = true.into();
    big["rules"] = json!([]);
    let mut both = rule(json!({"clauses": []}));
    both["included"] = json!(["u"]);
    both["excluded"] = json!(["u"]);
    let oblivious = rule(json!({"clauses": [{"attribute": "/a/b", "op": "in", "values": [1]}]}));
    let millis = |text: &str| clause("a", "before", json!([text]), false);
    vec![
        other("a big segment", big, Verdict::Out),
        other(
            "a circle",
            clause("", "segmentMatch", json!(["s"]), false),
            Verdict::Malformed,
        ),
        other(
            "an impossible attribute",
            clause("/a//b", "in", json!([1]), false),
            Verdict::Malformed,
        ),
        same("an absent rollout kind", share(1, "org"), nobody(), true),
        same(
            "an absent rollout kind, nobody",
            share(0, "org"),
            nobody(),
            false,
        ),
        same("a negative weight", share(-1, "user"), nobody(), true),
        same(
            "look-around",
            clause("a", "matches", json!(["(?!x)y"]), false),
            user(json!("y")),
            false,
        ),
        same(
            "look-around, negated",
            clause("a", "matches", json!(["(?!x)y"]), true),
            user(json!("y")),
            true,
        ),
        same(
            "a pattern beyond the limit",
            clause("a", "matches", json!([r"(\w{100}){100}|y"]), false),
            user(json!("y")),
            false,
        ),
        same(
            "a space for the T",
            millis("2024-01-01 00:00:00Z"),
            user(json!(0)),
            true,
        ),
        same(
            "a minus sign",
            millis("2024-01-01T00:00:00\u{2212}01:00"),
            user(json!(0)),
            true,
        ),
        same(
            "nanoseconds",
            millis("2024-01-01T00:00:00.000000001Z"),
            user(json!("2024-01-01T00:00:00Z")),
            true,
        ),
        same(
            "a leap second",
            millis("2016-12-31T23:59:60Z"),
            user(json!("2016-12-31T23:59:59.999999999Z")),
            true,
        ),
        same(
            "after a leap second",
            millis("2016-12-31T23:59:60Z"),
            user(json!("2017-01-01T00:00:00Z")),
            false,
        ),
        same(
            "a date that is too late",
            clause("a", "after", json!([0]), false),
            user(json!(8.3e15)),
            false,
        ),
        same(
            "a fraction of a date",
            clause("a", "before", json!([0]), false),
            user(json!(-0.9)),
            false,
        ),
        same(
            "absent, negated",
            clause("a", "in", json!([1]), true),
            nobody(),
            false,
        ),
        same(
            "null, negated",
            clause("a", "in", json!([1]), true),
            user(Json::Null),
            false,
        ),
        same(
            "an empty array, negated",
            clause("a", "in", json!([1]), true),
            user(json!([])),
            true,
        ),
        same(
            "no values, negated",
            clause("a", "in", json!([]), true),
            user(json!(1)),
            true,
        ),
        same(
            "no operator, negated",
            clause("a", "equals", json!([1]), true),
            user(json!(1)),
            true,
        ),
        same("no clauses", rule(json!({"clauses": []})), nobody(), true),
        same(
            "types count",
            clause("a", "in", json!(["1"]), false),
            user(json!(1)),
            false,
        ),
        same(
            "beyond 2^53",
            clause("a", "in", json!([9_007_199_254_740_993_i64]), false),
            user(json!(9_007_199_254_740_992_i64)),
            true,
        ),
        same(
            "an array in an array",
            clause("a", "in", json!([[1, {"x": null}]]), false),
            user(json!([[1, {"x": null}]])),
            true,
        ),
        same(
            "null in an array",
            clause("a", "in", json!([null]), false),
            user(json!([null])),
            true,
        ),
        same(
            "the kind",
            clause("/kind", "in", json!(["org"]), false),
            json!({"kind": "org", "key": "o"}),
            true,
        ),
        same(
            "no kind: no path",
            oblivious,
            json!({"kind": "user", "key": "u", "/a/b": 1}),
            true,
        ),
        same(
            "bucket of nothing",
            rule(
                json!({"clauses": [], "weight": 1, "rolloutContextKind": "user", "bucketBy": "b"}),
            ),
            nobody(),
            true,
        ),
        same(
            "a short version",
            clause("a", "semVerEqual", json!(["2.0-rc.1"]), false),
            user(json!("2.0.0-rc.1+linux")),
            true,
        ),
        same(
            "a version with a v",
            clause("a", "semVerEqual", json!(["v2.0.0"]), false),
            user(json!("v2.0.0")),
            false,
        ),
        same(
            "a user of old",
            clause("a", "in", json!([1]), false),
            json!({"key": "", "custom": {"a": 1}}),
            true,
        ),
        same("included and excluded", both, nobody(), true),
        same(
            "a missing segment, negated",
            clause("", "segmentMatch", json!(["missing"]), true),
            nobody(),
            true,
        ),
    ]
}

#[test]
fn every_row_of_the_page_on_differences_holds() {
    for Row {
        case,
        segment,
        context,
        official,
        ours,
    } in rows()
    {
        let theirs: Context = serde_json::from_value(context.clone()).expect(case);
        let verdict = Official::new(std::slice::from_ref(&segment)).ask("s", &theirs);
        assert_eq!(verdict, official, "{case}: the official evaluator");
        let compiled = CompiledSegments::from_json_value(segment)
            .expect(case)
            .complete();
        let context = ContextInstance::from_value(context).expect(case);
        let membership = compiled.membership("s", &context);
        assert_eq!(membership.known(), ours, "{case}: {membership}");
    }
}
