//! Another solver as an oracle: what is proved of random segments is asked of z3, too. It comes from `PyPI`
//! (`python3 -m venv z3 && z3/bin/pip install z3-solver`), and the test skips without it:
//!
//! ```text
//! SEGMENTS_ORACLE=z3/bin/python SEGMENTS_CASES=100000 \
//!     cargo test -p segments-model --all-features --release --test algebra oracle -- --nocapture
//! ```
//!
//! Segments are written as formulas of SMT-LIB by what the documentation says of them, and not by the algebra's own.
//! Texts, numbers, booleans, kinds, keys and lists are; what looks at anything else is passed over.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use segments_model::algebra::{Algebra, Answer, Domain, Expression};
use segments_model::{
    AttributeRef, Audience, Clause, ContextKind, Definition, Operator, Rule, Targets, Value,
};

use super::{Random, questions, vocabulary, world};

/// What every context is: some kinds, the attributes of a kind only with it, and a key that is not empty but for a
/// user of the time before kinds.
const HEAD: &str = "(declare-const user Bool)(declare-const device Bool)(declare-const other Bool)\
    (assert (or user device other))\
    (declare-const key-user String)(declare-const key-device String)\
    (assert (not (= key-device \"\")))\
    (declare-const anonymous-user Bool)\
    (declare-const has-plan Bool)(declare-const plan String)(assert (=> has-plan user))\
    (declare-const has-seats Bool)(declare-const seats Real)(assert (=> has-seats user))\
    (declare-const has-beta Bool)(declare-const beta Bool)(assert (=> has-beta user))";

fn any(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    format!("(or false {})", parts.join(" "))
}

fn all(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    format!("(and true {})", parts.join(" "))
}

fn not(part: &str) -> String {
    format!("(not {part})")
}

/// A value as SMT-LIB writes it; none of another sort than the attribute.
fn value(attribute: &str, value: &Value) -> Option<String> {
    match (attribute, value) {
        ("plan" | "key", Value::String(text)) => Some(format!("\"{text}\"")),
        ("seats", Value::Number(number)) => Some(match number.get() {
            number if number < 0.0 => format!("(- {:?})", -number),
            number => format!("{number:?}"),
        }),
        ("beta" | "anonymous", Value::Bool(value)) => Some(value.to_string()),
        _ => None,
    }
}

fn pattern(pattern: &str, term: &str) -> Option<String> {
    let word = "(re.+ (re.union (str.to_re \"a\") (str.to_re \"b\")))";
    let any_but_break = "(re.* (re.diff re.allchar (str.to_re \"\\u{a}\")))";
    Some(match pattern {
        "^a" => format!("(str.prefixof \"a\" {term})"),
        "b$" => format!("(str.suffixof \"b\" {term})"),
        "^[ab]+$" => format!("(str.in_re {term} {word})"),
        "a.*b" => format!(
            "(str.in_re {term} (re.++ re.all (str.to_re \"a\") {any_but_break} (str.to_re \"b\") re.all))"
        ),
        "^$|c" => format!("(or (= {term} \"\") (str.contains {term} \"c\"))"),
        _ => return None,
    })
}

fn test(clause: &Clause, attribute: &str, term: &str) -> Option<String> {
    let compared = clause.values.iter().map(|it| {
        if clause.operator == Operator::Matches {
            return pattern(it.as_str()?, term);
        }
        let Some(value) = value(attribute, it) else {
            return Some("false".to_owned());
        };
        Some(match clause.operator {
            Operator::In => format!("(= {term} {value})"),
            Operator::StartsWith => format!("(str.prefixof {value} {term})"),
            Operator::EndsWith => format!("(str.suffixof {value} {term})"),
            Operator::Contains => format!("(str.contains {term} {value})"),
            Operator::LessThan => format!("(< {term} {value})"),
            Operator::LessThanOrEqual => format!("(<= {term} {value})"),
            Operator::GreaterThan => format!("(> {term} {value})"),
            Operator::GreaterThanOrEqual => format!("(>= {term} {value})"),
            _ => return None,
        })
    });
    Some(any(compared.collect::<Option<Vec<_>>>()?))
}

fn clause(clause: &Clause, world: &[Definition]) -> Option<String> {
    if clause.operator == Operator::SegmentMatch {
        let asked = clause.segments().map(|key| segment(key, world));
        let asked = any(asked.collect::<Option<Vec<_>>>()?);
        return Some(if clause.negate { not(&asked) } else { asked });
    }
    if clause.tests_kinds() {
        if clause.operator != Operator::In {
            return None;
        }
        let kinds = any(clause.named_kinds().map(|kind| kind.to_string()));
        return Some(if clause.negate { not(&kinds) } else { kinds });
    }
    let (kind, attribute) = (clause.kind.as_str(), clause.attribute.as_str());
    let (present, term) = match (kind, attribute) {
        ("user", "key" | "anonymous") => ("user".to_owned(), format!("{attribute}-user")),
        ("user", "plan" | "seats" | "beta") => (format!("has-{attribute}"), attribute.to_owned()),
        _ => return None,
    };
    let holds = test(clause, attribute, &term)?;
    let holds = if clause.negate { not(&holds) } else { holds };
    Some(all([present, holds]))
}

fn rule(rule: &Rule, world: &[Definition]) -> Option<String> {
    if rule.rollout.is_some() {
        return None;
    }
    let clauses = rule.clauses.iter().map(|it| clause(it, world));
    Some(all(clauses.collect::<Option<Vec<_>>>()?))
}

fn listed(targets: &Targets) -> String {
    let lists = targets.lists().map(|(kind, keys)| {
        let keys = keys.iter().map(|key| format!("(= key-{kind} \"{key}\")"));
        all([kind.to_string(), any(keys)])
    });
    any(lists)
}

/// Included beats excluded beats rules.
fn segment(key: &str, world: &[Definition]) -> Option<String> {
    let definition = world.iter().find(|it| it.key == *key)?;
    if definition.absent {
        return None;
    }
    let Audience::Standard {
        included,
        excluded,
        rules: Some(rules),
    } = &definition.audience
    else {
        return None;
    };
    let rules = rules.iter().map(|it| rule(it, world));
    let rules = any(rules.collect::<Option<Vec<_>>>()?);
    let by_rules = all([not(&listed(excluded)), rules]);
    Some(any([listed(included), by_rules]))
}

fn formula(expression: &Expression, world: &[Definition]) -> Option<String> {
    let each = |parts: &[Expression]| -> Option<Vec<String>> {
        parts.iter().map(|part| formula(part, world)).collect()
    };
    match expression {
        Expression::Segment(key) => segment(key, world),
        Expression::Not(inner) => Some(not(&formula(inner, world)?)),
        Expression::All(parts) => Some(all(each(parts)?)),
        Expression::Any(parts) => Some(any(each(parts)?)),
        Expression::Earlier(_) | Expression::Kind { .. } => None,
    }
}

#[test]
fn the_oracle_says_the_same() {
    let Some(python) = std::env::var_os("SEGMENTS_ORACLE") else {
        println!("not run: `SEGMENTS_ORACLE` names no Python with z3-solver");
        return;
    };
    let cases = std::env::var("SEGMENTS_CASES").ok();
    let cases: usize = cases.and_then(|it| it.parse().ok()).unwrap_or(1_000);
    let vocabulary = vocabulary();
    let declared = |kind: &ContextKind, attribute: &AttributeRef| {
        let mut known = vocabulary.iter();
        let known = known.find(|it| it.kind == kind.as_str() && it.name == attribute.as_str());
        known.map_or(Domain::UNKNOWN, |it| it.domain.clone())
    };
    let questions = questions();
    let mut asked = String::new();
    let (mut count, mut case) = (0, 0);
    while count < cases {
        case += 1;
        let world = world(&mut Random(case), &vocabulary);
        // Texts, numbers and booleans of users.
        if !world.attributes.iter().all(|at| [0, 1, 3].contains(at)) {
            continue;
        }
        let algebra = Algebra::new(&world.segments, &declared);
        for question in &questions {
            let Some(formula) = formula(question, &world.segments) else {
                continue;
            };
            let answer = match algebra.example(question) {
                Answer::Example(_) => "sat",
                Answer::Nobody => "unsat",
                Answer::Unknown => "unknown",
            };
            let _ = writeln!(
                asked,
                "{case} {question}\t{answer}\t{HEAD}(assert {formula})"
            );
            count += 1;
        }
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oracle.tsv");
    std::fs::write(&path, asked).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/algebra/oracle.py");
    let ended = Command::new(python)
        .arg(script)
        .arg(&path)
        .status()
        .unwrap();
    assert!(ended.success());
}
