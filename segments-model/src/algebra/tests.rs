//! Simple answers, the laws of sets, and questions beyond the budget.

use std::collections::{BTreeMap, BTreeSet};

use super::{Algebra, Answer, Assertion, Domain, Expression, Verdict};
use crate::{
    Arity, AttributeRef, AttributeType, Audience, Clause, ContextKind, Definition, Environments,
    Expiry, Lifecycle, Operator, Rollout, Rule, SegmentKey, Targets, Value, Weight,
};

fn clause(attribute: &str, operator: Operator, values: &[Value], negate: bool) -> Clause {
    Clause {
        kind: ContextKind::USER,
        attribute: AttributeRef::parse(attribute).unwrap(),
        operator,
        values: values.to_vec(),
        negate,
    }
}

fn rule(clauses: Vec<Clause>) -> Rule {
    Rule {
        clauses,
        ..Rule::default()
    }
}

fn segment(key: &'static str, rules: Vec<Rule>) -> Definition {
    Definition {
        key: SegmentKey::from_static(key),
        name: key.to_owned(),
        description: None,
        tags: None,
        audience: Audience::Standard {
            included: Targets::Exactly(BTreeMap::new()),
            excluded: Targets::Exactly(BTreeMap::new()),
            rules: Some(rules),
        },
        unmanaged: BTreeSet::new(),
        absent: false,
        lifecycle: Lifecycle::default(),
        environments: Environments::default(),
    }
}

fn domains(_: &ContextKind, attribute: &AttributeRef) -> Domain {
    match attribute.as_str() {
        "n" => Domain::new(AttributeType::Number, Arity::One),
        "v" => Domain::new(AttributeType::Version, Arity::One),
        "d" => Domain::new(AttributeType::Date, Arity::One),
        "b" => Domain::new(AttributeType::Bool, Arity::One),
        "many" => Domain::new(AttributeType::String, Arity::Many),
        "x" => Domain::UNKNOWN,
        _ => Domain::new(AttributeType::String, Arity::One),
    }
}

/// The printed example of a member of a segment with one rule; `nobody` and `unknown` stand for
/// themselves.
fn example(clauses: Vec<Clause>) -> String {
    let definition = segment("s", vec![rule(clauses)]);
    let algebra = Algebra::new([&definition], &domains);
    match algebra.example(&Expression::segment("s")) {
        Answer::Example(witness) => witness.to_string(),
        Answer::Nobody => "nobody".to_owned(),
        Answer::Unknown => "unknown".to_owned(),
    }
}

#[allow(clippy::too_many_lines, reason = "a table, or a case for each code")]
#[test]
fn witnesses_are_short_and_readable() {
    use Operator::*;
    let text = |text: &'static str| vec![Value::from(text)];
    for (clauses, said) in [
        (vec![], r#"`{"kind":"user","key":"u"}`"#),
        (
            vec![clause("plan", In, &["pro".into(), "team".into()], false)],
            r#"`{"kind":"user","key":"u","plan":"pro"}`"#,
        ),
        (
            vec![clause("plan", In, &text("a"), true)],
            r#"`{"kind":"user","key":"u","plan":"b"}`"#,
        ),
        (
            vec![
                clause("email", EndsWith, &text("@x.io"), false),
                clause("email", In, &text("@x.io"), true),
            ],
            r#"`{"kind":"user","key":"u","email":"a@x.io"}`"#,
        ),
        (
            vec![
                clause("n", GreaterThan, &[10.into()], false),
                clause("n", LessThanOrEqual, &[11.into()], false),
            ],
            r#"`{"kind":"user","key":"u","n":11}`"#,
        ),
        (
            vec![clause("v", SemVerGreaterThan, &text("2.0.0"), false)],
            r#"`{"kind":"user","key":"u","v":"2.0.1"}`"#,
        ),
        (
            vec![clause("d", Before, &text("2024-05-03T00:00:00Z"), false)],
            r#"`{"kind":"user","key":"u","d":"2024-05-02T00:00:00Z"}`"#,
        ),
        (
            vec![
                clause("many", In, &text("a"), false),
                clause("many", In, &text("b"), false),
            ],
            r#"`{"kind":"user","key":"u","many":["a","b"]}`"#,
        ),
        (
            vec![clause("many", In, &text("a"), true)],
            r#"`{"kind":"user","key":"u","many":[]}`"#,
        ),
        (
            vec![
                clause("plan", Matches, &text("^[a-c]{2}x"), false),
                clause("plan", Contains, &text("a"), true),
            ],
            r#"`{"kind":"user","key":"u","plan":"bbx"}`"#,
        ),
        (
            vec![clause("/address/city", In, &text("Bern"), false)],
            r#"`{"kind":"user","key":"u","address":{"city":"Bern"}}`"#,
        ),
        (
            vec![clause("key", StartsWith, &text("test-"), false)],
            r#"`{"kind":"user","key":"test-"}`"#,
        ),
        (
            vec![clause("anonymous", In, &[true.into()], false)],
            r#"`{"kind":"user","key":"u","anonymous":true}`"#,
        ),
        (
            vec![
                clause("x", In, &["a".into()], true),
                clause("x", In, &[true.into()], true),
            ],
            r#"`{"kind":"user","key":"u","x":"b"}`"#,
        ),
        (
            vec![Clause {
                negate: true,
                ..Clause::kind_is([ContextKind::USER])
            }],
            r#"`{"kind":"device","key":"d"}`"#,
        ),
        (
            vec![
                Clause {
                    kind: ContextKind::from_static("org"),
                    ..clause("tier", In, &text("gold"), false)
                },
                clause("plan", In, &text("pro"), false),
            ],
            r#"`{"kind":"multi","org":{"key":"o","tier":"gold"},"user":{"key":"u","plan":"pro"}}`"#,
        ),
        (
            vec![Clause::segment_match([SegmentKey::from_static(
                "elsewhere",
            )])],
            r#"`{"kind":"user","key":"u"}`, if it is in `elsewhere`"#,
        ),
    ] {
        let rule = clauses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" and ");
        assert_eq!(example(clauses), said, "{rule}");
    }
}

#[test]
fn contradictions_of_all_sorts_are_proved() {
    use Operator::*;
    let text = |text: &'static str| vec![Value::from(text)];
    for clauses in [
        vec![
            clause("b", In, &[true.into()], true),
            clause("b", In, &[false.into()], true),
        ],
        vec![
            clause("n", GreaterThan, &[1.into()], false),
            clause("n", LessThanOrEqual, &[1.into()], false),
        ],
        vec![clause("v", SemVerLessThan, &text("0.0.0-0"), false)],
        vec![
            clause("v", SemVerGreaterThan, &text("1.0.0-a"), false),
            clause("v", SemVerLessThan, &text("1.0.0-a.0"), false),
        ],
        vec![
            clause("v", SemVerEqual, &text("1"), true),
            clause("v", SemVerLessThan, &text("1"), true),
            clause("v", SemVerGreaterThan, &text("1"), true),
        ],
        vec![
            clause("d", Before, &text("2024-05-03T00:00:00Z"), true),
            clause("d", Before, &text("2024-05-02T00:00:00Z"), false),
        ],
        vec![
            clause("plan", StartsWith, &text("ab"), false),
            clause("plan", Contains, &text("b"), true),
        ],
        vec![
            clause("plan", Matches, &text("^[0-9]+$"), false),
            clause("plan", Matches, &text("[0-9]"), true),
        ],
        vec![
            clause("many", StartsWith, &text("ab"), false),
            clause("many", Contains, &text("b"), true),
        ],
        vec![
            clause("x", LessThan, &[1.into()], false),
            clause("x", In, &text("a"), false),
            clause("x", In, &[1.into()], true),
            clause("x", LessThan, &[2.into()], true),
        ],
        vec![
            Clause {
                negate: true,
                ..Clause::kind_is([ContextKind::USER])
            },
            clause("plan", In, &text("a"), false),
        ],
        vec![
            clause("key", In, &text("u"), false),
            clause("key", StartsWith, &text("u"), true),
        ],
    ] {
        let rule = clauses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" and ");
        assert_eq!(example(clauses), "nobody", "{rule}");
    }
}

#[test]
fn percentages_of_one_segment_share_a_bucket() {
    let share = |percent: u32, negated: bool| {
        let rule = Rule {
            rollout: Some(Rollout {
                weight: Weight::from_thousandths(percent * 1_000).unwrap(),
                kind: ContextKind::USER,
                by: AttributeRef::KEY,
            }),
            clauses: vec![clause("b", Operator::In, &[true.into()], negated)],
            ..Rule::default()
        };
        segment("share", vec![rule])
    };
    let (narrow, wide) = (share(10, false), share(30, false));
    let algebra = Algebra::new([&wide], &domains).with_earlier([&narrow]);
    let change = algebra.change("share");
    assert_eq!(change.verdict(), Verdict::Wider);
    assert_eq!(
        change.to_string(),
        r#"also lets in, for example, `{"kind":"user","key":"a","b":true}`, between the first 10% and 30% of `share`"#
    );
    let other = share(30, true);
    let algebra = Algebra::new([&other], &domains).with_earlier([&narrow]);
    assert_eq!(algebra.change("share").verdict(), Verdict::Both);
}

#[test]
fn an_expiry_that_changes_leaves_open_who_is_a_member_later() {
    let trial = |until: Option<&str>| {
        let builder = Definition::builder("trial");
        let keys = ["u".to_owned()];
        let builder = match until {
            None => builder.include("user", keys),
            Some(until) => builder.include_until("user", keys, Expiry::parse(until).unwrap()),
        };
        builder.build().unwrap()
    };
    let change = |before, now| {
        let (before, now) = (trial(before), trial(now));
        let algebra = Algebra::new([&now], &domains).with_earlier([&before]);
        let change = algebra.change("trial");
        (change.may_widen(), change.may_narrow())
    };
    let (early, late) = (Some("2027-01-31"), Some("2027-02-28"));
    for (before, now, expected) in [
        (early, late, (true, false)),
        (late, early, (false, true)),
        (early, None, (true, false)),
        (None, early, (false, true)),
        (early, early, (false, false)),
    ] {
        assert_eq!(change(before, now), expected, "{before:?} {now:?}");
    }
}

#[test]
fn included_beats_excluded_beats_rules() {
    let list = |keys: &[&str]| {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Targets::Exactly(BTreeMap::from([(ContextKind::USER, keys)]))
    };
    let mut listed = segment("s", vec![rule(vec![])]);
    listed.audience = Audience::Standard {
        included: list(&["a", "b"]),
        excluded: list(&["b", "c"]),
        rules: Some(vec![rule(vec![clause(
            "key",
            Operator::In,
            &["c".into(), "d".into()],
            false,
        )])]),
    };
    let algebra = Algebra::new([&listed], &domains);
    let has = |key: &'static str| {
        segment(
            "key",
            vec![rule(vec![clause(
                "key",
                Operator::In,
                &[key.into()],
                false,
            )])],
        )
    };
    for (key, member) in [
        ("a", true),
        ("b", true),
        ("c", false),
        ("d", true),
        ("e", false),
    ] {
        let key = has(key);
        let algebra = Algebra::new([&listed, &key], &domains);
        let both = Expression::segment("s") & Expression::segment("key");
        assert_eq!(algebra.example(&both) != Answer::Nobody, member, "{key:?}");
    }
    let Answer::Example(witness) = algebra.example(&Expression::segment("s")) else {
        panic!("there are members");
    };
    assert_eq!(witness.json(), r#"{"kind":"user","key":"a"}"#);
}

#[test]
fn the_laws_of_sets_hold() {
    use Operator::*;
    let small = segment(
        "small",
        vec![rule(vec![clause("plan", In, &["abc".into()], false)])],
    );
    let middle = segment(
        "middle",
        vec![rule(vec![clause(
            "plan",
            StartsWith,
            &["ab".into()],
            false,
        )])],
    );
    let large = segment(
        "large",
        vec![rule(vec![clause("plan", Contains, &["a".into()], false)])],
    );
    let other = segment(
        "other",
        vec![rule(vec![clause("plan", StartsWith, &["x".into()], false)])],
    );
    let all = [&small, &middle, &large, &other];
    let algebra = Algebra::new(all, &domains).with_earlier(all);
    let keys = ["small", "middle", "large", "other"];
    let of = |key: &str| Expression::segment(key);
    let holds = |assertion: Assertion| assertion.prove(&algebra).is_empty();
    let subset = |inner: &str, outer: &str| holds(Assertion::Subset(of(inner), of(outer)));
    let disjoint = |left: &str, right: &str| holds(Assertion::Disjoint(vec![of(left), of(right)]));
    assert!(subset("small", "middle") && subset("middle", "large") && disjoint("middle", "other"));
    assert!(!disjoint("large", "other") && !subset("large", "middle"));
    for a in keys {
        assert_eq!(algebra.change(a).verdict(), Verdict::Same);
        assert!(holds(Assertion::Equal(vec![of(a), !!of(a)])));
        assert!(holds(Assertion::Nobody(of(a) & !of(a))));
        for b in keys {
            assert_eq!(disjoint(a, b), disjoint(b, a));
            assert!(holds(Assertion::Covers(
                of(a),
                vec![of(a) & of(b), of(a) & !of(b)]
            )));
            assert!(holds(Assertion::Equal(vec![
                !(of(a) | of(b)),
                !of(a) & !of(b)
            ])));
            for c in keys {
                assert!(!(subset(a, b) && subset(b, c)) || subset(a, c));
            }
        }
    }
}

#[test]
fn what_is_not_declared_may_be_so_or_not() {
    let mut open = segment("open", vec![]);
    open.audience = Audience::Standard {
        included: Targets::Unmanaged,
        excluded: Targets::Exactly(BTreeMap::new()),
        rules: Some(vec![]),
    };
    let mut big = segment("big", vec![]);
    big.audience = Audience::Big {
        kind: ContextKind::USER,
    };
    let algebra = Algebra::new([&open, &big], &domains);
    let said = |expression: &str| match algebra.example(&Expression::parse(expression).unwrap()) {
        Answer::Example(witness) => witness.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(
        said("open"),
        r#"`{"kind":"user","key":"u"}`, if somebody includes it in `open`"#
    );
    assert_eq!(said("!open"), r#"`{"kind":"user","key":"u"}`"#);
    assert_eq!(
        said("big & elsewhere"),
        r#"`{"kind":"user","key":"u"}`, if it is in `elsewhere`, if it is on the list of `big`"#
    );
    assert_eq!(said("big & !big"), "Nobody");
}

#[test]
fn what_takes_too_long_is_unknown() {
    let patterns = (8..20).map(|n| {
        let pattern = format!("^(?:a|b)*a(?:a|b){{{n}}}$");
        clause("email", Operator::Matches, &[pattern.into()], n % 2 == 0)
    });
    assert_eq!(example(patterns.collect()), "unknown");
}
