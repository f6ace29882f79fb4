//! What a clause says of one value.

use semver::Version;

use crate::date::Moment;
use crate::operator::Comparison as Kernel;
use crate::{Operator, Value, version};

/// The values of a clause, prepared to be compared with what a context may have.
pub(super) enum Comparison<'v> {
    In(&'v [Value]),
    Texts(fn(&str, &str) -> bool, Vec<&'v str>),
    Numbers(fn(f64, f64) -> bool, Vec<f64>),
    Moments(fn(Moment, Moment) -> bool, Vec<Moment>),
    Versions(fn(&Version, &Version) -> bool, Vec<Version>),
    #[cfg(feature = "regex")]
    Patterns(Vec<regex::Regex>),
    /// Nothing can be told here.
    Unknown,
}

impl<'v> Comparison<'v> {
    pub(super) fn new(operator: Operator, values: &'v [Value]) -> Self {
        let texts = || values.iter().filter_map(Value::as_str);
        let numbers = || values.iter().filter_map(number).collect();
        let moments = || values.iter().filter_map(moment).collect();
        let versions = || texts().filter_map(version::read).collect();
        match operator.comparison() {
            Kernel::Equal => Self::In(values),
            Kernel::Text(test) => Self::Texts(test, texts().collect()),
            #[cfg(feature = "regex")]
            Kernel::Pattern => Self::Patterns(
                texts()
                    .filter_map(|text| regex::Regex::new(text).ok())
                    .collect(),
            ),
            #[cfg(not(feature = "regex"))]
            Kernel::Pattern => Self::Unknown,
            Kernel::Number(test, _) => Self::Numbers(test, numbers()),
            Kernel::Date(test, _) => Self::Moments(test, moments()),
            Kernel::Version(test, _) => Self::Versions(test, versions()),
            Kernel::Segment => Self::Unknown,
        }
    }

    /// Returns whether the value is in the relation to any of the clause's values, before negation.
    pub(super) fn holds(&self, value: &Value) -> Option<bool> {
        let text = value.as_str();
        Some(match self {
            Self::In(values) => values.contains(value),
            Self::Texts(test, values) => {
                text.is_some_and(|text| values.iter().any(|value| test(text, value)))
            }
            Self::Numbers(test, values) => {
                number(value).is_some_and(|number| values.iter().any(|v| test(number, *v)))
            }
            Self::Moments(test, values) => {
                moment(value).is_some_and(|moment| values.iter().any(|v| test(moment, *v)))
            }
            Self::Versions(test, values) => {
                let version = text.and_then(version::read);
                version.is_some_and(|version| values.iter().any(|v| test(&version, v)))
            }
            #[cfg(feature = "regex")]
            Self::Patterns(patterns) => {
                text.is_some_and(|text| patterns.iter().any(|p| crate::kernel::matches(text, p)))
            }
            Self::Unknown => return None,
        })
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(number.get()),
        _ => None,
    }
}

/// The moment that a value is, as SDKs read it.
pub(super) fn moment(value: &Value) -> Option<Moment> {
    match value {
        Value::Number(number) => Moment::from_number(number.get()),
        Value::String(text) => Moment::parse(text),
        Value::Bool(_) => None,
    }
}
