//! Relations between the values of a clause: with several values one match is enough.
//!
//! Values are compared without trying every pair, because a clause may have thousands.

use std::cmp::Ordering;

use crate::version::{compare, read};
use crate::{Operator, Value};

/// How many texts of a clause are held against each other.
const MOST_TEXTS: usize = 100;

/// The first value of a clause that adds nothing, with the one that covers it: with several values one
/// match is enough.
pub(super) fn covered(operator: Operator, values: &[Option<Value>]) -> Option<(usize, usize)> {
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
