//! Clauses, prepared: operator and values in the form in which they are compared fastest.

use foldhash::HashSet;
use regex::Regex;
use semver::Version;

use super::context::{ContextInstance, Name, Single};
use super::sight::{Attribute, Attributes, Sights};
use crate::date::Moment;
use crate::{AttributeRef, AttributeValue, InvalidReference, Operator, kernel, version};

/// A clause that looks at an attribute.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) subject: Subject,
    pub(super) test: Test,
    pub(super) negate: bool,
    /// Of clauses that are alike the same.
    pub(super) number: usize,
}

/// What a clause looks at.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// The kinds of the context, whatever kind the clause names.
    Kinds,
    /// An attribute of the context of one kind.
    Attribute(Attribute),
}

/// The way to an attribute.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) first: Name,
    rest: Vec<String>,
}

impl Path {
    /// Reads the attribute of a clause or rule. Without a kind of context it is a name as it
    /// stands, as it was before there were kinds.
    pub(super) fn parse(attribute: &str, literal: bool) -> Result<Self, InvalidReference> {
        if literal {
            return if attribute.is_empty() {
                Err(InvalidReference::Empty)
            } else {
                Ok(Self {
                    first: Name::new(attribute),
                    rest: Vec::new(),
                })
            };
        }
        let reference = AttributeRef::parse(attribute)?;
        let mut names = reference.path();
        let first = names.next().unwrap_or_default();
        Ok(Self {
            first: Name::new(&first),
            rest: names.map(String::from).collect(),
        })
    }

    /// Returns whether it means the kind of the context, which is not among its attributes.
    fn is_kind(&self) -> bool {
        &*self.first.text == "kind" && self.rest.is_empty()
    }

    pub(super) fn find<'a>(&self, context: &'a Single) -> Option<&'a AttributeValue> {
        self.on(context.attribute(&self.first)?)
    }

    /// The rest of the way, from the attribute on.
    #[inline]
    pub(super) fn on<'a>(&self, mut value: &'a AttributeValue) -> Option<&'a AttributeValue> {
        for name in &self.rest {
            value = value.get(name)?;
        }
        Some(value)
    }
}

impl Subject {
    /// What a clause that names this kind and attribute looks at.
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

/// An operator with its values. Of values of which any one is enough, only the easiest is kept
/// where there is an easiest.
#[derive(Debug, Clone)]
pub(super) enum Test {
    In(Values),
    StartsWith(Vec<Box<str>>),
    EndsWith(Vec<Box<str>>),
    Contains(Vec<Box<str>>),
    Matches(Vec<Regex>),
    LessThan(f64),
    LessThanOrEqual(f64),
    GreaterThan(f64),
    GreaterThanOrEqual(f64),
    Before(Moment),
    After(Moment),
    SemVerEqual(Vec<Version>),
    SemVerLessThan(Version),
    SemVerGreaterThan(Version),
    /// An operator that nobody knows, or no value that it could ever compare with.
    Never,
}

impl Test {
    pub(super) fn new(operator: Option<Operator>, values: &[AttributeValue]) -> Self {
        let Some(operator) = operator else {
            return Self::Never;
        };
        let texts = || {
            let texts = values.iter().filter_map(AttributeValue::as_str);
            texts.map(Box::from).collect::<Vec<Box<str>>>()
        };
        let versions = || {
            let texts = values.iter().filter_map(AttributeValue::as_str);
            texts.filter_map(version::read)
        };
        let numbers = || values.iter().filter_map(number);
        let moments = || values.iter().filter_map(moment);
        let test = match operator {
            Operator::In => return Self::In(Values::new(values)),
            Operator::StartsWith => return Self::StartsWith(texts()),
            Operator::EndsWith => return Self::EndsWith(texts()),
            Operator::Contains => return Self::Contains(texts()),
            Operator::Matches => {
                let texts = values.iter().filter_map(AttributeValue::as_str);
                // A pattern that does not compile never matches, in every SDK.
                return Self::Matches(texts.filter_map(|text| Regex::new(text).ok()).collect());
            }
            Operator::LessThan => numbers().reduce(f64::max).map(Self::LessThan),
            Operator::LessThanOrEqual => numbers().reduce(f64::max).map(Self::LessThanOrEqual),
            Operator::GreaterThan => numbers().reduce(f64::min).map(Self::GreaterThan),
            Operator::GreaterThanOrEqual => {
                numbers().reduce(f64::min).map(Self::GreaterThanOrEqual)
            }
            Operator::Before => moments().max().map(Self::Before),
            Operator::After => moments().min().map(Self::After),
            Operator::SemVerEqual => return Self::SemVerEqual(versions().collect()),
            Operator::SemVerLessThan => versions()
                .max_by(Version::cmp_precedence)
                .map(Self::SemVerLessThan),
            Operator::SemVerGreaterThan => versions()
                .min_by(Version::cmp_precedence)
                .map(Self::SemVerGreaterThan),
            // The compiler of rules takes these apart before.
            Operator::SegmentMatch => None,
        };
        test.unwrap_or(Self::Never)
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
            Self::StartsWith(values) => values.iter().any(|v| kernel::starts_with(text, v)),
            Self::EndsWith(values) => values.iter().any(|v| kernel::ends_with(text, v)),
            Self::Contains(values) => values.iter().any(|v| kernel::contains(text, v)),
            Self::Matches(values) => values.iter().any(|v| kernel::matches(text, v)),
            Self::Before(value) => Moment::parse(text).is_some_and(|m| kernel::before(m, *value)),
            Self::After(value) => Moment::parse(text).is_some_and(|m| kernel::after(m, *value)),
            Self::SemVerEqual(values) => version::read(text)
                .is_some_and(|version| values.iter().any(|v| kernel::sem_ver_equal(&version, v))),
            Self::SemVerLessThan(value) => {
                version::read(text).is_some_and(|v| kernel::sem_ver_less_than(&v, value))
            }
            Self::SemVerGreaterThan(value) => {
                version::read(text).is_some_and(|v| kernel::sem_ver_greater_than(&v, value))
            }
            _ => false,
        }
    }

    fn number(&self, number: f64) -> bool {
        match self {
            Self::In(values) => values.has_number(number),
            Self::LessThan(value) => kernel::less_than(number, *value),
            Self::LessThanOrEqual(value) => kernel::less_than_or_equal(number, *value),
            Self::GreaterThan(value) => kernel::greater_than(number, *value),
            Self::GreaterThanOrEqual(value) => kernel::greater_than_or_equal(number, *value),
            Self::Before(value) => {
                Moment::from_number(number).is_some_and(|m| kernel::before(m, *value))
            }
            Self::After(value) => {
                Moment::from_number(number).is_some_and(|m| kernel::after(m, *value))
            }
            _ => false,
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
