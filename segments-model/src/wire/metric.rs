//! Metrics in the service's form (*getMetric*, *postMetric*, *patchMetric*).

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{MetricKind, SuccessCriterion};

/// A metric of a project.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metric {
    /// The key.
    pub key: String,
    /// The display name.
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `custom` for tracked events; others count clicks, page views or traces.
    pub kind: String,
    /// Whether values are used instead of events.
    pub is_numeric: bool,
    /// The unit of measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The key of the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_key: Option<String>,
    /// The success criterion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_criteria: Option<String>,
    /// `sum` or `average` of the events of one context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_aggregation_type: Option<String>,
    /// The kinds of context that events may be counted by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis_units: Option<Vec<String>>,
    /// The kinds of context that events may be counted by, under the former name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub randomization_units: Option<Vec<String>>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// The number of changes.
    #[serde(rename = "_version")]
    pub version: Option<u64>,
    /// The time of creation, in milliseconds.
    #[serde(rename = "_creationDate")]
    pub creation_date: i64,
    /// The number of experiments that use it, if it was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment_count: Option<u64>,
    /// The number of metric groups that use it, if it was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_group_count: Option<u64>,
    /// The number of guarded rollouts that use it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_guarded_rollout_count: Option<u64>,
    /// The number of flags that it is attached to.
    #[serde(rename = "_attachedFlagCount", skip_serializing_if = "Option::is_none")]
    pub attached_flag_count: Option<u64>,
}

/// Returns how the events of one context are aggregated; `None` for numeric metrics, which leave it to
/// the service.
#[must_use]
pub const fn aggregation(kind: &MetricKind) -> Option<&'static str> {
    match kind {
        MetricKind::Count => Some("sum"),
        MetricKind::Occurrence => Some("average"),
        MetricKind::Numeric(_) => None,
    }
}

impl Metric {
    /// Returns the tags; empty if the service returns none.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        self.tags.as_deref().unwrap_or_default()
    }

    /// Returns the kinds of context that events may be counted by.
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
