//! Metrics: how the events that a program tracks are counted.
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
//!     "error[metric-unit]: a numeric metric needs a unit; write one such as `unit = \"USD\"`"
//! );
//! ```

mod check;

use std::collections::BTreeSet;
use std::fmt;

pub(crate) use check::CODES;

use crate::draft::{DraftKind, Form};
use crate::{ContextKind, MetricKey, Tag};

/// How the events of one key are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// The key.
    pub key: MetricKey,
    /// The display name.
    pub name: String,
    /// The description; `None` if it is not managed.
    pub description: Option<String>,
    /// The tags; `None` if they are not managed.
    pub tags: Option<BTreeSet<Tag>>,
    /// The key of the events.
    pub event: String,
    /// The kind.
    pub kind: MetricKind,
    /// The success criterion.
    pub success: SuccessCriterion,
    /// The context kind that events are counted by: LaunchDarkly's randomization unit.
    pub unit: ContextKind,
}

/// How the events of one context are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetricKind {
    /// The number of events.
    Count,
    /// Whether there is an event.
    Occurrence,
    /// The values of the events, in this unit of measure.
    Numeric(String),
}

impl MetricKind {
    /// The words for the kinds.
    pub const WORDS: [&'static str; 3] = ["count", "occurrence", "numeric"];

    /// Returns the word for the kind.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Count => Self::WORDS[0],
            Self::Occurrence => Self::WORDS[1],
            Self::Numeric(_) => Self::WORDS[2],
        }
    }
}

/// The success criterion: which variation is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuccessCriterion {
    /// Higher than the baseline.
    HigherThanBaseline,
    /// Lower than the baseline.
    LowerThanBaseline,
}

impl SuccessCriterion {
    /// The words for the criteria.
    pub const WORDS: [&'static str; 2] = ["higher", "lower"];

    /// Returns the word for the criterion.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HigherThanBaseline => Self::WORDS[0],
            Self::LowerThanBaseline => Self::WORDS[1],
        }
    }

    /// Returns LaunchDarkly's name.
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
    /// The form in which it is written.
    pub form: Form,
    /// The key.
    pub key: String,
    /// The name, if it is not derived from the key.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// The key of the events, if it differs from the metric's.
    pub event: Option<String>,
    /// The word for the kind.
    pub kind: Option<String>,
    /// The unit of measure.
    pub unit: Option<String>,
    /// The word for the success criterion.
    pub success: Option<String>,
    /// The context kind that events are counted by, or the author's name for it.
    pub by: DraftKind,
}
