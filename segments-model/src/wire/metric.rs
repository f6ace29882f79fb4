//! Metrics as the service shows and takes them (*getMetric*, *postMetric*, *patchMetric*).

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{MetricKind, SuccessCriterion};

/// A metric of a project.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metric {
    /// The key.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `custom` for tracked events; others count clicks, page views or traces.
    pub kind: String,
    /// Whether values are counted, and not events.
    pub is_numeric: bool,
    /// The unit of measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The key of the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_key: Option<String>,
    /// Which variation does better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_criteria: Option<String>,
    /// `sum` or `average` of the events of one context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_aggregation_type: Option<String>,
    /// The kinds of context that events may be counted by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis_units: Option<Vec<String>>,
    /// The same under its former name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub randomization_units: Option<Vec<String>>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// How often it was changed.
    #[serde(rename = "_version")]
    pub version: Option<u64>,
    /// When it was made, in milliseconds.
    #[serde(rename = "_creationDate")]
    pub creation_date: i64,
    /// How many experiments use it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment_count: Option<u64>,
    /// How many groups of metrics use it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_group_count: Option<u64>,
    /// How many guarded rollouts use it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_guarded_rollout_count: Option<u64>,
    /// How many flags it is attached to.
    #[serde(rename = "_attachedFlagCount", skip_serializing_if = "Option::is_none")]
    pub attached_flag_count: Option<u64>,
}

/// How the events of one context are put together; what is numeric is left to the service.
#[must_use]
pub const fn aggregation(kind: &MetricKind) -> Option<&'static str> {
    match kind {
        MetricKind::Count => Some("sum"),
        MetricKind::Occurrence => Some("average"),
        MetricKind::Numeric(_) => None,
    }
}

impl Metric {
    /// The tags, none if the service shows none.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        self.tags.as_deref().unwrap_or_default()
    }

    /// The kinds of context that events may be counted by.
    #[must_use]
    pub fn units(&self) -> &[String] {
        let units = self.analysis_units.as_ref();
        let units = units.or(self.randomization_units.as_ref());
        units.map(Vec::as_slice).unwrap_or_default()
    }
}

/// The body that makes a metric, but for tags that say whose it is.
impl From<&crate::Metric> for Json {
    fn from(metric: &crate::Metric) -> Self {
        let mut body = json!({
            "key": metric.key,
            "name": metric.name,
            "kind": "custom",
            "isNumeric": matches!(metric.kind, MetricKind::Numeric(_)),
            "eventKey": metric.event,
            "successCriteria": SuccessCriterion::wire(metric.success),
            "analysisUnits": [metric.unit],
            "tags": metric.tags.iter().flatten().collect::<Vec<_>>(),
        });
        if let Some(description) = &metric.description {
            body["description"] = json!(description);
        }
        if let MetricKind::Numeric(unit) = &metric.kind {
            body["unit"] = json!(unit);
        }
        if let Some(aggregation) = aggregation(&metric.kind) {
            body["unitAggregationType"] = json!(aggregation);
        }
        body
    }
}
