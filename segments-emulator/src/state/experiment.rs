//! Experiments: as much of them as it takes to run on a rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An experiment, with its latest iteration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Experiment {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created: i64,
    pub(crate) iteration: Iteration,
}

/// One run of an experiment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Iteration {
    #[serde(rename = "_id", default)]
    pub(crate) id: String,
    pub(crate) hypothesis: String,
    /// `not_started`, `running` or `stopped`.
    #[serde(default)]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) created_at: i64,
    #[serde(default, rename = "canReshuffleTraffic")]
    pub(crate) can_reshuffle: bool,
    #[serde(default)]
    pub(crate) randomization_unit: Option<String>,
    pub(crate) treatments: Vec<Treatment>,
    /// The rules on which it runs, by flag.
    pub(crate) flags: BTreeMap<String, RunsOn>,
}

/// What some of the contexts are served.
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
}
