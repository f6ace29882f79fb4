use proptest::prelude::*;

use super::relations;
use crate::evaluate::{CompiledSegments, ContextInstance};
use crate::{
    AttributeRef, AttributeValue, Audience, Clause, Code, ContextKind, Definition, Operator, Place,
    Rollout, Rule, SegmentKey, Targets, Value, Weight,
};

const SINGLE: [&str; 2] = ["one", "other"];
const ATTRIBUTES: [&str; 3] = ["one", "other", "many"];

/// Few values, so that they meet: of every type, and neighbours in every order.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![
            "a", "ab", "abc", "b", "cab", "1", "1.0.0", "1.0", "1.0.1-rc", "1.0.0+x", "2"
        ])
        .prop_map(Value::from),
        prop::sample::select(vec![
            "2024-05-03T00:00:00Z",
            "2024-05-03T01:00:00+01:00",
            "2024-05-03T00:00:01Z"
        ])
        .prop_map(Value::from),
        (-1..3).prop_map(Value::from),
        Just(Value::from(crate::Number::new(1.5).unwrap())),
        Just(Value::from(
            crate::Number::new(1_714_694_400_000.0).unwrap()
        )),
        any::<bool>().prop_map(Value::from),
    ]
}

fn clause() -> impl Strategy<Value = Clause> {
    let operator = prop::sample::select(crate::OPERATORS);
    let values = prop::collection::vec(value(), 1..4);
    (
        operator,
        prop::sample::select(&ATTRIBUTES[..]),
        values,
        any::<bool>(),
    )
        .prop_map(|(row, attribute, values, negate)| {
            if row.operator == Operator::SegmentMatch {
                let keys = values.iter().map(|value| {
                    if matches!(value, Value::Bool(_)) {
                        "x"
                    } else {
                        "y"
                    }
                });
                let clause = Clause::segment_match(keys.map(SegmentKey::from_static));
                return Clause { negate, ..clause };
            }
            Clause {
                kind: ContextKind::USER,
                attribute: AttributeRef::parse(attribute).unwrap(),
                operator: row.operator,
                values,
                negate,
            }
        })
}

fn rule() -> impl Strategy<Value = Rule> {
    let rollout = prop::option::weighted(0.2, prop::sample::select(vec![1_000, 30_000, 80_000]));
    (prop::collection::vec(clause(), 0..4), rollout).prop_map(|(clauses, weight)| Rule {
        description: None,
        clauses,
        rollout: weight.map(|weight| Rollout {
            weight: Weight::from_thousandths(weight).unwrap(),
            kind: ContextKind::USER,
            by: AttributeRef::KEY,
        }),
    })
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
        environments: [].into(),
    }
}

fn context() -> impl Strategy<Value = AttributeValue> {
    let one = || prop::option::weighted(0.8, value().prop_map(AttributeValue::from));
    let many = prop::option::weighted(0.8, prop::collection::vec(value(), 0..4));
    ("[a-d]", one(), one(), many).prop_map(|(key, one, other, many)| {
        let named = |name: &str, value: AttributeValue| (name.to_owned(), value);
        let attributes = [
            Some(named("key", key.into())),
            one.map(|value| named("one", value)),
            other.map(|value| named("other", value)),
            many.map(|values| named("many", values.into_iter().collect())),
        ];
        AttributeValue::object(attributes.into_iter().flatten())
    })
}

/// Whether each rule alone lets the context in.
fn holds(rules: &[Rule], context: &AttributeValue) -> Vec<Option<bool>> {
    let context = ContextInstance::from_kinds([("user".to_owned(), context.clone())]).unwrap();
    let asked = || {
        let listed = |key| Clause {
            kind: ContextKind::USER,
            attribute: AttributeRef::KEY,
            operator: Operator::In,
            values: vec![Value::from(key)],
            negate: false,
        };
        let rule = |key| Rule {
            clauses: vec![listed(key)],
            ..Rule::default()
        };
        [
            segment("x", vec![rule("a"), rule("b")]),
            segment("y", vec![rule("b"), rule("c")]),
        ]
    };
    let each = rules.iter().map(|rule| {
        let mut all = asked().to_vec();
        all.push(segment("s", vec![rule.clone()]));
        let compiled = CompiledSegments::from_definitions(&all).with_salts([("s", "salt")]);
        compiled.membership("s", &context).known()
    });
    each.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Looks for a context that proves a finding wrong.
    #[test]
    fn no_finding_has_a_counter_example(
        rules in prop::collection::vec(rule(), 1..4),
        contexts in prop::collection::vec(context(), 12),
    ) {
        let definition = segment("s", rules.clone());
        let single = |_: &ContextKind, attribute: &AttributeRef| SINGLE.contains(&attribute.as_str());
        for found in relations(&[&definition], &single) {
            for context in &contexts {
                let holds = holds(&rules, context);
                match (found.finding.code, found.finding.place) {
                    (Code::RuleNeverMatches, Place::Clause { rule, .. }) => {
                        prop_assert_ne!(holds[rule], Some(true), "{} {}", found.finding, context);
                    }
                    (Code::RuleCovered, Place::Rule(rule)) => {
                        let Place::Rule(earlier) = found.related[0].1 else { unreachable!() };
                        prop_assert!(
                            holds[rule] != Some(true) || holds[earlier] == Some(true),
                            "{} {}", found.finding, context
                        );
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }
    }
}

/// What is found in one segment of these rules, each written as its clauses.
/// A clause: attribute, operator, values, negated.
type Written<'a> = (&'a str, Operator, &'a [Value], bool);

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
    let single = |_: &ContextKind, attribute: &AttributeRef| attribute.as_str() != "many";
    let relations = relations(&[&definition], &single).into_iter();
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
        assert_eq!(codes(&[&clauses]), [] as [&str; 0], "{clauses:?}");
    }
    let lost = [
        ("x", In, ab, false),
        ("x", In, a, true),
        ("x", Contains, b, true),
    ];
    assert_eq!(codes(&[&lost]), ["rule-never-matches"]);
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
            "this rule changes nothing: whoever fulfils it fulfils rule 1, user x is \"a\" or \"b\"; leave it out".to_owned()
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
    let relations = relations(&segments.iter().collect::<Vec<_>>(), &|_, _| true);
    let messages: Vec<_> = relations
        .iter()
        .map(|it| (it.segment, it.finding.message.as_str()))
        .collect();
    assert_eq!(
        messages,
        [
            (
                3,
                "segments ask one another in a circle: `d` asks `d`; SDKs give up on every flag that meets it"
            ),
            (
                2,
                "segments ask one another in a circle: `a` asks `b` asks `c` asks `a`; SDKs give up on every flag that meets it"
            ),
        ]
    );
    let chain: Vec<Definition> = vec![asks("a", &["b"]); 3];
    assert!(super::relations(&chain.iter().collect::<Vec<_>>(), &|_, _| true).len() <= 3);
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
    let segments = [
        segment("a", vec![rule(None)]),
        segment("b", vec![rule(Some("why"))]),
        segment("c", vec![]),
        segment("d", vec![]),
    ];
    let relations = relations(&segments.iter().collect::<Vec<_>>(), &|_, _| true);
    assert_eq!(relations.len(), 1);
    assert_eq!(
        relations[0].finding.message,
        "this segment has the same members as `a`; ask that one, or leave one out"
    );
}
