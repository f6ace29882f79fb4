use std::cmp::Ordering;

use super::clauses::clauses;
use crate::code::code;
use crate::version::{compare, read};
use crate::{Code, Draft, Findings, Operator, Place, Value};

code! {
    /// A value adds nothing to another value of its clause, or no context can have it.
    ///
    /// ```toml,wrong
    /// [segments.early]
    /// rules = [{ clauses = [{ attribute = "age", op = "lessThan", values = [18, 21] }] }]
    /// ```
    ///
    /// ```text
    /// warning[value-covered]: 18 adds nothing: one match is enough, and everything that matches it also matches 21; remove the narrower value, or write two clauses if both have to match
    /// ```
    ///
    /// ```toml,right
    /// [segments.early]
    /// rules = [{ clauses = [{ attribute = "age", op = "lessThan", values = [21] }] }]
    /// ```
    VALUE_COVERED = Warning "value-covered";
}

/// Compares the values of one clause; `relations/value_covered.rs` each with the other clauses.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, written) in clauses(draft) {
        if let Some(operator) = written.operator
            && let Some((adds_nothing, by)) = covered(operator, &written.values)
            && let (Some(Some(one)), Some(Some(other))) =
                (written.values.get(adds_nothing), written.values.get(by))
        {
            let message = format!(
                "{one} adds nothing: one match is enough, and everything that matches it also matches {other}; remove the narrower value, or write two clauses if both have to match"
            );
            let place = Place::Value {
                rule,
                clause,
                value: adds_nothing,
            };
            findings.add(Code::VALUE_COVERED, place, message);
        }
    }
}

/// How many texts of a clause are held against each other.
const MOST_TEXTS: usize = 100;

/// The first value of a clause that adds nothing, with the one that covers it: with several values one
/// match is enough.
fn covered(operator: Operator, values: &[Option<Value>]) -> Option<(usize, usize)> {
    use crate::Operand::{Date, Number, Text, Version};
    let known = values.iter().enumerate();
    let known: Vec<(usize, &Value)> = known
        .filter_map(|(at, v)| Some((at, v.as_ref()?)))
        .collect();
    let pairs = match operator.row().operand {
        // Of these any two are ordered, so that the first two tell.
        Number | Date => 2,
        Version if operator != Operator::SemVerEqual => 2,
        Version | Text => MOST_TEXTS,
        _ => return None,
    };
    let known = &known[..known.len().min(pairs)];
    known.iter().find_map(|(at, value)| {
        let mut others = known.iter();
        let by = others.find(|(other, partner)| {
            other != at
                && value != partner
                && one_implies((operator, value), (operator, partner))
                // Of two versions that are the same the later one adds nothing.
                && (other < at || !one_implies((operator, partner), (operator, value)))
        });
        by.map(|(by, _)| (*at, *by))
    })
}

type One<'a> = (Operator, &'a Value);

fn one_implies((left, value): One<'_>, (right, partner): One<'_>) -> bool {
    use Operator::{
        After, Before, Contains, EndsWith, GreaterThan, GreaterThanOrEqual, LessThan,
        LessThanOrEqual, SemVerEqual, SemVerGreaterThan, SemVerLessThan, StartsWith,
    };
    let texts = || Some((value.as_str()?, partner.as_str()?));
    let text = |test: fn(&str, &str) -> bool| texts().is_some_and(|(v, p)| test(v, p));
    let order = |test: fn(Ordering) -> bool| order(left, value, right, partner).is_some_and(test);
    match (left, right) {
        (StartsWith, StartsWith) => text(|value, partner| value.starts_with(partner)),
        (EndsWith, EndsWith) => text(|value, partner| value.ends_with(partner)),
        (StartsWith | EndsWith | Contains, Contains) => {
            text(|value, partner| value.contains(partner))
        }
        (LessThan, LessThan | LessThanOrEqual)
        | (LessThanOrEqual, LessThanOrEqual)
        | (Before, Before)
        | (SemVerLessThan, SemVerLessThan) => order(Ordering::is_le),
        (LessThanOrEqual, LessThan) | (SemVerEqual, SemVerLessThan) => order(Ordering::is_lt),
        (GreaterThan, GreaterThan | GreaterThanOrEqual)
        | (GreaterThanOrEqual, GreaterThanOrEqual)
        | (After, After)
        | (SemVerGreaterThan, SemVerGreaterThan) => order(Ordering::is_ge),
        (GreaterThanOrEqual, GreaterThan) | (SemVerEqual, SemVerGreaterThan) => {
            order(Ordering::is_gt)
        }
        (SemVerEqual, SemVerEqual) => order(Ordering::is_eq),
        _ => false,
    }
}

/// How two values are ordered, for operators that order values of the same type.
fn order(left: Operator, value: &Value, right: Operator, partner: &Value) -> Option<Ordering> {
    use crate::Operand::{Date, Number, Version};
    match (left.row().operand, right.row().operand) {
        (Number, Number) => match (value, partner) {
            (Value::Number(value), Value::Number(partner)) => {
                value.get().partial_cmp(&partner.get())
            }
            _ => None,
        },
        (Date, Date) => Some(value.moment()?.cmp(&partner.moment()?)),
        (Version, Version) => Some(compare(&read(value.as_str()?)?, &read(partner.as_str()?)?)),
        _ => None,
    }
}
