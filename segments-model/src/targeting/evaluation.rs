//! The variation that a context is served.

use std::fmt;

use crate::{ContextKind, UnknownReason};

/// The answer to "which variation would this context be served?". `V` is a
/// [`VariationKey`](crate::VariationKey), or the enum that a macro generated.
///
/// ```
/// use segments_model::{Evaluation, EvaluationReason};
///
/// let evaluation = Evaluation::Served { variation: "careful", by: EvaluationReason::RuleMatch { index: 0 } };
/// assert_eq!(evaluation.known(), Some(&"careful"));
/// assert_eq!(evaluation.to_string(), "careful: rule 1 holds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Evaluation<V> {
    /// The context is served this one.
    Served {
        /// The variation.
        variation: V,
        /// What decides.
        by: EvaluationReason,
    },
    /// Unknown with the data available.
    Unknown {
        /// Why.
        reason: UnknownReason,
    },
}

/// The reason for a variation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum EvaluationReason {
    /// The context of this kind is listed.
    TargetMatch {
        /// The kind.
        kind: ContextKind,
    },
    /// A rule matches, the first in order.
    RuleMatch {
        /// Its place among the declared rules, from 0.
        index: usize,
    },
    /// The context is on no list, and no rule matches.
    Fallthrough,
    /// The targeting is off.
    Off,
    /// A prerequisite flag does not serve the required variation.
    PrerequisiteFailed {
        /// The other flag.
        key: String,
    },
}

impl<V> Evaluation<V> {
    /// Returns the variation; `None` if unknown.
    pub fn known(&self) -> Option<&V> {
        match self {
            Self::Served { variation, .. } => Some(variation),
            Self::Unknown { .. } => None,
        }
    }

    /// Converts the variation.
    pub fn map<W>(self, say: impl FnOnce(V) -> W) -> Evaluation<W> {
        match self {
            Self::Served { variation, by } => Evaluation::Served {
                variation: say(variation),
                by,
            },
            Self::Unknown { reason } => Evaluation::Unknown { reason },
        }
    }
}

impl<V: fmt::Display> fmt::Display for Evaluation<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Served { variation, by } => write!(f, "{variation}: {by}"),
            Self::Unknown { reason } => write!(f, "unknown: {reason}"),
        }
    }
}

impl fmt::Display for EvaluationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TargetMatch { kind } => write!(f, "the {kind} is listed"),
            Self::RuleMatch { index } => write!(f, "rule {} holds", index + 1),
            Self::Fallthrough => f.write_str("no rule holds"),
            Self::Off => f.write_str("the targeting is off"),
            Self::PrerequisiteFailed { key } => {
                write!(f, "its prerequisite `{key}` serves something else")
            }
        }
    }
}
