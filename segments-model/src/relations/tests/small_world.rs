//! Every two clauses of a small world, compared with every context of it.

use std::collections::BTreeMap;

use crate::algebra::{Domain, Domains};
use crate::evaluate::{CompiledSegments, ContextInstance};
use crate::relations::within;
use crate::thorough::is_thorough;
use crate::{
    Arity, AttributeRef, AttributeType, AttributeValue, Clause, Code, ContextKind, Number,
    OPERATORS, Operand, Operator, Rule, SegmentKey, Value,
};

use super::segment;

fn number(number: f64) -> Value {
    Value::from(Number::new(number).unwrap())
}

const MAY: f64 = 1_714_694_400_000.0;

/// Values that an operator is written with: some equal, some next to one another, some inside one
/// another.
fn written(operator: Operator) -> Vec<Value> {
    let texts = |texts: &[&'static str]| texts.iter().copied().map(Value::from).collect();
    match operator.row().operand {
        Operand::Text => texts(&["a", "ab", "b"]),
        Operand::Pattern => texts(&["^a", "b$"]),
        Operand::Number => vec![number(0.0), number(1.0), number(1.5)],
        Operand::Date => vec![
            "2024-05-03T00:00:00Z".into(),
            number(MAY),
            "2024-05-03T01:00:01+01:00".into(),
        ],
        Operand::Version => texts(&["1.0.0-rc.1", "1.0", "1.0.0+x", "1.1.0"]),
        Operand::Segment => texts(&["x", "y"]),
        Operand::Scalar => vec![
            "a".into(),
            "ab".into(),
            "b".into(),
            "1.0.0".into(),
            "2024-05-03T00:00:00Z".into(),
            number(0.0),
            number(1.0),
            number(MAY),
            true.into(),
        ],
    }
}

/// Values that contexts have: what is written, and what lies between and beyond.
fn seen() -> Vec<Value> {
    let texts = [
        "",
        "a",
        "ab",
        "aba",
        "b",
        "ba",
        "bab",
        "c",
        "0.9.0",
        "1.0.0-rc.1",
        "1.0.0-rc.2",
        "1.0.0",
        "1.0.0+y",
        "1.0.1",
        "1.1.0",
        "2.0.0",
        "2024-05-02T00:00:00Z",
        "2024-05-03T00:00:00Z",
        "2024-05-03T00:00:00.5Z",
        "2024-05-04T00:00:00Z",
    ];
    let numbers = [
        -1.0,
        0.0,
        0.5,
        1.0,
        1.25,
        1.5,
        2.0,
        MAY - 1.0,
        MAY,
        MAY + 500.0,
        MAY + 5000.0,
    ];
    let texts = texts.into_iter().map(Value::from);
    let numbers = numbers.into_iter().map(number);
    texts
        .chain(numbers)
        .chain([true.into(), false.into()])
        .collect()
}

/// The clauses with one value or two, plain and negated.
fn clauses() -> Vec<Clause> {
    let mut clauses = Vec::new();
    for row in OPERATORS {
        let values = written(row.operator);
        for values in values.windows(1).chain(values.windows(2)) {
            for negate in [false, true] {
                clauses.push(Clause {
                    kind: ContextKind::USER,
                    attribute: AttributeRef::parse("x").unwrap(),
                    operator: row.operator,
                    values: values.to_vec(),
                    negate,
                });
            }
        }
    }
    clauses
}

/// The contexts: without the attribute, with each value, and with arrays of up to two values.
fn contexts(many: bool) -> Vec<ContextInstance> {
    let seen: Vec<AttributeValue> = seen().into_iter().map(AttributeValue::from).collect();
    let mut values = seen.clone();
    values.push(AttributeValue::Null);
    values.push(AttributeValue::object([("a".to_owned(), "a".into())]));
    if many {
        values.push(AttributeValue::Array(Vec::new()));
        let in_lists = written(Operator::In).into_iter().map(AttributeValue::from);
        let beyond = [-1.0, 2.0, MAY - 1.0, MAY + 5000.0].map(AttributeValue::from);
        let beyond = beyond
            .into_iter()
            .chain(["0.9.0", "1.1.0", "2.0.0", "c"].map(AttributeValue::from));
        let second: Vec<_> = in_lists.chain(beyond).collect();
        for first in &seen {
            for second in &second {
                values.push(AttributeValue::Array(vec![first.clone(), second.clone()]));
            }
        }
    }
    let with = values.into_iter().map(|value| {
        AttributeValue::object([("key".to_owned(), "s".into()), ("x".to_owned(), value)])
    });
    let without = ["p", "q", "r", "s"]
        .map(|key| AttributeValue::object([("key".to_owned(), AttributeValue::from(key))]));
    let contexts = with.chain(without);
    contexts
        .map(|context| ContextInstance::from_kinds([("user".to_owned(), context)]).unwrap())
        .collect()
}

/// For each clause, whether it holds in each of the contexts: a bit for each.
fn holds(clauses: &[Clause], contexts: &[ContextInstance]) -> Vec<Vec<u64>> {
    let rule = |clause: &Clause| Rule {
        clauses: vec![clause.clone()],
        ..Rule::default()
    };
    let has_key = |key| {
        rule(&Clause {
            attribute: AttributeRef::KEY,
            values: vec![Value::from(key)],
            ..clauses[0].clone()
        })
    };
    let mut segments = vec![
        segment("x", vec![has_key("p"), has_key("q")]),
        segment("y", vec![has_key("q"), has_key("r")]),
    ];
    let keys: Vec<String> = (0..clauses.len())
        .map(|at| format!("clause-{at}"))
        .collect();
    for (key, clause) in keys.iter().zip(clauses) {
        let mut alone = segment("x", vec![rule(clause)]);
        alone.key = SegmentKey::parse(key.clone()).unwrap();
        segments.push(alone);
    }
    let compiled = CompiledSegments::from_definitions(&segments);
    let holds = |key: &String, contexts: &[ContextInstance]| {
        contexts.iter().fold(0, |bits, context| {
            let holds = compiled.membership(key, context).known() == Some(true);
            bits << 1 | u64::from(holds)
        })
    };
    keys.iter()
        .map(|key| {
            contexts
                .chunks(64)
                .map(|contexts| holds(key, contexts))
                .collect()
        })
        .collect()
}

fn rule(clauses: &[&Clause]) -> Rule {
    Rule {
        clauses: clauses.iter().map(|clause| (*clause).clone()).collect(),
        ..Rule::default()
    }
}

fn says(rules: &[Rule], domains: Domains<'_>, code: Code) -> bool {
    let say = |_: usize, _: Option<usize>| String::new();
    let mut found = within(rules, domains, &say).into_iter();
    found.any(|relation| relation.finding.code == code)
}

/// Returns whether no context is said to fulfil both.
fn contradict(left: &Clause, right: &Clause, domains: Domains<'_>) -> bool {
    says(&[rule(&[left, right])], domains, Code::RULE_NEVER_MATCHES)
}

/// Returns whether every context that fulfils the left is said to fulfil the right.
fn implies(left: &Clause, right: &Clause, domains: Domains<'_>) -> bool {
    says(
        &[rule(&[right]), rule(&[left])],
        domains,
        Code::RULE_COVERED,
    )
}

/// Returns whether everything about two clauses can be told: their values are of one type, so that the world
/// has a context for whatever can be. What texts contain has more ways to meet than the world has.
fn exact(left: &Clause, right: &Clause) -> bool {
    let operands = [left, right].map(|clause| clause.operator.row().operand);
    let ordered = |operand| matches!(operand, Operand::Number | Operand::Date | Operand::Version);
    operands[0] == operands[1] && ordered(operands[0])
        || operands.contains(&Operand::Scalar) && !operands.contains(&Operand::Segment)
}

/// What is said of two clauses holds in every context, and of clauses about numbers, dates, versions
/// and lists everything is said. All clauses stand on the left under `SEGMENTS_THOROUGH`, else each fortieth of an
/// operator.
#[test]
fn what_is_said_of_two_clauses_is_so_in_every_context() {
    let clauses = clauses();
    let each = if is_thorough() { 1 } else { 40 };
    let mut told: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for arity in [Arity::One, Arity::Unknown] {
        let domains = |_: &ContextKind, _: &AttributeRef| Domain::new(AttributeType::Any, arity);
        let contexts = contexts(arity == Arity::Unknown);
        let holds = holds(&clauses, &contexts);
        let mut of_operators = BTreeMap::new();
        let lefts = clauses.iter().zip(&holds).filter(|(left, _)| {
            let of_operator = of_operators.entry(left.operator.wire()).or_insert(0);
            *of_operator += 1;
            (*of_operator - 1) % each == 0
        });
        for (left, at_left) in lefts {
            for (right, at_right) in clauses.iter().zip(&holds) {
                let says = [
                    contradict(left, right, &domains),
                    implies(left, right, &domains),
                ];
                let both = || at_left.iter().zip(at_right);
                let is = [
                    both().all(|(left, right)| left & right == 0),
                    both().all(|(left, right)| left & !right == 0),
                ];
                for (at, (says, is)) in says.into_iter().zip(is).enumerate() {
                    if says && !is || !says && is && exact(left, right) {
                        let word = ["contradicts", "implies"][at];
                        wrong.push(format!("{left} {word} {right}: said {says}, is {is}"));
                    }
                    if says && left != right {
                        told.entry(left.operator.wire()).or_default()[at] += 1;
                    }
                }
            }
        }
    }
    let sample: Vec<_> = wrong.iter().take(40).collect();
    assert!(wrong.is_empty(), "{} wrong: {sample:#?}", wrong.len());
    // Nothing here would fail if nothing were said.
    for row in OPERATORS {
        let told = told.get(row.wire).copied().unwrap_or_default();
        assert!(
            told.iter().all(|count| *count >= 2),
            "{}: {told:?}",
            row.wire
        );
    }
}
