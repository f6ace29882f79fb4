//! Membership of a context in a segment.

use std::borrow::Cow;
use std::fmt;

use crate::ContextKind;

/// The answer to "is this context in that segment?".
///
/// ```
/// use segments_model::{ContextKind, Inclusion, Membership};
///
/// let membership = Membership::In { by: Inclusion::Target { kind: ContextKind::USER } };
/// assert_eq!(membership.known(), Some(true));
/// assert_eq!(membership.to_string(), "in the segment: the user is on its included list");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "member", rename_all = "camelCase"))]
pub enum Membership {
    /// The context is in the segment.
    In {
        /// What puts it there.
        by: Inclusion,
    },
    /// The context is not in the segment.
    Out {
        /// What keeps it out.
        by: Exclusion,
    },
    /// Unknown with the data available.
    Unknown {
        /// Why.
        reason: UnknownReason,
    },
}

/// The reason why a context is in a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Inclusion {
    /// The context of this kind is on the included list.
    Target {
        /// The kind.
        kind: ContextKind,
    },
    /// A rule matches, the first in order.
    Rule {
        /// Its place among the rules, from 0.
        index: usize,
        /// The identifier that the service gave it, if it is known.
        id: Option<Cow<'static, str>>,
    },
}

/// The reason why a context is not in a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Exclusion {
    /// The context of this kind is on the excluded list, and none is on the included list.
    Target {
        /// The kind.
        kind: ContextKind,
    },
    /// The context is on no list, and no rule matches.
    NoRule,
}

/// The reason why a membership is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum UnknownReason {
    /// A percentage rule decides, and the segment's salt is unknown. The service creates it; the data
    /// that SDKs receive contains it.
    Salt {
        /// The segment whose salt is missing.
        segment: Cow<'static, str>,
        /// The rule, from 0.
        rule: usize,
    },
    /// A split decides, and the salt of the AI Config or flag is unknown. The service creates it; the
    /// data that SDKs receive contains it.
    Split {
        /// The AI Config or flag.
        key: Cow<'static, str>,
        /// The rule, from 0; `None` if everybody else is split.
        rule: Option<usize>,
    },
    /// A split decides, and the data for SDKs lacks one of its variations, so the contexts of that
    /// variation are unknown. Flags' variations have only values there.
    SplitOrder {
        /// The AI Config or flag.
        key: Cow<'static, str>,
        /// The rule, from 0; `None` if everybody else is split.
        rule: Option<usize>,
        /// The variation.
        variation: Cow<'static, str>,
    },
    /// LaunchDarkly runs an experiment or a rollout there, and decides by itself which variation a
    /// context is served.
    Running {
        /// The AI Config or flag.
        key: Cow<'static, str>,
        /// The rule, from 0; `None` for the fallthrough.
        rule: Option<usize>,
        /// The running operation, such as `an experiment`.
        what: Cow<'static, str>,
    },
    /// No rule matches, and the fallthrough is not declared.
    Unmanaged {
        /// The AI Config or flag.
        key: Cow<'static, str>,
    },
    /// LaunchDarkly keeps the members of a big segment elsewhere.
    BigSegment {
        /// The segment.
        segment: Cow<'static, str>,
    },
    /// The context may be on a list of the segment whose keys were left out of the data.
    ListLeftOut {
        /// The segment.
        segment: Cow<'static, str>,
    },
    /// The context may be on a list of the flag whose keys were left out of the data.
    TargetsLeftOut {
        /// The AI Config or flag.
        key: Cow<'static, str>,
    },
    /// SDKs cannot read the flag: they serve the application's own default.
    FlagMalformed {
        /// The AI Config or flag.
        key: Cow<'static, str>,
        /// The problem.
        problem: Cow<'static, str>,
    },
    /// The segment was not loaded.
    UnknownSegment {
        /// The segment.
        segment: Cow<'static, str>,
    },
    /// Segment references form a cycle. SDKs fail the whole flag.
    Cycle {
        /// The circle from the key that comes first, which stands once more at the end.
        path: Vec<Cow<'static, str>>,
    },
    /// A clause or a percentage rule has an invalid attribute reference. SDKs fail the whole flag.
    Malformed {
        /// The segment.
        segment: Cow<'static, str>,
        /// The rule, from 0.
        rule: usize,
        /// The problem.
        problem: Cow<'static, str>,
    },
}

impl Membership {
    /// Returns whether the context is in the segment; `None` if unknown.
    #[must_use]
    pub fn known(&self) -> Option<bool> {
        match self {
            Self::In { .. } => Some(true),
            Self::Out { .. } => Some(false),
            Self::Unknown { .. } => None,
        }
    }
}

impl fmt::Display for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In { by } => write!(f, "in the segment: {by}"),
            Self::Out { by } => write!(f, "not in the segment: {by}"),
            Self::Unknown { reason } => write!(f, "unknown: {reason}"),
        }
    }
}

impl fmt::Display for Inclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target { kind } => write!(f, "the {kind} is on its included list"),
            Self::Rule { index, id: None } => write!(f, "rule {} holds", index + 1),
            Self::Rule {
                index,
                id: Some(id),
            } => write!(f, "rule {} ({id}) holds", index + 1),
        }
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target { kind } => write!(f, "the {kind} is on its excluded list"),
            Self::NoRule => f.write_str("it is on no list, and no rule holds"),
        }
    }
}

fn splits(f: &mut fmt::Formatter<'_>, key: &str, rule: Option<usize>) -> fmt::Result {
    match rule {
        Some(rule) => write!(f, "rule {} of `{key}` splits contexts", rule + 1),
        None => write!(f, "`{key}` splits the fallthrough"),
    }
}

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Salt { segment, rule } => write!(
                f,
                "rule {} of `{segment}` takes a percentage, which depends on the segment's salt; load it from the data for SDKs",
                rule + 1
            ),
            Self::Split { key, rule } => {
                splits(f, key, *rule)?;
                f.write_str(", which depends on its salt; load it from the data for SDKs")
            }
            Self::SplitOrder {
                key,
                rule,
                variation,
            } => {
                splits(f, key, *rule)?;
                write!(
                    f,
                    ", and the data for SDKs does not know its variation `{variation}`; declare a flag's variations by their values"
                )
            }
            Self::Running { key, rule, what } => {
                write!(f, "{what} runs on ")?;
                match rule {
                    Some(rule) => write!(f, "rule {}", rule + 1)?,
                    None => f.write_str("the default rule")?,
                }
                write!(
                    f,
                    " of `{key}`, so LaunchDarkly decides which variation is served"
                )
            }
            Self::Unmanaged { key } => write!(
                f,
                "no rule of `{key}` matches, and the fallthrough is not declared"
            ),
            Self::BigSegment { segment } => {
                write!(
                    f,
                    "`{segment}` is a big segment, whose members are kept elsewhere"
                )
            }
            Self::ListLeftOut { segment } => write!(
                f,
                "`{segment}` lists contexts whose keys were left out; load it with its members"
            ),
            Self::TargetsLeftOut { key } => write!(
                f,
                "`{key}` lists contexts whose keys were left out; load it with its members"
            ),
            Self::FlagMalformed { key, problem } => write!(
                f,
                "`{key}` is malformed, so SDKs serve the application's default: {problem}"
            ),
            Self::UnknownSegment { segment } => {
                write!(f, "segment `{segment}` is not loaded")
            }
            Self::Cycle { path } => {
                f.write_str("segment references form a cycle: ")?;
                for (index, segment) in path.iter().enumerate() {
                    f.write_str(if index > 0 { " → " } else { "" })?;
                    write!(f, "`{segment}`")?;
                }
                Ok(())
            }
            Self::Malformed {
                segment,
                rule,
                problem,
            } => write!(
                f,
                "rule {} of `{segment}` is malformed: {problem}",
                rule + 1
            ),
        }
    }
}
