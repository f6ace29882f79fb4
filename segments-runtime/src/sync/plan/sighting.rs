//! The state of a resource in so few digits that every segment of a large environment can be remembered
//! and compared with its later state.

use segments_model::{EnvironmentKey, wire};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// A segment, an AI Config, a flag, a metric or an experiment as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its version.
    pub version: u64,
    /// The previous state of each of its parts, as the start of a SHA-256.
    parts: Vec<(String, u32)>,
    /// Keys of members are few enough to be guessed from a digest, so theirs is not written down.
    #[serde(skip)]
    lists: u32,
}

impl Sighting {
    pub(super) fn of_segment(segment: &wire::Segment) -> Self {
        let wire::Segment {
            name,
            description,
            tags,
            included,
            excluded,
            included_contexts,
            excluded_contexts,
            rules,
            version,
            expiring,
            ..
        } = segment;
        Self::new(
            *version,
            &[
                ("name", json!(name)),
                ("description", json!(description)),
                ("tags", json!(tags)),
                ("rules", json!(rules)),
            ],
            &json!([
                included,
                excluded,
                included_contexts,
                excluded_contexts,
                expiring
            ]),
        )
    }

    pub(super) fn of_targeting(targeting: &wire::Targeting, environment: &EnvironmentKey) -> Self {
        let here = targeting.environments.get(environment.as_str());
        let here = here.cloned().unwrap_or_default();
        Self::new(
            targeting.version,
            &[
                ("tags", json!(targeting.tags)),
                ("variations", json!(targeting.variations)),
                ("rules", json!(here.rules)),
                ("fallthrough", json!(here.fallthrough)),
                ("on", json!([here.on, here.enabled])),
            ],
            &json!([here.targets, here.context_targets]),
        )
    }

    pub(crate) fn of_metric(metric: &wire::Metric) -> Self {
        let wire::Metric {
            name,
            description,
            tags,
            kind,
            is_numeric,
            event_key,
            unit,
            unit_aggregation_type,
            success_criteria,
            version,
            ..
        } = metric;
        Self::new(
            version.unwrap_or_default(),
            &[
                ("name", json!(name)),
                ("description", json!(description)),
                ("tags", json!(tags)),
                ("kind", json!([kind, is_numeric])),
                ("event", json!(event_key)),
                ("unit", json!(unit)),
                ("aggregation", json!(unit_aggregation_type)),
                ("success criterion", json!(success_criteria)),
                ("unit of randomization", json!(metric.units())),
            ],
            &Json::Null,
        )
    }

    pub(crate) fn of_experiment(experiment: &wire::Experiment) -> Self {
        let wire::Experiment {
            name,
            description,
            tags,
            archived_date,
            ..
        } = experiment;
        let latest = experiment.latest();
        Self::new(
            latest.and_then(|it| it.version).unwrap_or_default(),
            &[
                ("name", json!(name)),
                ("description", json!(description)),
                ("tags", json!(tags)),
                ("end", json!(archived_date)),
                ("iteration", json!(latest)),
            ],
            &Json::Null,
        )
    }

    fn new(version: u64, parts: &[(&str, Json)], lists: &Json) -> Self {
        let parts = parts.iter();
        let parts = parts.map(|(name, value)| ((*name).to_owned(), digest(value)));
        Self {
            version,
            parts: parts.collect(),
            lists: digest(lists),
        }
    }

    /// Returns the differences: the names of the parts, or the lists if no part differs.
    #[must_use]
    pub fn changed<'s>(&'s self, now: &'s Self) -> Vec<&'s str> {
        if self.version == now.version && self.parts == now.parts {
            return Vec::new();
        }
        let pairs = self.parts.iter().zip(&now.parts);
        let other = pairs.filter(|(was, is)| was != is);
        let changed: Vec<_> = other.map(|((name, _), _)| name.as_str()).collect();
        if changed.is_empty() {
            return vec!["lists"];
        }
        changed
    }
}

fn digest(value: &Json) -> u32 {
    let digest = Sha256::digest(value.to_string());
    digest
        .iter()
        .take(4)
        .fold(0, |number, byte| (number << 8) | u32::from(*byte))
}
