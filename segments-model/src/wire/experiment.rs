//! Experiments in the service's form (*getExperiment*).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An experiment of an environment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Experiment {
    /// The key.
    pub key: String,
    /// The display name.
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// The time of creation, in milliseconds.
    #[serde(rename = "_creationDate")]
    pub creation_date: i64,
    /// The time of archiving, in milliseconds, if it is archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_date: Option<i64>,
    /// The running iteration, or the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_iteration: Option<Iteration>,
    /// The iteration that was not started yet, if it was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_iteration: Option<Iteration>,
}

/// One iteration of an experiment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Iteration {
    /// Its identifier.
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The hypothesis.
    pub hypothesis: String,
    /// `not_started`, `running` or `stopped`.
    pub status: String,
    /// The number of changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The context kind that is assigned to treatments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub randomization_unit: Option<String>,
    /// The primary metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_single_metric: Option<IterationMetric>,
    /// The primary metric, in older responses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_metric: Option<IterationMetric>,
    /// All metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Vec<IterationMetric>>,
    /// The treatments, if they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treatments: Option<Vec<Treatment>>,
    /// The rules on which it runs, by flag.
    pub flags: BTreeMap<String, RunsOn>,
}

/// A metric of an iteration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IterationMetric {
    /// Its key.
    pub key: String,
}

/// A treatment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Treatment {
    /// Its identifier, which names the winner.
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The display name.
    pub name: String,
    /// The percentage, as a string.
    pub allocation_percent: String,
    /// Whether it is the baseline.
    pub baseline: bool,
    /// The variation of each flag.
    pub parameters: Vec<Parameter>,
}

/// The variation of one flag.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Parameter {
    /// The flag, or the flag behind an AI Config.
    pub flag_key: String,
    /// The variation.
    pub variation_id: String,
}

/// The rule of a flag that an iteration runs on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunsOn {
    /// The rule's identifier, or `fallthrough`.
    pub targeting_rule: Option<String>,
    /// The version of the flag.
    pub flag_config_version: Option<u64>,
}

impl Experiment {
    /// Returns the tags; empty if the service returns none.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        self.tags.as_deref().unwrap_or_default()
    }

    /// Returns the iteration that the next start begins, or the latest.
    #[must_use]
    pub fn latest(&self) -> Option<&Iteration> {
        self.draft_iteration
            .as_ref()
            .or(self.current_iteration.as_ref())
    }

    /// Returns the running iteration.
    #[must_use]
    pub fn running(&self) -> Option<&Iteration> {
        let current = self.current_iteration.as_ref();
        current.filter(|iteration| iteration.status == "running")
    }
}

impl Iteration {
    /// Returns the key of the primary metric.
    #[must_use]
    pub fn primary(&self) -> Option<&str> {
        let primary = self.primary_single_metric.as_ref();
        let primary = primary.or(self.primary_metric.as_ref())?;
        Some(&primary.key)
    }
}
