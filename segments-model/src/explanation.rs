//! Explanations of membership, for people and for machines.
//!
//! ```
//! # #[cfg(feature = "eval")] {
//! use segments_model::evaluate::{CompiledSegments, ContextInstance};
//! use segments_model::{Draft, Exclusion, Membership};
//!
//! let draft = Draft { key: "empty".into(), name: "Empty".into(), nobody: true, ..Draft::default() };
//! let (definition, _) = draft.parse().unwrap();
//! let segments = CompiledSegments::from_definitions([&definition]);
//!
//! let user = ContextInstance::from_json(r#"{"kind": "user", "key": "u-1"}"#).unwrap();
//! let explanation = segments.get("empty").unwrap().explain(&user);
//! assert_eq!(explanation.membership, Membership::Out { by: Exclusion::NoRule });
//! assert!(explanation.rules.is_empty());
//! # }
//! ```

use std::borrow::Cow;
use std::fmt::{self, Write};

use crate::{AttributeValue, Membership, UnknownReason, Visible, date};

/// The explanation of a membership: every evaluated rule and clause, with the values compared.
///
/// `Display` prints a tree of lines; with the feature `serde` it also serializes. It contains values of
/// attributes, so treat it like the context itself if attributes are private.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Explanation {
    /// The key of the segment.
    pub segment: Cow<'static, str>,
    /// The answer.
    pub membership: Membership,
    /// The rules, up to the first match; empty if a list decides.
    pub rules: Vec<RuleExplanation>,
}

/// The result of one rule.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct RuleExplanation {
    /// The rule's position, from 0.
    pub index: usize,
    /// The identifier from the service, if it is known.
    pub id: Option<Cow<'static, str>>,
    /// The purpose of the rule.
    pub description: Option<Cow<'static, str>>,
    /// Whether the rule matches; `None` if unknown.
    pub holds: Option<bool>,
    /// All its clauses, including those after one that does not match. No clauses means everyone.
    pub clauses: Vec<ClauseExplanation>,
    /// The percentage, if the rule has one.
    pub share: Option<ShareExplanation>,
}

/// The result of one clause.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct ClauseExplanation {
    /// The clause in words.
    pub says: Cow<'static, str>,
    /// Whether the clause matches; `None` if unknown.
    pub holds: Option<bool>,
    /// The context's value.
    pub seen: Seen,
    /// Whether the clause compares dates, so that a number is a date in milliseconds.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub is_date: bool,
    /// The first pair of values that matches. If the clause is negated, this pair is the reason why it
    /// does not match.
    pub matched: Option<Compared>,
    /// The reason why the result is unknown.
    pub doubt: Option<UnknownReason>,
    /// The referenced segments, each with its explanation.
    pub segments: Vec<Explanation>,
}

/// The value that a clause tests.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Seen {
    /// There is no context of the kind, so the clause does not match, negated or not.
    NoContext,
    /// The context of the kind has an empty key, with which no SDK accepts it, so the clause does not match, negated or
    /// not.
    EmptyKey,
    /// The context has no such attribute, or it is null, so the clause does not match, negated or not.
    NoValue,
    /// The attribute's value. Of several values each is compared.
    Value(AttributeValue),
    /// The clause references segments and tests no attribute.
    WholeContext,
}

/// Two values that match.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Compared {
    /// The context's value.
    pub attribute: AttributeValue,
    /// The clause's value.
    pub value: AttributeValue,
}

/// The result of a rule's percentage.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct ShareExplanation {
    /// The percentage in words.
    pub says: Cow<'static, str>,
    /// Whether the context falls into it; `None` if unknown.
    pub holds: Option<bool>,
    /// The value that determines the bucket.
    pub seen: Seen,
    /// The bucket in percent, if the salt is known.
    pub bucket: Option<f32>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "")
    }
}

impl Explanation {
    fn write(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        write!(Visible(&mut *f), "`{}`: {}", self.segment, self.membership)?;
        for (index, rule) in self.rules.iter().enumerate() {
            rule.write_line(f, indent, index + 1 == self.rules.len(), "")?;
        }
        Ok(())
    }
}

impl RuleExplanation {
    /// The rule in a line of a tree, and its clauses below it.
    pub(crate) fn write_line(
        &self,
        f: &mut fmt::Formatter<'_>,
        indent: &str,
        last: bool,
        serves: &str,
    ) -> fmt::Result {
        let (branch, below) = branches(last);
        write!(
            f,
            "\n{indent}{branch}{} rule {}",
            mark(self.holds),
            self.index + 1
        )?;
        if let Some(description) = &self.description {
            write!(Visible(&mut *f), " ({description})")?;
        }
        Visible(&mut *f).write_str(serves)?;
        if self.clauses.is_empty() {
            f.write_str(": everyone")?;
        }
        self.write(f, &format!("{indent}{below}"))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        let lines = self.clauses.len() + usize::from(self.share.is_some());
        for (index, clause) in self.clauses.iter().enumerate() {
            let (branch, below) = branches(index + 1 == lines);
            write!(f, "\n{indent}{branch}")?;
            write!(Visible(&mut *f), "{clause}")?;
            for (asked, segment) in clause.segments.iter().enumerate() {
                let (branch, deeper) = branches(asked + 1 == clause.segments.len());
                write!(f, "\n{indent}{below}{branch}")?;
                segment.write(f, &format!("{indent}{below}{deeper}"))?;
            }
        }
        if let Some(share) = &self.share {
            let (branch, _) = branches(true);
            write!(f, "\n{indent}{branch}")?;
            write!(Visible(&mut *f), "{share}")?;
        }
        Ok(())
    }
}

/// On one line, without the segments that it asks.
impl fmt::Display for ClauseExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", mark(self.holds), self.says)?;
        match (&self.seen, &self.matched) {
            (Seen::Value(AttributeValue::Array(_)), Some(pair)) => {
                write!(f, ": one of them is {}", self.shown(&pair.attribute))?;
            }
            (Seen::Value(value), _) => write!(f, ": it is {}", self.shown(value))?,
            (seen, _) => write!(f, "{seen}")?,
        }
        match &self.doubt {
            Some(doubt) => write!(f, "; {doubt}"),
            None => Ok(()),
        }
    }
}

impl ClauseExplanation {
    /// A value for people: of a moment, the date.
    fn shown(&self, value: &AttributeValue) -> String {
        let milliseconds = match value {
            AttributeValue::Number(number)
                if self.is_date && date::check_number(*number).is_ok() =>
            {
                crate::Number::new(*number)
                    .ok()
                    .and_then(crate::Number::as_integer)
            }
            _ => None,
        };
        match milliseconds {
            Some(milliseconds) => date::format(milliseconds),
            None => value.to_string(),
        }
    }
}

/// On one line.
impl fmt::Display for ShareExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", mark(self.holds), self.says, self.seen)?;
        match self.bucket {
            Some(bucket) => write!(f, ", which lies at {bucket:.3}%"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoContext => f.write_str(": there is no context of this kind"),
            Self::EmptyKey => f.write_str(
                ": the key of this context is empty; give it the key that identifies it",
            ),
            Self::NoValue => f.write_str(": it has none"),
            Self::Value(value) => write!(f, ": it is {value}"),
            Self::WholeContext => Ok(()),
        }
    }
}

fn mark(holds: Option<bool>) -> char {
    match holds {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '?',
    }
}

fn branches(last: bool) -> (&'static str, &'static str) {
    if last {
        ("└ ", "  ")
    } else {
        ("├ ", "│ ")
    }
}
