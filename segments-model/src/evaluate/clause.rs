//! Prepared clauses: operator and values in the form that is fastest to compare.

use foldhash::HashSet;
use regex::Regex;
use semver::Version;

use super::context::{ContextInstance, Name};
use super::path::Path;
use super::sight::{Attribute, Attributes, Sights};
use crate::date::Moment;
use crate::operator::Comparison;
use crate::{AttributeValue, Operator, kernel, version};

/// A clause that looks at an attribute.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) subject: Subject,
    pub(super) test: Test,
    pub(super) negate: bool,
    /// Of clauses that are alike the same.
    pub(super) number: usize,
}

/// The subject of a clause.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// The kinds of the context, whatever kind the clause names.
    Kinds,
    /// An attribute of the context of one kind.
    Attribute(Attribute),
}

impl Subject {
    /// The subject of a clause with this kind and attribute.
    pub(super) fn new(kind: &str, path: Path, attributes: &mut Attributes) -> Self {
        if path.is_kind() {
            return Self::Kinds;
        }
        Self::Attribute(attributes.numbered(Name::new(kind), path))
    }
}

impl Clause {
    /// Returns whether the clause holds.
    #[inline]
    pub(super) fn holds(&self, context: &ContextInstance, sights: &mut Sights) -> bool {
        if let Some(holds) = sights.holds(self.number) {
            return holds;
        }
        let holds = self.compare(context, sights);
        sights.keep(self.number, holds);
        holds
    }

    /// An absent or null attribute makes it false, negated or not.
    fn compare(&self, context: &ContextInstance, sights: &mut Sights) -> bool {
        let any = match &self.subject {
            Subject::Kinds => context
                .kinds()
                .any(|(kind, _)| self.test.text(kind.as_str())),
            Subject::Attribute(attribute) => {
                let Some(value) = attribute.find(context, sights) else {
                    return false;
                };
                match value {
                    AttributeValue::Null => return false,
                    AttributeValue::Array(values) => {
                        values.iter().any(|value| self.test.holds(value))
                    }
                    value => self.test.holds(value),
                }
            }
        };
        any != self.negate
    }
}

/// An operator with its values, prepared. Of values of which any one is enough, only the one that
/// [decides](Deciding) is kept.
#[derive(Debug, Clone)]
pub(super) enum Test {
    In(Values),
    Texts(fn(&str, &str) -> bool, Vec<Box<str>>),
    Patterns(Vec<Regex>),
    Numbers(fn(f64, f64) -> bool, Vec<f64>),
    Moments(fn(Moment, Moment) -> bool, Vec<Moment>),
    Versions(fn(&Version, &Version) -> bool, Vec<Version>),
    /// An operator that nobody knows, or no value that it could ever compare with.
    Never,
}

impl Test {
    pub(super) fn new(operator: Option<Operator>, values: &[AttributeValue]) -> Self {
        let Some(operator) = operator else {
            return Self::Never;
        };
        let texts = || values.iter().filter_map(AttributeValue::as_str);
        match operator.comparison() {
            Comparison::Equal => Self::In(Values::new(values)),
            Comparison::Text(test) => Self::Texts(test, texts().map(Box::from).collect()),
            // A pattern that does not compile never matches, in every SDK.
            Comparison::Pattern => {
                Self::Patterns(texts().filter_map(|text| Regex::new(text).ok()).collect())
            }
            Comparison::Number(test, deciding) => {
                let numbers = values.iter().filter_map(number);
                Self::Numbers(test, deciding.of(numbers, f64::total_cmp))
            }
            Comparison::Date(test, deciding) => {
                let moments = values.iter().filter_map(moment);
                Self::Moments(test, deciding.of(moments, Moment::cmp))
            }
            Comparison::Version(test, deciding) => {
                let versions = texts().filter_map(version::read);
                Self::Versions(test, deciding.of(versions, Version::cmp_precedence))
            }
            // The compiler of rules takes these apart before.
            Comparison::Segment => Self::Never,
        }
    }

    /// Returns whether the value is in the relation to any of the clause's values.
    #[inline]
    pub(super) fn holds(&self, value: &AttributeValue) -> bool {
        match value {
            AttributeValue::String(text) => self.text(text),
            AttributeValue::Number(number) => self.number(*number),
            AttributeValue::Bool(value) => {
                matches!(self, Self::In(values) if values.bools[usize::from(*value)])
            }
            value => matches!(self, Self::In(values) if values.others.contains(value)),
        }
    }

    #[inline]
    fn text(&self, text: &str) -> bool {
        match self {
            Self::In(values) => values.texts.contains(text),
            Self::Texts(test, values) => values.iter().any(|value| test(text, value)),
            Self::Patterns(values) => values.iter().any(|value| kernel::matches(text, value)),
            Self::Moments(test, values) => Moment::parse(text)
                .is_some_and(|moment| values.iter().any(|value| test(moment, *value))),
            Self::Versions(test, values) => version::read(text)
                .is_some_and(|version| values.iter().any(|value| test(&version, value))),
            Self::Numbers(..) | Self::Never => false,
        }
    }

    fn number(&self, number: f64) -> bool {
        match self {
            Self::In(values) => values.has_number(number),
            Self::Numbers(test, values) => values.iter().any(|value| test(number, *value)),
            Self::Moments(test, values) => Moment::from_number(number)
                .is_some_and(|moment| values.iter().any(|value| test(moment, *value))),
            Self::Texts(..) | Self::Patterns(_) | Self::Versions(..) | Self::Never => false,
        }
    }
}

fn number(value: &AttributeValue) -> Option<f64> {
    match value {
        AttributeValue::Number(number) => Some(*number),
        _ => None,
    }
}

fn moment(value: &AttributeValue) -> Option<Moment> {
    match value {
        AttributeValue::Number(number) => Moment::from_number(*number),
        AttributeValue::String(text) => Moment::parse(text),
        _ => None,
    }
}

/// The values of `in`, by type.
#[derive(Debug, Clone)]
pub(super) struct Values {
    texts: Texts,
    /// Sorted, with one zero.
    numbers: Vec<f64>,
    bools: [bool; 2],
    others: Vec<AttributeValue>,
}

impl Values {
    fn new(values: &[AttributeValue]) -> Self {
        let texts: Vec<&str> = values.iter().filter_map(AttributeValue::as_str).collect();
        let mut numbers: Vec<f64> = values.iter().filter_map(number).map(|n| n + 0.0).collect();
        numbers.sort_by(f64::total_cmp);
        Self {
            texts: Texts::new(&texts),
            numbers,
            bools: [false, true].map(|bool| values.contains(&AttributeValue::Bool(bool))),
            others: values
                .iter()
                .filter(|value| {
                    use AttributeValue::{Array, Null, Object};
                    matches!(value, Null | Array(_) | Object(_))
                })
                .cloned()
                .collect(),
        }
    }

    fn has_number(&self, number: f64) -> bool {
        if self.numbers.len() <= FEW {
            return self.numbers.iter().any(|v| kernel::is_number(number, *v));
        }
        let number = number + 0.0;
        self.numbers
            .binary_search_by(|v| v.total_cmp(&number))
            .is_ok()
    }
}

/// How many values are compared one by one: as long as that is faster than hashing.
const FEW: usize = 8;

#[derive(Debug, Clone)]
enum Texts {
    Few(Vec<Box<str>>),
    Many(HashSet<Box<str>>),
}

impl Texts {
    fn new(texts: &[&str]) -> Self {
        let texts = texts.iter().copied().map(Box::from);
        if texts.len() <= FEW {
            Self::Few(texts.collect())
        } else {
            Self::Many(texts.collect())
        }
    }

    fn contains(&self, text: &str) -> bool {
        match self {
            Self::Few(texts) => texts.iter().any(|value| kernel::is_text(text, value)),
            Self::Many(texts) => texts.contains(text),
        }
    }
}
