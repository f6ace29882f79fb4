//! Metrics: what the events that a program tracks are counted as.
//!
//! ```
//! use segments_model::metric::DraftMetric;
//!
//! let draft = DraftMetric {
//!     key: "checkout-total".into(),
//!     kind: Some("numeric".into()),
//!     success: Some("higher".into()),
//!     ..DraftMetric::default()
//! };
//! let findings = draft.parse().unwrap_err();
//! assert_eq!(
//!     findings.to_string(),
//!     "error[metric-unit]: a numeric metric has a unit; write one such as `unit = \"USD\"`"
//! );
//! ```

mod check;

use std::collections::BTreeSet;
use std::fmt;

use crate::draft::{DraftKind, Form};
use crate::{ContextKind, MetricKey, Tag};

/// What the events of one key are counted as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// The key.
    pub key: MetricKey,
    /// What people call it.
    pub name: String,
    /// What it says; `None` if that is not managed.
    pub description: Option<String>,
    /// The tags; `None` if they are not managed.
    pub tags: Option<BTreeSet<Tag>>,
    /// The key of the events that are counted.
    pub event: String,
    /// What is counted.
    pub kind: MetricKind,
    /// Which variation does better.
    pub success: SuccessCriterion,
    /// The kind of context that events are counted by: LaunchDarkly's randomization unit.
    pub unit: ContextKind,
}

/// What a metric makes of the events of one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetricKind {
    /// How many there are.
    Count,
    /// Whether there is one.
    Occurrence,
    /// Their value, in this unit of measure.
    Numeric(String),
}

impl MetricKind {
    /// The words for them.
    pub const WORDS: [&'static str; 3] = ["count", "occurrence", "numeric"];

    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Count => Self::WORDS[0],
            Self::Occurrence => Self::WORDS[1],
            Self::Numeric(_) => Self::WORDS[2],
        }
    }
}

/// Which variation does better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuccessCriterion {
    /// The one with more than the baseline.
    HigherThanBaseline,
    /// The one with less.
    LowerThanBaseline,
}

impl SuccessCriterion {
    /// The words for them.
    pub const WORDS: [&'static str; 2] = ["higher", "lower"];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HigherThanBaseline => Self::WORDS[0],
            Self::LowerThanBaseline => Self::WORDS[1],
        }
    }

    /// What LaunchDarkly calls it.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::HigherThanBaseline => "HigherThanBaseline",
            Self::LowerThanBaseline => "LowerThanBaseline",
        }
    }
}

/// In words: `numeric in USD by user, higher is better`.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.word())?;
        if let MetricKind::Numeric(unit) = &self.kind {
            write!(f, " in {unit}")?;
        }
        write!(f, " by {}, {} is better", self.unit, self.success.word())
    }
}

/// A metric as written. The places of its findings are [`Place::Part`](crate::Place::Part).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftMetric {
    /// In which form it is written.
    pub form: Form,
    /// The key.
    pub key: String,
    /// The name, if it is not made of the key.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// The key of the events, if it is another one than the metric's.
    pub event: Option<String>,
    /// The word for what is counted.
    pub kind: Option<String>,
    /// The unit of measure.
    pub unit: Option<String>,
    /// The word for which variation does better.
    pub success: Option<String>,
    /// The kind of context that events are counted by, or how the author names it.
    pub by: DraftKind,
}
