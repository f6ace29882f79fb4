//! Brute force: what is proved of random segments over a small vocabulary is held against the interpreter
//! for every context over the values at the bounds.
//!
//! `SEGMENTS_CASES` says how many random worlds are made. A million of them:
//!
//! ```text
//! SEGMENTS_CASES=1000000 cargo test -p segments-model --all-features --release --test algebra -- --nocapture
//! ```

#[cfg(feature = "toml")]
#[path = "algebra/files.rs"]
mod files;
#[path = "algebra/oracle.rs"]
mod oracle;

use std::collections::{BTreeMap, BTreeSet};

use segments_model::algebra::{Algebra, Answer, Domain, Expression, Verdict};
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{
    Arity, AttributeRef, AttributeType, AttributeValue, Audience, Clause, ContextKeys, ContextKind,
    Definition, Environments, Lifecycle, Number, Operand, Operator, Rollout, Rule, SegmentKey,
    Targets, Value, Weight,
};

/// A generator of random numbers that gives the same everywhere (`SplitMix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// An attribute of the small vocabulary.
struct Attribute {
    kind: &'static str,
    name: &'static str,
    domain: Domain,
    operators: Vec<Operator>,
    /// What it is in contexts: at the bounds, between, and beyond.
    values: Vec<AttributeValue>,
}

const MAY: f64 = 1_714_694_400_000.0;

fn written(random: &mut Random, operator: Operator, of: AttributeType) -> Value {
    let number = |n: f64| Value::from(Number::new(n).unwrap());
    match operator.row().operand {
        Operand::Text => (*random.pick(&["a", "ab", "b", "ba"])).into(),
        Operand::Pattern => (*random.pick(&["^a", "b$", "^[ab]+$", "a.*b", "^$|c"])).into(),
        Operand::Number => number(*random.pick(&[0.0, 1.0, 1.5])),
        Operand::Date => random
            .pick(&[
                "2024-05-03T00:00:00Z".into(),
                number(MAY),
                "2024-05-03T00:00:00.001Z".into(),
            ])
            .clone(),
        Operand::Version => (*random.pick(&["1.0.0-rc.1", "1.0", "1.0.1", "2"])).into(),
        Operand::Segment => unreachable!("written apart"),
        Operand::Scalar => match of {
            AttributeType::Bool => random.chance(50).into(),
            AttributeType::Number => number(*random.pick(&[0.0, 1.0, 2.0])),
            AttributeType::Date => random
                .pick(&["2024-05-03T00:00:00Z".into(), number(MAY)])
                .clone(),
            AttributeType::Version => (*random.pick(&["1.0.0", "1.0", "2.0.0"])).into(),
            AttributeType::String => (*random.pick(&["a", "ab", "b"])).into(),
            AttributeType::Any => random
                .pick(&[
                    "a".into(),
                    "1.0.0".into(),
                    number(1.0),
                    true.into(),
                    "2024-05-03T00:00:00Z".into(),
                ])
                .clone(),
        },
    }
}

#[allow(clippy::too_many_lines, reason = "a table, or a case for each code")]
fn vocabulary() -> Vec<Attribute> {
    use AttributeType::{Any, Bool, Date, Number, String, Version};
    use Operator::{
        After, Before, Contains, EndsWith, GreaterThan, GreaterThanOrEqual, In, LessThan,
        LessThanOrEqual, Matches, SemVerEqual, SemVerGreaterThan, SemVerLessThan, StartsWith,
    };
    let words = || {
        let mut words = vec![std::string::String::new()];
        for from in 0..40 {
            let Some(word) = words.get(from).cloned() else {
                break;
            };
            if word.len() < 3 {
                words.extend(["a", "b", "c"].map(|letter| format!("{word}{letter}")));
            }
        }
        words
            .into_iter()
            .map(AttributeValue::from)
            .collect::<Vec<_>>()
    };
    let numbers = [-1.0, 0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0].map(AttributeValue::from);
    let versions = [
        "0.1.0",
        "1.0.0-rc.1",
        "1.0.0-rc.2",
        "1.0.0",
        "1.0",
        "1.0.0+x",
        "1.0.1-x",
        "1.0.1",
        "1.5.0",
        "2.0.0",
        "2.0.0+x",
        "3.0.0",
    ]
    .map(AttributeValue::from);
    let dates = [
        "2024-05-02T00:00:00Z",
        "2024-05-03T00:00:00Z",
        "2024-05-03T02:00:00+02:00",
        "2024-05-03T00:00:00.0005Z",
        "2024-05-03T00:00:00.001Z",
        "2024-05-04T00:00:00Z",
    ]
    .map(AttributeValue::from)
    .into_iter()
    .chain([MAY - 1.0, MAY, MAY + 0.5, MAY + 1.0, MAY + 2.0].map(AttributeValue::from));
    let dates: Vec<AttributeValue> = dates.collect();
    let bools = [true, false].map(AttributeValue::from);
    let mut lists: Vec<AttributeValue> = vec![AttributeValue::Array(Vec::new())];
    for first in words() {
        lists.push(AttributeValue::Array(vec![first.clone()]));
        for second in ["a", "ab", "b", "c", "ba"] {
            lists.push(AttributeValue::Array(vec![first.clone(), second.into()]));
        }
    }
    let mut anything: Vec<AttributeValue> = vec![
        AttributeValue::Array(Vec::new()),
        AttributeValue::Object(Vec::new()),
    ];
    for value in [
        "a",
        "b",
        "1.0.0",
        "2.0.0",
        "2024-05-03T00:00:00Z",
        "2024-05-04T00:00:00Z",
    ]
    .map(AttributeValue::from)
    .into_iter()
    .chain([0.0, 1.0, MAY].map(AttributeValue::from))
    .chain(bools.clone())
    {
        anything.push(value.clone());
        anything.push(AttributeValue::Array(vec![value.clone(), true.into()]));
        anything.push(AttributeValue::Array(vec![value, "1.0.0".into()]));
    }
    let texts = || vec![In, StartsWith, EndsWith, Contains, Matches];
    let comparisons = || {
        vec![
            In,
            LessThan,
            LessThanOrEqual,
            GreaterThan,
            GreaterThanOrEqual,
        ]
    };
    let attribute = |kind, name, of, arity, operators, values| Attribute {
        kind,
        name,
        domain: Domain::new(of, arity),
        operators,
        values,
    };
    vec![
        attribute("user", "plan", String, Arity::One, texts(), words()),
        attribute(
            "user",
            "seats",
            Number,
            Arity::One,
            comparisons(),
            numbers.to_vec(),
        ),
        attribute(
            "user",
            "version",
            Version,
            Arity::One,
            vec![In, SemVerEqual, SemVerGreaterThan, SemVerLessThan],
            versions.to_vec(),
        ),
        attribute("user", "beta", Bool, Arity::One, vec![In], bools.to_vec()),
        attribute("user", "groups", String, Arity::Many, texts(), lists),
        attribute(
            "user",
            "since",
            Date,
            Arity::One,
            vec![In, Before, After],
            dates,
        ),
        attribute("device", "os", String, Arity::Unknown, texts(), words()),
        attribute(
            "device",
            "x",
            Any,
            Arity::Unknown,
            vec![In, StartsWith, LessThan, After, SemVerLessThan],
            anything,
        ),
    ]
}

/// Random segments, and the attributes that they look at.
struct World {
    segments: Vec<Definition>,
    attributes: Vec<usize>,
    shares: bool,
}

const KEYS: [&str; 3] = ["a", "b", "c"];

fn world(random: &mut Random, vocabulary: &[Attribute]) -> World {
    let mut attributes = vec![
        random.below(vocabulary.len()),
        random.below(vocabulary.len()),
    ];
    attributes.dedup();
    let mut shares = false;
    let mut segments = Vec::new();
    for (at, key) in KEYS.into_iter().enumerate() {
        let rules = (0..random.below(4)).map(|_| {
            let clauses = (0..random.below(4))
                .map(|_| clause(random, vocabulary, &attributes, at))
                .collect();
            let rollout = random.chance(10).then(|| {
                shares = true;
                Rollout {
                    weight: Weight::from_thousandths(*random.pick(&[0, 20_000, 60_000, 100_000]))
                        .unwrap(),
                    kind: ContextKind::from_static(if random.chance(80) {
                        "user"
                    } else {
                        "device"
                    }),
                    by: AttributeRef::parse(*random.pick(&["key", "plan", "seats"])).unwrap(),
                }
            });
            Rule {
                description: None,
                clauses,
                rollout,
            }
        });
        let rules = rules.collect();
        segments.push(Definition {
            key: SegmentKey::from_static(key),
            name: key.to_owned(),
            description: None,
            tags: None,
            audience: Audience::Standard {
                included: targets(random),
                excluded: targets(random),
                rules: Some(rules),
            },
            unmanaged: BTreeSet::new(),
            absent: random.chance(1),
            lifecycle: Lifecycle::default(),
            environments: Environments::default(),
        });
    }
    World {
        segments,
        attributes,
        shares,
    }
}

fn targets(random: &mut Random) -> Targets {
    let mut lists: BTreeMap<ContextKind, ContextKeys> = BTreeMap::new();
    if random.chance(25) {
        let kind = if random.chance(80) { "user" } else { "device" };
        let keys = (0..=random.below(2)).map(|_| (*random.pick(&["u", "v"])).to_owned());
        lists.insert(ContextKind::from_static(kind), keys.collect());
    }
    Targets::Exactly(lists)
}

fn clause(
    random: &mut Random,
    vocabulary: &[Attribute],
    attributes: &[usize],
    at: usize,
) -> Clause {
    let negate = random.chance(35);
    // Segments ask those before them.
    if at > 0 && random.chance(15) {
        let mut clause = Clause::segment_match([SegmentKey::from_static(KEYS[random.below(at)])]);
        clause.negate = negate;
        return clause;
    }
    let text = |text: &&'static str| Value::from(*text);
    let (kind, attribute, operator, values) = match random.below(20) {
        0 => (
            "user",
            "key",
            Operator::In,
            vec![text(random.pick(&["u", "v"]))],
        ),
        1 => (
            "user",
            "anonymous",
            Operator::In,
            vec![random.chance(50).into()],
        ),
        2 => (
            "user",
            "kind",
            Operator::In,
            vec![text(random.pick(&["user", "device"]))],
        ),
        3 => (
            "user",
            "kind",
            Operator::StartsWith,
            vec![text(random.pick(&["u", "d", "x"]))],
        ),
        4 => (
            "user",
            "key",
            Operator::StartsWith,
            vec![text(random.pick(&["u", "v"]))],
        ),
        _ => {
            let attribute = &vocabulary[*random.pick(attributes)];
            let operator = *random.pick(&attribute.operators);
            let values = (0..=random.below(2))
                .map(|_| written(random, operator, attribute.domain.attribute_type));
            (attribute.kind, attribute.name, operator, values.collect())
        }
    };
    Clause {
        kind: ContextKind::from_static(kind),
        attribute: AttributeRef::parse(attribute).unwrap(),
        operator,
        values,
        negate,
    }
}

/// The contexts of a kind over all values of some attributes; absent ones, too.
fn of_kind(
    vocabulary: &[Attribute],
    attributes: &[usize],
    kind: &str,
) -> Vec<Option<AttributeValue>> {
    let mut all: Vec<Vec<(String, AttributeValue)>> = vec![Vec::new()];
    let own: BTreeSet<usize> = attributes.iter().copied().collect();
    for at in own.into_iter().filter(|at| vocabulary[*at].kind == kind) {
        let attribute = &vocabulary[at];
        let with = |context: &Vec<(String, AttributeValue)>, value: &AttributeValue| {
            let mut context = context.clone();
            context.push((attribute.name.to_owned(), value.clone()));
            context
        };
        let more = all.iter().flat_map(|context| {
            let values = attribute.values.iter();
            values
                .map(|value| with(context, value))
                .chain([context.clone()])
        });
        all = more.collect();
    }
    let mut contexts = vec![None];
    for context in all {
        for (key, anonymous) in [("u", false), ("v", false), ("w", false), ("w", true)] {
            let mut context = context.clone();
            context.push(("key".to_owned(), key.into()));
            context.push(("anonymous".to_owned(), anonymous.into()));
            contexts.push(Some(AttributeValue::object(context)));
        }
    }
    contexts
}

/// How many contexts of a world are looked at; all if there are fewer.
const CONTEXTS: usize = 400;

/// Contexts of all kinds together.
fn contexts(
    random: &mut Random,
    [users, devices]: &[Vec<Option<AttributeValue>>; 2],
) -> Vec<ContextInstance> {
    let both = |at: usize| {
        let kinds = [
            ("user", &users[at % users.len()]),
            ("device", &devices[at / users.len()]),
        ];
        let kinds = kinds.into_iter();
        let kinds = kinds.filter_map(|(kind, it)| Some((kind.to_owned(), it.clone()?)));
        ContextInstance::from_kinds(kinds).ok()
    };
    let all = users.len() * devices.len();
    let mut contexts: Vec<ContextInstance> = if all <= CONTEXTS {
        (0..all).filter_map(both).collect()
    } else {
        (0..CONTEXTS)
            .filter_map(|_| both(random.below(all)))
            .collect()
    };
    let xray = AttributeValue::object([("key".to_owned(), "k".into())]);
    contexts.extend(ContextInstance::from_kinds([("xray".to_owned(), xray)]));
    contexts
}

fn questions() -> Vec<Expression> {
    let [a, b, c] = KEYS.map(Expression::segment);
    vec![
        a.clone(),
        !a.clone(),
        b.clone(),
        !c.clone(),
        a.clone() & b.clone(),
        a.clone() & !b.clone(),
        b.clone() & !a.clone(),
        b.clone() & c.clone(),
        (a.clone() | b.clone()) & !c.clone(),
        !(a | b | c),
    ]
}

fn holds(expression: &Expression, members: &BTreeMap<&str, bool>) -> bool {
    match expression {
        Expression::Segment(key) | Expression::Earlier(key) => members[key.as_str()],
        Expression::Not(inner) => !holds(inner, members),
        Expression::All(parts) => parts.iter().all(|part| holds(part, members)),
        Expression::Any(parts) => parts.iter().any(|part| holds(part, members)),
        Expression::Kind { .. } => unreachable!("not asked"),
    }
}

#[test]
fn what_is_proved_holds_for_every_context() {
    let cases = std::env::var("SEGMENTS_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let cases: u64 = cases.unwrap_or(120);
    let vocabulary = vocabulary();
    let declared = |kind: &ContextKind, attribute: &AttributeRef| {
        let mut known = vocabulary.iter();
        let known = known.find(|it| it.kind == kind.as_str() && it.name == attribute.as_str());
        known.map_or(Domain::UNKNOWN, |it| it.domain.clone())
    };
    let questions = questions();
    let mut made: BTreeMap<Vec<usize>, [Vec<Option<AttributeValue>>; 2]> = BTreeMap::new();
    let (mut asked, mut examples, mut nobody, mut unknown) = (0_u64, 0_u64, 0_u64, 0_u64);
    for case in 0..cases {
        let mut random = Random(case);
        let world = world(&mut random, &vocabulary);
        let kinds = made.entry(world.attributes.clone()).or_insert_with(|| {
            ["user", "device"].map(|kind| of_kind(&vocabulary, &world.attributes, kind))
        });
        let contexts = contexts(&mut random, kinds);
        let there = world.segments.iter().filter(|segment| !segment.absent);
        let compiled = CompiledSegments::from_definitions(there);
        let mut seen = vec![None; questions.len()];
        for salt in 0..if world.shares { 3 } else { 1 } {
            let compiled = compiled
                .clone()
                .with_salts(KEYS.map(|key| (key, format!("salt-{salt}"))));
            for context in &contexts {
                let mut members: BTreeMap<&str, bool> =
                    KEYS.iter().map(|key| (*key, false)).collect();
                for (key, membership) in compiled.memberships(context) {
                    // What references a segment that does not exist is asked apart.
                    members.insert(key, membership.known().unwrap_or_default());
                }
                for (question, seen) in questions.iter().zip(&mut seen) {
                    if seen.is_none() && holds(question, &members) {
                        *seen = Some(context);
                    }
                }
            }
        }
        if world.segments.iter().any(|segment| segment.absent) {
            continue;
        }
        let algebra = Algebra::new(&world.segments, &declared);
        for (question, seen) in questions.iter().zip(seen) {
            asked += 1;
            match (algebra.example(question), seen) {
                (Answer::Nobody, Some(context)) => {
                    let rules: Vec<String> = world
                        .segments
                        .iter()
                        .map(|segment| format!("{segment:?}"))
                        .collect();
                    panic!("case {case}: nobody is in {question}, but {context:?} is: {rules:#?}");
                }
                (Answer::Nobody, None) => nobody += 1,
                (Answer::Example(witness), _) => {
                    let kinds = witness
                        .contexts()
                        .map(|(kind, context)| (kind.as_str().to_owned(), context.clone()));
                    assert!(
                        ContextInstance::from_kinds(kinds).is_ok(),
                        "case {case}: {witness}"
                    );
                    assert!(
                        ContextInstance::from_json(&witness.json()).is_ok(),
                        "case {case}: {witness}"
                    );
                    examples += 1;
                }
                (Answer::Unknown, _) => unknown += 1,
            }
        }
    }
    println!(
        "{cases} worlds, {asked} questions: {examples} with an example, {nobody} without, {unknown} unknown"
    );
    assert!(examples > 0 && nobody > 0);
    assert!(unknown * 100 <= asked, "{unknown} of {asked} are unknown");
}

/// Of every random segment: no change from itself, the contrary of a change the other way round, and boundaries on
/// both sides of which the interpreter says the same.
#[test]
fn changes_have_two_directions_and_boundaries_two_sides() {
    let vocabulary = vocabulary();
    let declared = |kind: &ContextKind, attribute: &AttributeRef| {
        let mut known = vocabulary.iter();
        let known = known.find(|it| it.kind == kind.as_str() && it.name == attribute.as_str());
        known.map_or(Domain::UNKNOWN, |it| it.domain.clone())
    };
    let (mut both, mut boundaries) = (0, 0);
    for case in 0..60 {
        let mut random = Random(case);
        let (one, other) = (
            world(&mut random, &vocabulary),
            world(&mut random, &vocabulary),
        );
        let same = Algebra::new(&one.segments, &declared).with_earlier(&one.segments);
        let there = Algebra::new(&one.segments, &declared).with_earlier(&other.segments);
        let back = Algebra::new(&other.segments, &declared).with_earlier(&one.segments);
        let compiled = CompiledSegments::from_definitions(&one.segments);
        for key in KEYS {
            assert_eq!(same.change(key).verdict(), Verdict::Same, "case {case}");
            let turned = match there.change(key).verdict() {
                Verdict::Wider => Verdict::Narrower,
                Verdict::Narrower => Verdict::Wider,
                same => same,
            };
            assert_eq!(back.change(key).verdict(), turned, "case {case}");
            both += u32::from(turned == Verdict::Both);
            for boundary in same.boundaries(key) {
                let known = compiled.get(key).unwrap().contains(&boundary.context());
                let absent = one.segments.iter().any(|it| it.absent);
                assert!(
                    absent || known == Some(boundary.is_member),
                    "case {case}: {boundary:?}"
                );
                boundaries += 1;
            }
        }
    }
    assert!(both > 0 && boundaries > 200, "{both} {boundaries}");
}
