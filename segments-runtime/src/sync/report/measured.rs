//! The names of metrics and experiments.

use segments_model::{ExperimentKey, MetricKey};
use serde::Serialize;

/// A metric or an experiment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "resource", content = "key", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Measured {
    /// A metric.
    Metric(MetricKey),
    /// An experiment.
    Experiment(ExperimentKey),
}

impl Measured {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Metric(key) => key.as_str(),
            Self::Experiment(key) => key.as_str(),
        }
    }

    /// Returns the name on the command line: `metric/checkout-total`.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Metric(key) => format!("metric/{key}"),
            Self::Experiment(key) => format!("experiment/{key}"),
        }
    }
}

/// `metric checkout-total`.
impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Metric(key) => write!(f, "metric {key}"),
            Self::Experiment(key) => write!(f, "experiment {key}"),
        }
    }
}
