//! Findings are right, and simple cases are found.
//!
//! Simple cases are here. `small_world` compares every two clauses with every context of a small world;
//! the others search for a context, or a path, that proves a finding wrong, and count their cases, so
//! that none of them can pass by finding nothing.

mod cycles;
mod identical;
mod rules;
mod small_world;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};

use super::relations;
use crate::algebra::Domain;
use crate::evaluate::ContextInstance;
use crate::thorough::is_thorough;
use crate::{
    Arity, AttributeRef, AttributeType, AttributeValue, Audience, Clause, ContextKind, Definition,
    Lifecycle, Number, Operand, Operator, Rule, SegmentKey, Targets, Value,
};

/// All of so many under `SEGMENTS_THOROUGH`, else two fifths.
fn some(all: u32) -> u32 {
    if is_thorough() { all } else { all * 2 / 5 }
}

/// Runs a property that counts what it saw.
fn run<S: Strategy>(cases: u32, input: &S, property: impl Fn(S::Value) -> TestCaseResult) {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    };
    if let Err(error) = TestRunner::new(config).run(input, property) {
        panic!("{error}");
    }
}

fn segment(key: &'static str, rules: Vec<Rule>) -> Definition {
    Definition {
        key: SegmentKey::from_static(key),
        name: key.to_owned(),
        description: None,
        tags: None,
        audience: Audience::Standard {
            included: Targets::Unmanaged,
            excluded: Targets::Unmanaged,
            rules: Some(rules),
        },
        unmanaged: [].into(),
        absent: false,
        lifecycle: Lifecycle::default(),
        environments: [].into(),
    }
}

/// Two segments that others ask, among contexts with the keys `a` to `d`.
fn asked() -> [Definition; 2] {
    let rule = |key: &'static str| Rule {
        clauses: vec![Clause {
            kind: ContextKind::USER,
            attribute: AttributeRef::KEY,
            operator: Operator::In,
            values: vec![Value::from(key)],
            negate: false,
        }],
        ..Rule::default()
    };
    [
        segment("x", vec![rule("a"), rule("b")]),
        segment("y", vec![rule("b"), rule("c")]),
    ]
}

/// Attributes that hold one value, and one that may hold several.
const ATTRIBUTES: [&str; 3] = ["one", "other", "many"];

fn domains(_: &ContextKind, attribute: &AttributeRef) -> Domain {
    let arity = match attribute.as_str() {
        "many" => Arity::Unknown,
        _ => Arity::One,
    };
    Domain::new(AttributeType::Any, arity)
}

const TEXTS: &[&str] = &[
    "a",
    "ab",
    "abc",
    "b",
    "cab",
    "1",
    "1.0.0",
    "1.0",
    "1.0.1-rc",
    "1.0.0+x",
    "2",
    "2.0.0-a.1",
];
const MOMENTS: &[&str] = &[
    "2024-05-03T00:00:00Z",
    "2024-05-03T01:00:00+01:00",
    "2024-05-03T00:00:01Z",
];

/// Few values, so that they meet: of every type, and neighbours in every order.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => prop::sample::select(TEXTS).prop_map(Value::from),
        1 => prop::sample::select(MOMENTS).prop_map(Value::from),
        2 => number(),
        1 => any::<bool>().prop_map(Value::from),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![-1.0, 0.0, 1.0, 1.5, 2.0, 1_714_694_400_000.0])
        .prop_map(|number| Value::from(Number::new(number).unwrap()))
}

/// A value that an operator mostly has.
fn value_of(operator: Operator) -> BoxedStrategy<Value> {
    let usual = match operator.row().operand {
        Operand::Scalar => value().boxed(),
        Operand::Text => prop::sample::select(&TEXTS[..5])
            .prop_map(Value::from)
            .boxed(),
        Operand::Pattern => prop::sample::select(vec!["^a", "b$", "."])
            .prop_map(Value::from)
            .boxed(),
        Operand::Number => number().boxed(),
        Operand::Date => prop::sample::select(MOMENTS).prop_map(Value::from).boxed(),
        Operand::Version => prop::sample::select(&TEXTS[5..])
            .prop_map(Value::from)
            .boxed(),
        Operand::Segment => prop::sample::select(vec!["x", "y"])
            .prop_map(Value::from)
            .boxed(),
    };
    if operator == Operator::SegmentMatch {
        return usual;
    }
    prop_oneof![9 => usual, 1 => value()].boxed()
}

fn kind() -> impl Strategy<Value = ContextKind> {
    let device = ContextKind::parse("device").unwrap();
    prop_oneof![9 => Just(ContextKind::USER), 1 => Just(device)]
}

/// Clauses about the same thing more often than not, so that they have to do with one another.
fn clause() -> impl Strategy<Value = Clause> {
    let operator = prop::sample::select(crate::OPERATORS).prop_map(|row| row.operator);
    let attribute = prop_oneof![4 => Just("one"), 1 => Just("other"), 2 => Just("many")];
    let values = |operator| prop::collection::vec(value_of(operator), 1..4);
    let operator_and_values = operator.prop_flat_map(move |it| (Just(it), values(it)));
    (kind(), attribute, operator_and_values, any::<bool>()).prop_map(
        |(kind, attribute, (operator, values), negate)| match operator {
            Operator::SegmentMatch => Clause {
                values,
                negate,
                ..Clause::segment_match([])
            },
            _ => Clause {
                kind,
                attribute: AttributeRef::parse(attribute).unwrap(),
                operator,
                values,
                negate,
            },
        },
    )
}

/// A user, and perhaps a device.
fn context() -> impl Strategy<Value = ContextInstance> {
    let attributes = || {
        let value = || prop_oneof![8 => value().prop_map(AttributeValue::from), 1 => Just(AttributeValue::Null)];
        let one = || prop::option::weighted(0.8, value());
        let many = prop::option::weighted(0.8, prop::collection::vec(value(), 0..4));
        ("[a-d]", one(), one(), many).prop_map(|(key, one, other, many)| {
            let many = many.map(AttributeValue::Array);
            let attributes = ATTRIBUTES.iter().zip([one, other, many]);
            let attributes =
                attributes.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
            AttributeValue::object(attributes.chain([("key".to_owned(), key.into())]))
        })
    };
    (attributes(), prop::option::of(attributes())).prop_map(|(user, device)| {
        let device = device.map(|device| ("device".to_owned(), device));
        let kinds = device.into_iter().chain([("user".to_owned(), user)]);
        ContextInstance::from_kinds(kinds).unwrap()
    })
}

/// A clause: attribute, operator, values, negated.
type Written<'a> = (&'a str, Operator, &'a [Value], bool);

/// What is found in one segment of these rules, each written as its clauses.
fn found(rules: &[&[Written<'_>]]) -> Vec<(&'static str, String)> {
    let rules = rules.iter().map(|clauses| Rule {
        clauses: clauses
            .iter()
            .map(|(attribute, operator, values, negate)| Clause {
                kind: ContextKind::USER,
                attribute: AttributeRef::parse(*attribute).unwrap(),
                operator: *operator,
                values: values.to_vec(),
                negate: *negate,
            })
            .collect(),
        ..Rule::default()
    });
    let definition = segment("s", rules.collect());
    let relations = relations(&[&definition], &domains).into_iter();
    relations
        .map(|it| (it.finding.code.name(), it.finding.message))
        .collect()
}

fn codes(rules: &[&[Written<'_>]]) -> Vec<&'static str> {
    found(rules).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn clauses_that_contradict_each_other_are_found() {
    use Operator::*;
    let (a, b) = (&[Value::from("a")][..], &[Value::from("b")][..]);
    let ab = &[Value::from("a"), Value::from("b")][..];
    let (five, ten) = (&[Value::from(5)][..], &[Value::from(10)][..]);
    let (one, two) = (&[Value::from("1.0")][..], &[Value::from("2.0.0")][..]);
    let (may, june) = (
        &[Value::from("2024-05-01T00:00:00Z")][..],
        &[Value::from("2024-06-01T00:00:00Z")][..],
    );
    for clauses in [
        [("x", In, a, false), ("x", In, b, false)],
        [("x", In, a, false), ("x", In, ab, true)],
        [("many", In, a, false), ("many", In, ab, true)],
        [("x", GreaterThan, ten, false), ("x", LessThan, five, false)],
        [
            ("x", GreaterThan, five, false),
            ("x", LessThanOrEqual, five, false),
        ],
        [
            ("x", SemVerGreaterThan, two, false),
            ("x", SemVerLessThan, one, false),
        ],
        [
            ("x", SemVerEqual, two, false),
            ("x", SemVerEqual, one, false),
        ],
        [("x", After, june, false), ("x", Before, may, false)],
        [("x", StartsWith, a, false), ("x", StartsWith, b, false)],
        [("x", StartsWith, a, false), ("x", In, b, false)],
        [("x", StartsWith, a, false), ("x", Contains, a, true)],
    ] {
        assert_eq!(codes(&[&clauses]), ["rule-never-matches"], "{clauses:?}");
    }
    for clauses in [
        [("many", In, a, false), ("many", In, b, false)],
        [("x", In, a, false), ("y", In, b, false)],
        [("x", In, a, true), ("x", In, b, true)],
        [("x", In, ab, false), ("x", In, a, true)],
        [("x", GreaterThan, five, false), ("x", LessThan, ten, false)],
        [
            ("x", GreaterThanOrEqual, five, false),
            ("x", LessThanOrEqual, five, false),
        ],
        [("x", StartsWith, a, false), ("x", EndsWith, b, false)],
        [("x", Contains, a, false), ("x", StartsWith, a, true)],
    ] {
        let codes = codes(&[&clauses]);
        assert!(!codes.contains(&"rule-never-matches"), "{clauses:?}");
    }
    let lost = [
        ("x", In, ab, false),
        ("x", In, a, true),
        ("x", Contains, b, true),
    ];
    assert_eq!(codes(&[&lost]), ["rule-never-matches"]);
}

#[test]
fn what_takes_several_clauses_rules_or_segments_to_see_is_found() {
    use Operator::*;
    let (a, b) = (&[Value::from("a")][..], &[Value::from("b")][..]);
    let prefixes = &[Value::from("a"), Value::from("b")][..];
    let several = [
        ("x", StartsWith, prefixes, false),
        ("x", StartsWith, a, true),
        ("x", StartsWith, b, true),
    ];
    assert_eq!(
        found(&[&several]),
        [(
            "rule-never-matches",
            "this rule never matches: no context satisfies all of user x starts with \"a\" or \"b\", user x does not start with \"a\" and user x does not start with \"b\"; remove the wrong clause, or write a rule for each if one of them is enough".to_owned()
        )]
    );
    let together = [
        &[("x", StartsWith, a, false)][..],
        &[("x", StartsWith, b, false)],
        &[("x", StartsWith, prefixes, false)],
    ];
    assert_eq!(
        found(&together),
        [(
            "rule-covered",
            "this rule changes nothing: every context that matches it also matches rule 1, user x starts with \"a\", or rule 2, user x starts with \"b\"; leave it out".to_owned()
        )]
    );
    assert_eq!(
        found(&[&[("x", In, a, false), ("x", In, b, true)]]),
        [(
            "clause-covered",
            "this clause changes nothing: every context that satisfies user x is \"a\" also satisfies user x is not \"b\"; leave it out".to_owned()
        )]
    );
    assert_eq!(
        found(&[&[("x", In, prefixes, false), ("x", In, a, true)]]),
        [(
            "value-covered",
            "\"a\" changes nothing: no context with this value satisfies user x is not \"a\"; leave it out".to_owned()
        )]
    );
}

#[test]
fn what_guards_a_pattern_for_other_sdks_is_needed() {
    use Operator::*;
    let pattern = &[Value::from("^[a-z]+$")][..];
    let breaks = crate::pattern::LINE_BREAKS.map(Value::from);
    let guarded = [
        ("x", Matches, pattern, false),
        ("x", Contains, &breaks[..], true),
    ];
    assert_eq!(codes(&[&guarded]), [] as [&str; 0]);
}

#[test]
fn what_follows_from_other_segments_is_found() {
    let clause = |operator, value: &'static str| Clause {
        kind: ContextKind::USER,
        attribute: AttributeRef::parse("plan").unwrap(),
        operator,
        values: vec![value.into()],
        negate: false,
    };
    let asks = |key: &'static str, negate| Clause {
        negate,
        ..Clause::segment_match([SegmentKey::from_static(key)])
    };
    let rule = |clauses: Vec<Clause>| Rule {
        clauses,
        ..Rule::default()
    };
    let whole = |key, rules, excluded: &[&str]| {
        let keys: crate::ContextKeys = excluded.iter().map(|key| (*key).to_owned()).collect();
        let lists = if keys.is_empty() {
            [].into()
        } else {
            [(ContextKind::USER, keys)].into()
        };
        Definition {
            audience: Audience::Standard {
                included: Targets::Exactly([].into()),
                excluded: Targets::Exactly(lists),
                rules: Some(rules),
            },
            ..segment(key, Vec::new())
        }
    };
    let by_key = |key: &'static str| Clause {
        attribute: AttributeRef::KEY,
        ..clause(Operator::In, key)
    };
    let segments = [
        whole("free", vec![rule(vec![clause(Operator::In, "free")])], &[]),
        whole(
            "paid",
            vec![rule(vec![clause(Operator::StartsWith, "p")])],
            &[],
        ),
        whole(
            "both",
            vec![rule(vec![asks("free", false), asks("paid", false)])],
            &[],
        ),
        whole(
            "twice",
            vec![rule(vec![asks("free", false), asks("paid", true)])],
            &[],
        ),
        whole(
            "all",
            vec![
                rule(vec![asks("free", false)]),
                rule(vec![asks("free", true)]),
            ],
            &[],
        ),
        whole("none", vec![rule(vec![by_key("u")])], &["u"]),
        whole("some", vec![rule(vec![by_key("u")])], &["v"]),
        // Who waits for the first member has done nothing wrong.
        whole("nobody-yet", vec![], &[]),
        whole(
            "later",
            vec![rule(vec![asks("nobody-yet", false), asks("free", false)])],
            &[],
        ),
    ];
    let found = relations(&segments.iter().collect::<Vec<_>>(), &domains);
    let found: Vec<_> = found
        .iter()
        .map(|it| (segments[it.segment].key.as_str(), it.finding.code.name()))
        .collect();
    assert_eq!(
        found,
        [
            ("both", "rule-never-matches"),
            ("twice", "clause-covered"),
            ("all", "audience-everybody"),
            ("none", "audience-empty"),
            ("some", "excluded-unneeded"),
        ]
    );
}

#[test]
fn rules_that_change_nothing_are_found() {
    use Operator::*;
    let (a, ab) = (
        &[Value::from("a")][..],
        &[Value::from("a"), Value::from("b")][..],
    );
    let covered = found(&[
        &[("x", In, ab, false)],
        &[("x", In, a, false), ("y", In, a, false)],
    ]);
    assert_eq!(
        covered,
        [(
            "rule-covered",
            "this rule changes nothing: every context that matches it also matches rule 1, user x is \"a\" or \"b\"; leave it out".to_owned()
        )]
    );
    assert_eq!(
        codes(&[&[("x", In, a, false)], &[("x", In, ab, false)]]),
        [] as [&str; 0]
    );
    assert_eq!(codes(&[&[], &[("x", In, ab, false)]]), ["rule-covered"]);
}

#[test]
fn circles_are_told_with_the_whole_way() {
    let asks = |key, asked: &[&'static str]| {
        let clauses = vec![Clause::segment_match(
            asked.iter().map(|key| SegmentKey::from_static(key)),
        )];
        segment(
            key,
            vec![Rule {
                clauses,
                ..Rule::default()
            }],
        )
    };
    let segments = [
        asks("a", &["b"]),
        asks("b", &["d", "c"]),
        asks("c", &["a"]),
        asks("d", &["d"]),
        asks("e", &["d", "a"]),
    ];
    let relations = relations(&segments.iter().collect::<Vec<_>>(), &domains);
    let messages: Vec<_> = relations
        .iter()
        .map(|it| (it.segment, it.finding.message.as_str()))
        .collect();
    assert_eq!(
        messages,
        [
            (
                3,
                "segment references form a cycle: `d` references `d`; SDKs fail every flag that evaluates it"
            ),
            (
                2,
                "segment references form a cycle: `a` references `b` references `c` references `a`; SDKs fail every flag that evaluates it"
            ),
        ]
    );
    let chain: Vec<Definition> = vec![asks("a", &["b"]); 3];
    assert!(super::relations(&chain.iter().collect::<Vec<_>>(), &domains).len() <= 3);
}

#[test]
fn segments_with_the_same_members_are_found() {
    let rule = |description: Option<&str>| Rule {
        description: description.map(str::to_owned),
        clauses: vec![Clause {
            kind: ContextKind::USER,
            attribute: AttributeRef::parse("x").unwrap(),
            operator: Operator::In,
            values: vec!["a".into()],
            negate: false,
        }],
        rollout: None,
    };
    let whole = |key, rules: Option<Vec<Rule>>| Definition {
        audience: Audience::Standard {
            included: Targets::Exactly([].into()),
            excluded: Targets::Exactly([].into()),
            rules,
        },
        ..segment(key, Vec::new())
    };
    let users = Targets::Exactly([(ContextKind::USER, ["u".to_owned()].into())].into());
    let listed = |key| {
        let mut definition = whole(key, None);
        if let Audience::Standard { included, .. } = &mut definition.audience {
            *included = users.clone();
        }
        definition
    };
    let segments = [
        whole("a", Some(vec![rule(None)])),
        whole("b", Some(vec![rule(Some("why"))])),
        whole("c", Some(vec![])),
        whole("d", Some(vec![])),
        // Whoever else is in the lists of these, or in the rules of those, is not known.
        segment("e", vec![rule(None)]),
        segment("f", vec![rule(None)]),
        listed("g"),
        listed("h"),
    ];
    let relations = relations(&segments.iter().collect::<Vec<_>>(), &domains);
    assert_eq!(relations.len(), 1);
    assert_eq!(
        relations[0].finding.message,
        "this segment declares the same members as `a`; reference that one, or remove one"
    );
}
