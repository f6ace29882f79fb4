//! A clause's test of one value.

use std::borrow::Cow;
use std::cell::OnceCell;

use semver::Version;

use crate::algebra::automaton::{Automaton, Unbuildable};
use crate::date::Moment;
use crate::operator::Comparison;
use crate::{Operator, Value, kernel, version};

/// A value, or one of the things in a context that no clause compares with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Element {
    Value(Value),
    /// An object, which passes no test.
    Object,
}

/// The values of a clause, prepared to be compared with one value of a context.
#[derive(Debug)]
pub(crate) enum Test<'a> {
    /// Equal to one of these; texts are sorted.
    OneOf {
        texts: Vec<Cow<'a, str>>,
        others: Vec<&'a Value>,
    },
    Texts {
        operator: Operator,
        holds: fn(&str, &str) -> bool,
        texts: Vec<&'a str>,
        automaton: OnceCell<Option<Automaton>>,
    },
    Patterns {
        patterns: Vec<&'a str>,
        automaton: OnceCell<Option<Automaton>>,
    },
    Numbers(fn(f64, f64) -> bool, Vec<f64>),
    Moments(fn(Moment, Moment) -> bool, Vec<Moment>),
    Versions(fn(&Version, &Version) -> bool, Vec<Version>),
    /// A percentage can be taken of it: a text, or a whole number.
    Bucketed,
}

impl<'a> Test<'a> {
    pub(crate) fn new(operator: Operator, values: &'a [Value]) -> Self {
        let texts = || values.iter().filter_map(Value::as_str);
        match operator.comparison() {
            Comparison::Equal => Self::one_of(values),
            Comparison::Text(holds) => Self::Texts {
                operator,
                holds,
                texts: texts().collect(),
                automaton: OnceCell::new(),
            },
            Comparison::Pattern => Self::Patterns {
                patterns: texts().collect(),
                automaton: OnceCell::new(),
            },
            Comparison::Number(holds, deciding) => {
                let numbers = values.iter().filter_map(number);
                Self::Numbers(holds, deciding.of(numbers, f64::total_cmp))
            }
            Comparison::Date(holds, deciding) => {
                let moments = values.iter().filter_map(Value::moment);
                Self::Moments(holds, deciding.of(moments, Moment::cmp))
            }
            Comparison::Version(holds, deciding) => {
                let versions = texts().filter_map(version::read);
                Self::Versions(holds, deciding.of(versions, Version::cmp_precedence))
            }
            // Segments are written out before; nothing is equal to one of no values.
            Comparison::Segment => Self::one_of(&[]),
        }
    }

    fn one_of(values: &'a [Value]) -> Self {
        let mut texts: Vec<Cow<'a, str>> = values
            .iter()
            .filter_map(|value| Some(Cow::Borrowed(value.as_str()?)))
            .collect();
        texts.sort_unstable();
        texts.dedup();
        let others = values.iter().filter(|value| value.as_str().is_none());
        Self::OneOf {
            texts,
            others: others.collect(),
        }
    }

    /// Returns whether the value passes; `None` if that cannot be determined here.
    pub(crate) fn holds(&self, element: &Element) -> Option<bool> {
        let Element::Value(value) = element else {
            return Some(false);
        };
        Some(match (self, value) {
            (Self::OneOf { texts, .. }, Value::String(text)) => texts
                .binary_search_by(|known| known.as_ref().cmp(text))
                .is_ok(),
            (Self::OneOf { others, .. }, value) => others.contains(&value),
            (Self::Texts { holds, texts, .. }, Value::String(text)) => {
                texts.iter().any(|value| holds(text, value))
            }
            (Self::Patterns { .. }, Value::String(text)) => self.automaton()?.matches(text),
            (Self::Numbers(holds, numbers), Value::Number(number)) => {
                numbers.iter().any(|value| holds(number.get(), *value))
            }
            (Self::Moments(holds, moments), value) => value
                .moment()
                .is_some_and(|at| moments.iter().any(|value| holds(at, *value))),
            (Self::Versions(holds, versions), Value::String(text)) => version::read(text)
                .is_some_and(|version| versions.iter().any(|value| holds(&version, value))),
            (Self::Bucketed, Value::String(_)) => true,
            (Self::Bucketed, Value::Number(number)) => kernel::whole_number(number.get()).is_some(),
            _ => false,
        })
    }

    /// The texts that pass, if they are what is in them.
    pub(crate) fn automaton(&self) -> Option<Cow<'_, Automaton>> {
        let (made, make): (_, &dyn Fn() -> Result<Automaton, Unbuildable>) = match self {
            Self::Texts {
                operator,
                texts,
                automaton,
                ..
            } => (automaton, &|| {
                Automaton::texts(*operator, texts.iter().copied())
            }),
            Self::Patterns {
                patterns,
                automaton,
            } => (automaton, &|| Automaton::patterns(patterns.iter().copied())),
            Self::OneOf { texts, .. } => {
                let texts = texts.iter().map(Cow::as_ref);
                return Automaton::texts(Operator::In, texts).ok().map(Cow::Owned);
            }
            Self::Numbers(..) | Self::Moments(..) | Self::Versions(..) | Self::Bucketed => {
                return None;
            }
        };
        made.get_or_init(|| make().ok()).as_ref().map(Cow::Borrowed)
    }

    /// Returns whether a text can pass.
    pub(crate) fn takes_texts(&self) -> bool {
        match self {
            Self::OneOf { texts, .. } => !texts.is_empty(),
            Self::Numbers(..) => false,
            _ => true,
        }
    }

    /// Returns whether a number can pass.
    pub(crate) fn takes_numbers(&self) -> bool {
        match self {
            Self::OneOf { others, .. } => !others.is_empty(),
            Self::Numbers(..) | Self::Moments(..) | Self::Bucketed => true,
            _ => false,
        }
    }

    /// How many comparisons a value takes.
    pub(crate) fn cost(&self, element: &Element) -> usize {
        match (self, element) {
            (Self::Patterns { .. }, Element::Value(Value::String(text))) => 8 * (text.len() + 1),
            (Self::Texts { texts, .. }, _) => texts.len(),
            (Self::Versions(_, versions), _) => versions.len(),
            (Self::OneOf { others, .. }, _) => 1 + others.len() / 4,
            _ => 1,
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(number.get()),
        _ => None,
    }
}
