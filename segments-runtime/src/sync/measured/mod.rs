//! Metrics and experiments as kinds of resources.
//!
//! They use the same pipeline as segments ([`Syncable`](super::syncable::Syncable)). A metric belongs to
//! the project, an experiment to the environment. Nothing here starts, stops or reshuffles an experiment
//! except [`start_experiment`] and [`stop_experiment`], which somebody has to call.

mod experiment;
mod look;
mod metric;
mod run;

use segments_model::{ExperimentKey, MetricKey};
use serde::Serialize;

pub(crate) use experiment::{Goal as ExperimentGoal, Remote as ExperimentRemote};
pub(crate) use look::{Found, against, look};
pub(crate) use metric::Goal as MetricGoal;
pub use run::{start_experiment, stop_experiment};

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
