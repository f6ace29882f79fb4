//! Which variation a context is served.

use std::fmt;

use crate::{ContextKind, Doubt};

/// The answer to "which variation would this context be served?". `V` is a
/// [`VariationKey`](crate::VariationKey), or the enum that a macro made of the declared ones.
///
/// ```
/// use segments_model::{Choice, Chosen};
///
/// let choice = Choice::Served { variation: "careful", by: Chosen::Rule { index: 0 } };
/// assert_eq!(choice.known(), Some(&"careful"));
/// assert_eq!(choice.to_string(), "careful: rule 1 holds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Choice<V> {
    /// The context is served this one.
    Served {
        /// The variation.
        variation: V,
        /// What decides.
        by: Chosen,
    },
    /// It cannot be told with what is known here.
    Unknown {
        /// Why.
        reason: Doubt,
    },
}

/// What decides about a variation.
///
/// See the example of [`Choice`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Chosen {
    /// The context of this kind is listed.
    Target {
        /// The kind.
        kind: ContextKind,
    },
    /// A rule holds, the first in order.
    Rule {
        /// Its place among the declared rules, from 0.
        index: usize,
    },
    /// It is on no list, and no rule holds.
    Otherwise,
}

impl<V> Choice<V> {
    /// The variation; `None` if it cannot be told.
    pub fn known(&self) -> Option<&V> {
        match self {
            Self::Served { variation, .. } => Some(variation),
            Self::Unknown { .. } => None,
        }
    }

    /// The same answer with the variation said otherwise.
    pub fn map<W>(self, say: impl FnOnce(V) -> W) -> Choice<W> {
        match self {
            Self::Served { variation, by } => Choice::Served {
                variation: say(variation),
                by,
            },
            Self::Unknown { reason } => Choice::Unknown { reason },
        }
    }
}

impl<V: fmt::Display> fmt::Display for Choice<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Served { variation, by } => write!(f, "{variation}: {by}"),
            Self::Unknown { reason } => write!(f, "unknown: {reason}"),
        }
    }
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target { kind } => write!(f, "the {kind} is listed"),
            Self::Rule { index } => write!(f, "rule {} holds", index + 1),
            Self::Otherwise => f.write_str("no rule holds"),
        }
    }
}
