//! Experiments: comparisons of variations by metrics.
//!
//! An [`Experiment`] runs on a rule of an AI Config or a flag. A program declares what to compare;
//! starting and stopping is not declared.
//!
//! ```
//! use segments_model::Weight;
//! use segments_model::experiment::DraftExperiment;
//!
//! let draft = DraftExperiment {
//!     key: "careful-answers".into(),
//!     on: "ai-config/support-assistant".into(),
//!     primary: Some("resolved".into()),
//!     split: vec![("fast".into(), 50.0), ("careful".into(), 40.0)],
//!     baseline: Some("fast".into()),
//!     ..DraftExperiment::default()
//! };
//! let findings = draft.parse().unwrap_err();
//! assert_eq!(
//!     findings.to_string(),
//!     "error[split-sum]: these treatments add up to 90 %, not to 100 %; 10 % are missing"
//! );
//! ```

mod check;
mod together;

use std::collections::BTreeSet;
use std::fmt;

use crate::code::codes;
use crate::draft::{DraftKind, Form};
use crate::{
    ContextKind, ExperimentKey, MetricKey, Resource, SegmentKey, Tag, VariationKey, Weight,
};

pub use together::{Related, check_together};

codes! {
    check, together,
}

/// A comparison of variations by metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    /// The key.
    pub key: ExperimentKey,
    /// The display name.
    pub name: String,
    /// The description; `None` if it is not managed.
    pub description: Option<String>,
    /// The tags; `None` if they are not managed.
    pub tags: Option<BTreeSet<Tag>>,
    /// The hypothesis.
    pub hypothesis: String,
    /// The AI Config or flag.
    pub on: Resource,
    /// The segment of the rule: the rule whose only clause references it. `None` for the default rule.
    pub rule: Option<SegmentKey>,
    /// The primary metric.
    pub primary: MetricKey,
    /// The secondary metrics.
    pub secondary: Vec<MetricKey>,
    /// The baseline, with which the others are compared.
    pub baseline: VariationKey,
    /// The variations with their shares, which add up to 100 %.
    pub treatments: Vec<(VariationKey, Weight)>,
    /// The context kind that is assigned to treatments: LaunchDarkly's randomization unit.
    pub unit: ContextKind,
    /// The share of the contexts reaching the rule that take part; all others are served the baseline.
    pub traffic: Weight,
}

impl Experiment {
    /// Iterates over the metrics, the primary one first.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricKey> {
        std::iter::once(&self.primary).chain(&self.secondary)
    }

    /// Returns the share of all contexts reaching the rule that are served a treatment, in thousandths of
    /// a percent.
    #[must_use]
    pub fn allocation(&self, share: Weight) -> u64 {
        u64::from(share.thousandths()) * u64::from(self.traffic.thousandths()) / 100_000
    }

    /// Returns the rule, in words.
    #[must_use]
    pub fn rule_in_words(&self) -> String {
        match &self.rule {
            Some(segment) => format!("rule for segment `{segment}`"),
            None => "default rule".to_owned(),
        }
    }
}

/// In words: `fast 50% (baseline) against careful 50%, by user`.
impl fmt::Display for Experiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (variation, weight)) in self.treatments.iter().enumerate() {
            let and = if at == 0 { "" } else { " against " };
            write!(f, "{and}{variation} {weight}")?;
            if *variation == self.baseline {
                f.write_str(" (baseline)")?;
            }
        }
        write!(f, ", by {}", self.unit)
    }
}

/// An experiment as written. The places of its findings are [`Place::Part`](crate::Place::Part).
#[derive(Debug, Clone, PartialEq)]
pub struct DraftExperiment {
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
    /// The hypothesis.
    pub hypothesis: Option<String>,
    /// The AI Config or flag, as its [path](Resource::path), or the Rust type that stands for it.
    pub on: String,
    /// The segment of the rule, or the Rust type that stands for it; `None` for the default rule.
    pub rule: Option<String>,
    /// The primary metric, or the Rust type that stands for it.
    pub primary: Option<String>,
    /// The secondary metrics.
    pub secondary: Vec<String>,
    /// The baseline.
    pub baseline: Option<String>,
    /// The variations with their shares in percent.
    pub split: Vec<(String, f64)>,
    /// The context kind that is assigned to treatments, or the author's name for it.
    pub by: DraftKind,
    /// The share that takes part, in percent.
    pub traffic: f64,
}

impl Default for DraftExperiment {
    fn default() -> Self {
        Self {
            form: Form::default(),
            key: String::new(),
            name: None,
            description: None,
            tags: None,
            hypothesis: None,
            on: String::new(),
            rule: None,
            primary: None,
            secondary: Vec::new(),
            baseline: None,
            split: Vec::new(),
            by: DraftKind::default(),
            traffic: 100.0,
        }
    }
}
