//! What came of experiments: the events that SDKs sent, by variation and by segment.
//!
//! LaunchDarkly computes probabilities; here are counts, so that a test sees what was tracked. Who was served
//! what is read from the events themselves: evaluations of a flag, and those of an AI Config's runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use crate::service::Service;
use crate::state::{Experiment, Targeting};

/// The name of the attribute in which contexts list their segments.
const SEGMENTS: &str = "segments";

/// The results of one experiment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Results {
    pub(crate) experiment: String,
    pub(crate) status: String,
    pub(crate) rows: Vec<Row>,
}

/// What came of one variation by one metric: of all contexts, or of those of a segment.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) metric: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) segment: Option<String>,
    pub(crate) variation: String,
    /// How many contexts were served it.
    pub(crate) contexts: usize,
    /// How many of them have an event.
    pub(crate) converted: usize,
    pub(crate) events: usize,
    /// The sum of the values.
    pub(crate) total: f64,
}

/// A context that takes part, and what is known of it.
#[derive(Default)]
struct Participant {
    variation: Option<String>,
    segments: BTreeSet<String>,
}

/// The results of every experiment of an environment.
pub(crate) fn results(service: &Service, project: &str, environment: &str) -> Vec<Results> {
    let (Ok(found), Ok(here)) = (
        service.state.project(project),
        service.state.environment(project, environment),
    ) else {
        return Vec::new();
    };
    let tracked = service.tracked.events();
    let tracked = tracked.filter(|it| it.project == project && it.environment == environment);
    let events: Vec<&Json> = tracked.map(|it| &it.event).collect();
    let each = here.experiments.iter().map(|(key, experiment)| {
        let unit = experiment.iteration.randomization_unit.as_deref();
        let participants = participants(&events, experiment, unit.unwrap_or("user"), |flag| {
            found.flags.get(flag).or_else(|| found.ai_configs.get(flag))
        });
        let metrics = experiment.iteration.metrics.iter();
        let rows = metrics.flat_map(|used| {
            let event = found.metrics.get(&used.key);
            let event = event.and_then(|metric| metric["eventKey"].as_str());
            of_metric(
                &events,
                &participants,
                unit.unwrap_or("user"),
                &used.key,
                event.unwrap_or(&used.key),
            )
        });
        Results {
            experiment: key.clone(),
            status: experiment.iteration.status.clone(),
            rows: rows.collect(),
        }
    });
    each.collect()
}

/// Who was served what, and which segments each is in, by the key of the unit.
fn participants<'a>(
    events: &[&Json],
    experiment: &Experiment,
    unit: &str,
    targeting: impl Fn(&str) -> Option<&'a Targeting>,
) -> BTreeMap<String, Participant> {
    let mut participants: BTreeMap<String, Participant> = BTreeMap::new();
    for event in events {
        let Some(key) = key_of(event, unit) else {
            continue;
        };
        let participant = participants.entry(key).or_default();
        let context = context(event, unit);
        let segments = context.and_then(|context| context[SEGMENTS].as_array());
        let segments = segments.into_iter().flatten();
        let segments = segments.filter_map(|segment| segment.as_str().map(str::to_owned));
        participant.segments.extend(segments);
        for flag in experiment.iteration.flags.keys() {
            let served = if event["kind"] == "feature" && event["key"] == **flag {
                let place = event["variation"]
                    .as_u64()
                    .and_then(|at| usize::try_from(at).ok());
                let targeting = targeting(flag);
                place.and_then(|at| Some(targeting?.variations.get(at)?.label()))
            } else if event["data"]["configKey"] == **flag {
                event["data"]["variationKey"].as_str().map(str::to_owned)
            } else {
                None
            };
            participant.variation = served.or(participant.variation.take());
        }
    }
    participants.retain(|_, it| it.variation.is_some());
    participants
}

/// What came of one metric.
fn of_metric(
    events: &[&Json],
    participants: &BTreeMap<String, Participant>,
    unit: &str,
    metric: &str,
    event_key: &str,
) -> Vec<Row> {
    let mut rows: BTreeMap<(Option<&str>, &str), Row> = BTreeMap::new();
    let mut values: BTreeMap<String, (usize, f64)> = BTreeMap::new();
    let counted = events
        .iter()
        .filter(|event| event["kind"] == "custom" && event["key"] == event_key);
    for event in counted {
        if let Some(key) = key_of(event, unit) {
            let (count, total) = values.entry(key).or_default();
            *count += 1;
            *total += event["metricValue"].as_f64().unwrap_or_default();
        }
    }
    for (key, participant) in participants {
        let variation = participant.variation.as_deref().unwrap_or_default();
        let (count, total) = values.get(key).copied().unwrap_or_default();
        let segments = participant
            .segments
            .iter()
            .map(|segment| Some(segment.as_str()));
        for segment in std::iter::once(None).chain(segments) {
            let row = rows.entry((segment, variation)).or_insert_with(|| Row {
                metric: metric.to_owned(),
                segment: segment.map(str::to_owned),
                variation: variation.to_owned(),
                contexts: 0,
                converted: 0,
                events: 0,
                total: 0.0,
            });
            row.contexts += 1;
            row.converted += usize::from(count > 0);
            row.events += count;
            row.total += total;
        }
    }
    rows.into_values().collect()
}

/// The context of a kind that an event is about.
fn context<'e>(event: &'e Json, kind: &str) -> Option<&'e Json> {
    let context = event.get("context")?;
    match context["kind"].as_str() {
        Some("multi") => context.get(kind),
        Some(of) if of == kind => Some(context),
        _ => None,
    }
}

fn key_of(event: &Json, kind: &str) -> Option<String> {
    let key = context(event, kind).and_then(|context| context["key"].as_str());
    let key = key.or_else(|| event["contextKeys"][kind].as_str());
    key.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn events_are_counted_by_variation_and_by_segment() {
        let user = |key: &str, segments: &[&str]| json!({"kind": "user", "key": key, "segments": segments});
        let served = |key: &str, variation: &str, segments: &[&str]| {
            json!({"kind": "custom", "key": "$ld:ai:generation:success", "metricValue": 1.0,
                "context": user(key, segments), "data": {"configKey": "assistant", "variationKey": variation}})
        };
        let paid = |key: &str, value: f64| {
            json!({"kind": "custom", "key": "paid", "metricValue": value,
                "contextKeys": {"user": key}})
        };
        let events = [
            served("u-1", "fast", &["beta"]),
            served("u-2", "careful", &["beta", "eu"]),
            paid("u-2", 2.5),
            paid("u-2", 1.5),
            // Somebody who was served nothing.
            paid("u-9", 7.0),
        ];
        let events: Vec<&Json> = events.iter().collect();
        let iteration = json!({"hypothesis": "", "treatments": [], "metrics": [{"key": "total"}],
            "flags": {"assistant": {"ruleId": "fallthrough"}}});
        let experiment = Experiment {
            id: String::new(),
            name: String::new(),
            description: String::new(),
            created: 0,
            tags: Vec::new(),
            archived: None,
            iteration: serde_json::from_value(iteration).unwrap(),
            draft: None,
            previous: Vec::new(),
        };
        let participants = participants(&events, &experiment, "user", |_| None);
        let rows = of_metric(&events, &participants, "user", "total", "paid");
        let shown: Vec<_> = rows
            .iter()
            .map(|row| {
                let segment = row.segment.as_deref().unwrap_or("all");
                format!(
                    "{segment} {} {} {} {}",
                    row.variation, row.contexts, row.converted, row.total
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "all careful 1 1 4",
                "all fast 1 0 0",
                "beta careful 1 1 4",
                "beta fast 1 0 0",
                "eu careful 1 1 4"
            ]
        );
    }
}
