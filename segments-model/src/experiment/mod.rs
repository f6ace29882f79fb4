//! Experiments: which of several variations does better, by which metrics, for whom.
//!
//! An [`Experiment`] runs on a rule of an AI Config or a flag. A program that declares one says what is
//! compared; when it starts and stops is nobody's to declare.
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

use crate::draft::{DraftKind, Form};
use crate::{
    ContextKind, ExperimentKey, MetricKey, Resource, SegmentKey, Tag, VariationKey, Weight,
};

pub use together::{Related, check_together};

/// A comparison of variations by metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    /// The key.
    pub key: ExperimentKey,
    /// What people call it.
    pub name: String,
    /// What it is about; `None` if that is not managed.
    pub description: Option<String>,
    /// The tags; `None` if they are not managed.
    pub tags: Option<BTreeSet<Tag>>,
    /// What is expected of it.
    pub hypothesis: String,
    /// The AI Config or flag.
    pub on: Resource,
    /// The segment whose members reach the rule: the rule that asks for it and nothing else. `None` for
    /// the default rule.
    pub rule: Option<SegmentKey>,
    /// The metric that decides.
    pub primary: MetricKey,
    /// The metrics that are looked at beside it.
    pub secondary: Vec<MetricKey>,
    /// The variation that the others are compared with.
    pub baseline: VariationKey,
    /// The variations with their shares, which add up to 100 %.
    pub treatments: Vec<(VariationKey, Weight)>,
    /// The kind of context that is put into treatments: LaunchDarkly's randomization unit.
    pub unit: ContextKind,
    /// The share of those who reach the rule that takes part; everybody else is served the baseline.
    pub traffic: Weight,
}

impl Experiment {
    /// The metrics, the primary one first.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricKey> {
        std::iter::once(&self.primary).chain(&self.secondary)
    }

    /// The share of all who reach the rule that a treatment is served to, in thousandths of a percent.
    #[must_use]
    pub fn allocation(&self, share: Weight) -> u64 {
        u64::from(share.thousandths()) * u64::from(self.traffic.thousandths()) / 100_000
    }

    /// The rule, in words.
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
    /// What is expected.
    pub hypothesis: Option<String>,
    /// The AI Config or flag, as its [path](Resource::path), or the Rust type that stands for it.
    pub on: String,
    /// The segment of the rule, or the Rust type that stands for it; `None` for the default rule.
    pub rule: Option<String>,
    /// The metric that decides, or the Rust type that stands for it.
    pub primary: Option<String>,
    /// The others.
    pub secondary: Vec<String>,
    /// The baseline.
    pub baseline: Option<String>,
    /// The variations with their shares in percent.
    pub split: Vec<(String, f64)>,
    /// The kind of context that is put into treatments, or how the author names it.
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
