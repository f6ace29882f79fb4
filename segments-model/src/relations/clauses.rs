//! What one clause says about another.
//!
//! Everything is built on two questions about a single value: does the one comparison imply the
//! other, and can both hold? With several values on one side, one of them is enough, so an
//! implication needs a partner for each value on the left, and both cannot hold if no pair can.

use std::cmp::Ordering;

use super::comparison::{Comparison, moment};
use super::effort::{Effort, PATTERN};
use crate::version::{compare, read};
use crate::{Clause, Operator, Value};

/// Returns whether every context that fulfils `left` fulfils `right`. `single` says whether the attribute
/// holds at most one value.
pub(super) fn implies(left: &Clause, right: &Clause, single: bool, effort: &mut Effort) -> bool {
    if !effort.spend(1) || !same_subject(left, right) {
        return false;
    }
    match (left.negate, right.negate) {
        (false, false) => value_implies(left, right, effort),
        // No element is in the relation on the right, or one on the left were, too.
        (true, true) => value_implies(right, left, effort),
        (false, true) => single && exclude(left, right, effort),
        (true, false) => false,
    }
}

/// Returns whether no context fulfils both. An attribute that is absent fulfils neither.
pub(super) fn contradict(left: &Clause, right: &Clause, single: bool, effort: &mut Effort) -> bool {
    if !effort.spend(1) || !same_subject(left, right) {
        return false;
    }
    match (left.negate, right.negate) {
        (false, false) => single && exclude(left, right, effort),
        (false, true) => value_implies(left, right, effort),
        (true, false) => value_implies(right, left, effort),
        (true, true) => false,
    }
}

fn same_subject(left: &Clause, right: &Clause) -> bool {
    let asks = |clause: &Clause| clause.operator == Operator::SegmentMatch;
    match (asks(left), asks(right)) {
        (true, true) => true,
        (false, false) => left.kind == right.kind && left.attribute == right.attribute,
        _ => false,
    }
}

/// Returns whether there is time to compare each value with each.
fn may_compare(left: &Clause, right: &Clause, effort: &mut Effort) -> bool {
    let cost = |clause: &Clause| match clause.operator {
        Operator::Matches => clause.values.len().saturating_mul(PATTERN),
        _ => 0,
    };
    let pairs = left.values.len().saturating_mul(right.values.len());
    effort.spend(pairs.saturating_add(cost(left)).saturating_add(cost(right)))
}

/// Returns whether a single value in the relation on the left is in the one on the right, negation left
/// aside.
fn value_implies(left: &Clause, right: &Clause, effort: &mut Effort) -> bool {
    if !may_compare(left, right, effort) {
        return false;
    }
    if left.operator == right.operator
        && left.values.iter().all(|value| right.values.contains(value))
    {
        return true;
    }
    if left.operator == Operator::In {
        let right = Comparison::new(right.operator, &right.values);
        return left
            .values
            .iter()
            .all(|value| right.holds(value) == Some(true));
    }
    left.values.iter().all(|value| {
        let mut partners = right.values.iter();
        partners.any(|partner| one_implies((left.operator, value), (right.operator, partner)))
    })
}

/// How many texts of a clause are held against each other.
const MOST_TEXTS: usize = 100;

/// The first value of a clause that adds nothing, with the one that covers it: with several values one
/// match is enough.
pub(crate) fn covered(operator: Operator, values: &[Option<Value>]) -> Option<(usize, usize)> {
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

/// Returns whether no single value is in both relations, negation left aside.
fn exclude(left: &Clause, right: &Clause, effort: &mut Effort) -> bool {
    if !may_compare(left, right, effort)
        || left.operator == Operator::SegmentMatch
        || left.values.is_empty()
        || right.values.is_empty()
    {
        return false;
    }
    if left.operator == Operator::In {
        let right = Comparison::new(right.operator, &right.values);
        return left
            .values
            .iter()
            .all(|value| right.holds(value) == Some(false));
    }
    if right.operator == Operator::In {
        return exclude(right, left, effort);
    }
    left.values.iter().all(|value| {
        let mut partners = right.values.iter();
        partners.all(|partner| {
            let (left, right) = ((left.operator, value), (right.operator, partner));
            one_excludes(left, right) || one_excludes(right, left)
        })
    })
}

fn one_excludes((left, value): One<'_>, (right, partner): One<'_>) -> bool {
    use Operator::{
        After, Before, EndsWith, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual,
        SemVerEqual, SemVerGreaterThan, SemVerLessThan, StartsWith,
    };
    let texts = || Some((value.as_str()?, partner.as_str()?));
    let order = |test: fn(Ordering) -> bool| order(left, value, right, partner).is_some_and(test);
    match (left, right) {
        (StartsWith, StartsWith) => {
            texts().is_some_and(|(v, p)| !v.starts_with(p) && !p.starts_with(v))
        }
        (EndsWith, EndsWith) => texts().is_some_and(|(v, p)| !v.ends_with(p) && !p.ends_with(v)),
        (LessThan, GreaterThan | GreaterThanOrEqual)
        | (LessThanOrEqual, GreaterThan)
        | (Before, After)
        | (SemVerLessThan | SemVerEqual, SemVerGreaterThan) => order(Ordering::is_le),
        (LessThanOrEqual, GreaterThanOrEqual) => order(Ordering::is_lt),
        (SemVerEqual, SemVerLessThan) => order(Ordering::is_ge),
        (SemVerEqual, SemVerEqual) => order(Ordering::is_ne),
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
        (Date, Date) => Some(moment(value)?.cmp(&moment(partner)?)),
        (Version, Version) => Some(compare(&read(value.as_str()?)?, &read(partner.as_str()?)?)),
        _ => None,
    }
}
