//! Experiments as the service shows them (*getExperiment*).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An experiment of an environment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Experiment {
    /// The key.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// When it was made, in milliseconds.
    #[serde(rename = "_creationDate")]
    pub creation_date: i64,
    /// When it was archived, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_date: Option<i64>,
    /// The iteration that runs, or the one that ran last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_iteration: Option<Iteration>,
    /// The iteration that was not started yet, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_iteration: Option<Iteration>,
}

/// One run of an experiment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Iteration {
    /// Its identifier.
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is expected.
    pub hypothesis: String,
    /// `not_started`, `running` or `stopped`.
    pub status: String,
    /// How often it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The kind of context that is put into treatments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub randomization_unit: Option<String>,
    /// The metric that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_single_metric: Option<IterationMetric>,
    /// The same, in answers of another age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_metric: Option<IterationMetric>,
    /// All metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Vec<IterationMetric>>,
    /// What some of the contexts are served, where it was asked for.
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

/// What some of the contexts are served.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Treatment {
    /// Its identifier, by which it is named the winner.
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// Percent, as a text.
    pub allocation_percent: String,
    /// Whether the others are compared with it.
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
    /// The tags, none if the service shows none.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        self.tags.as_deref().unwrap_or_default()
    }

    /// The iteration that the next start begins, or the latest.
    #[must_use]
    pub fn latest(&self) -> Option<&Iteration> {
        self.draft_iteration
            .as_ref()
            .or(self.current_iteration.as_ref())
    }

    /// The iteration that runs.
    #[must_use]
    pub fn running(&self) -> Option<&Iteration> {
        let current = self.current_iteration.as_ref();
        current.filter(|iteration| iteration.status == "running")
    }
}

impl Iteration {
    /// The key of the metric that decides.
    #[must_use]
    pub fn primary(&self) -> Option<&str> {
        let primary = self.primary_single_metric.as_ref();
        let primary = primary.or(self.primary_metric.as_ref())?;
        Some(&primary.key)
    }
}
