//! Experiments: only the parts that are needed to run on a rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An experiment, with its iterations.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Experiment {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created: i64,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) archived: Option<i64>,
    /// The iteration that runs, or ran last; before the first start, the one that was not started.
    pub(crate) iteration: Iteration,
    /// The iteration that the next start begins, beside one that was started.
    #[serde(default)]
    pub(crate) draft: Option<Iteration>,
    /// Those before, the oldest first.
    #[serde(default)]
    pub(crate) previous: Vec<Iteration>,
}

impl Experiment {
    /// Every iteration.
    pub(crate) fn iterations(&self) -> impl Iterator<Item = &Iteration> {
        self.previous
            .iter()
            .chain([&self.iteration])
            .chain(&self.draft)
    }

    /// Returns whether any iteration measures a metric.
    pub(crate) fn uses(&self, metric: &str) -> bool {
        let mut metrics = self.iterations().flat_map(|it| &it.metrics);
        metrics.any(|used| used.key == metric)
    }
}

impl Iteration {
    /// The kind of the contexts that are put into treatments.
    pub(crate) fn unit(&self) -> &str {
        self.randomization_unit.as_deref().unwrap_or("user")
    }
}

/// The progress of an iteration of an experiment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IterationStatus {
    /// Nobody started it yet.
    #[default]
    NotStarted,
    /// It serves treatments.
    Running,
    /// It served them.
    Stopped,
}

impl IterationStatus {
    /// As LaunchDarkly spells it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }
}

/// One run of an experiment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Iteration {
    #[serde(rename = "_id", default)]
    pub(crate) id: String,
    pub(crate) hypothesis: String,
    #[serde(default)]
    pub(crate) status: IterationStatus,
    #[serde(default)]
    pub(crate) created_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) started_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) winning_treatment_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) winning_reason: Option<String>,
    #[serde(default)]
    pub(crate) metrics: Vec<MetricUse>,
    #[serde(default)]
    pub(crate) primary_single_metric_key: Option<String>,
    #[serde(default, rename = "canReshuffleTraffic")]
    pub(crate) can_reshuffle: bool,
    #[serde(default)]
    pub(crate) randomization_unit: Option<String>,
    pub(crate) treatments: Vec<Treatment>,
    /// The rules on which it runs, by flag.
    pub(crate) flags: BTreeMap<String, RunsOn>,
}

/// A metric of an iteration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricUse {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) is_group: bool,
}

/// The variation of a part of the contexts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Treatment {
    #[serde(rename = "_id", default)]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) baseline: bool,
    /// Percent, as a text.
    pub(crate) allocation_percent: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// The variation of one flag.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parameter {
    pub(crate) flag_key: String,
    pub(crate) variation_id: String,
}

/// The rule of a flag, or `fallthrough`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunsOn {
    pub(crate) rule_id: String,
    #[serde(default)]
    pub(crate) flag_config_version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_in_experiment_variation_id: Option<String>,
}
