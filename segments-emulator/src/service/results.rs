//! Results of experiments: the events that SDKs sent, by variation and by segment.
//!
//! LaunchDarkly computes probabilities; here are counts, so that a test sees what was tracked. As there, a context
//! takes part from the first evaluation that an SDK reports as one of the experiment (`inExperiment`), on its
//! rule, in its current iteration; what the context did before, or after the iteration was stopped, does not count.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use crate::service::Service;
use crate::service::tracked::TrackedEvent;
use crate::state::{Iteration, IterationStatus};

/// The attribute in which contexts list their segments, if nobody says otherwise.
pub(crate) const SEGMENTS: &str = "segments";

/// The results of one experiment in its current iteration.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentResults {
    /// The key of the experiment.
    pub experiment: String,
    /// The progress of the iteration.
    pub status: IterationStatus,
    /// A row for each metric, segment and variation.
    pub rows: Vec<ResultRow>,
}

/// The results of one variation by one metric: for all participants, or for those in a segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultRow {
    /// The key of the metric.
    pub metric: String,
    /// The key of the segment; `None` for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The variation.
    pub variation: String,
    /// The number of contexts that were served it.
    pub contexts: usize,
    /// The number of these with an event.
    pub converted: usize,
    /// The number of their events.
    pub events: usize,
    /// The sum of the values of their events.
    pub total: f64,
}

/// A context that takes part.
struct Participant {
    variation: String,
    /// When it was served first, in milliseconds since 1970.
    since: i64,
    segments: BTreeSet<String>,
}

/// The events of an environment, and what an iteration counts of them.
struct Events<'e> {
    all: &'e [&'e TrackedEvent],
    iteration: &'e Iteration,
}

/// The results of every experiment of an environment. Contexts list their segments in the attribute.
pub(crate) fn results(
    service: &Service,
    project: &str,
    environment: &str,
    attribute: &str,
) -> Vec<ExperimentResults> {
    let (Ok(found), Ok(here)) = (
        service.state.project(project),
        service.state.environment(project, environment),
    ) else {
        return Vec::new();
    };
    let tracked = service.tracked.events();
    let tracked = tracked.filter(|it| it.project == project && it.environment == environment);
    let tracked: Vec<&TrackedEvent> = tracked.collect();
    let each = here.experiments.iter().map(|(key, experiment)| {
        let iteration = &experiment.iteration;
        let events = Events {
            all: &tracked,
            iteration,
        };
        let participants = events.participants(attribute, |flag, place| {
            let targeting = found.flags.get(flag).or_else(|| found.ai_configs.get(flag));
            Some(targeting?.variations.get(place)?.label())
        });
        let rows = iteration.metrics.iter().flat_map(|used| {
            let event = found.metrics.get(&used.key);
            let event = event.and_then(|metric| metric["eventKey"].as_str());
            events.of_metric(&participants, &used.key, event.unwrap_or(&used.key))
        });
        ExperimentResults {
            experiment: key.clone(),
            status: iteration.status,
            rows: rows.collect(),
        }
    });
    each.collect()
}

impl Events<'_> {
    /// The events that came before the iteration stopped.
    fn counted(&self) -> impl Iterator<Item = &TrackedEvent> {
        let ended = self.iteration.ended_at.unwrap_or(i64::MAX);
        let all = self.all.iter().copied();
        all.filter(move |it| it.received <= ended)
    }

    /// Who was served what, by key.
    fn participants(
        &self,
        attribute: &str,
        variation: impl Fn(&str, usize) -> Option<String>,
    ) -> BTreeMap<String, Participant> {
        let mut participants: BTreeMap<String, Participant> = BTreeMap::new();
        let started = self.iteration.started_at.unwrap_or(i64::MAX);
        for tracked in self.counted().filter(|it| it.received >= started) {
            let event = &tracked.event;
            let served = treatment(event, self.iteration);
            let (Some(served), Some(key)) = (served, self.key(event)) else {
                continue;
            };
            let Some(variation) = variation(served.0, served.1) else {
                continue;
            };
            let since = made(event);
            match participants.entry(key.to_owned()) {
                Entry::Vacant(entry) => {
                    entry.insert(Participant {
                        variation,
                        since,
                        segments: BTreeSet::new(),
                    });
                }
                Entry::Occupied(mut entry) if since < entry.get().since => {
                    let participant = entry.get_mut();
                    participant.variation = variation;
                    participant.since = since;
                }
                Entry::Occupied(_) => {}
            }
        }
        for tracked in self.counted() {
            let context = self.context(&tracked.event);
            let listed = context.and_then(|context| context[attribute].as_array());
            let participant = self
                .key(&tracked.event)
                .and_then(|key| participants.get_mut(key));
            if let (Some(listed), Some(participant)) = (listed, participant) {
                let listed = listed.iter().filter_map(Json::as_str);
                participant.segments.extend(listed.map(str::to_owned));
            }
        }
        participants
    }

    /// What came of one metric.
    fn of_metric(
        &self,
        participants: &BTreeMap<String, Participant>,
        metric: &str,
        event_key: &str,
    ) -> Vec<ResultRow> {
        let mut values: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
        for TrackedEvent { event, .. } in self.counted() {
            let key = self.key(event).filter(|key| {
                let participant = participants.get(*key);
                participant.is_some_and(|it| it.since <= made(event))
            });
            if let Some(key) = key
                && event["kind"] == "custom"
                && event["key"] == event_key
            {
                let (count, total) = values.entry(key).or_default();
                *count += 1;
                *total += event["metricValue"].as_f64().unwrap_or_default();
            }
        }
        let mut rows: BTreeMap<(Option<&str>, &str), ResultRow> = BTreeMap::new();
        for (key, participant) in participants {
            let variation = &*participant.variation;
            let (count, total) = values.get(&**key).copied().unwrap_or_default();
            let segments = participant.segments.iter();
            let segments = segments.map(|segment| Some(segment.as_str()));
            for segment in std::iter::once(None).chain(segments) {
                let row = rows
                    .entry((segment, variation))
                    .or_insert_with(|| ResultRow::empty(metric, segment, variation));
                row.contexts += 1;
                row.converted += usize::from(count > 0);
                row.events += count;
                row.total += total;
            }
        }
        rows.into_values().collect()
    }

    /// The context of the unit's kind that an event is about.
    fn context<'e>(&self, event: &'e Json) -> Option<&'e Json> {
        let (context, unit) = (event.get("context")?, self.iteration.unit());
        match context["kind"].as_str() {
            Some("multi") => context.get(unit),
            Some(of) if of == unit => Some(context),
            _ => None,
        }
    }

    fn key<'e>(&self, event: &'e Json) -> Option<&'e str> {
        let key = self
            .context(event)
            .and_then(|context| context["key"].as_str());
        key.or_else(|| event["contextKeys"][self.iteration.unit()].as_str())
    }
}

impl ResultRow {
    fn empty(metric: &str, segment: Option<&str>, variation: &str) -> Self {
        Self {
            metric: metric.to_owned(),
            segment: segment.map(str::to_owned),
            variation: variation.to_owned(),
            contexts: 0,
            converted: 0,
            events: 0,
            total: 0.0,
        }
    }
}

/// The flag, and the place of the variation, if an event says that a context was served a treatment on the rule of
/// the iteration.
fn treatment<'e>(event: &'e Json, iteration: &Iteration) -> Option<(&'e str, usize)> {
    let (flag, reason) = (event["key"].as_str()?, &event["reason"]);
    let is_rule = match iteration.flags.get(flag)?.rule_id.as_str() {
        "fallthrough" => reason["kind"] == "FALLTHROUGH",
        id => reason["ruleId"] == id,
    };
    let takes_part = event["kind"] == "feature" && reason["inExperiment"] == true && is_rule;
    let place = usize::try_from(event["variation"].as_u64()?).ok()?;
    takes_part.then_some((flag, place))
}

/// When an SDK made an event.
fn made(event: &Json) -> i64 {
    event["creationDate"].as_i64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An event of a user at a time.
    fn event(key: &str, at: i64, more: Json) -> TrackedEvent {
        let Json::Object(more) = more else {
            panic!("{more}")
        };
        let mut event = json!({"creationDate": at, "contextKeys": {"user": key}});
        event.as_object_mut().unwrap().extend(more);
        TrackedEvent {
            project: "default".to_owned(),
            environment: "test".to_owned(),
            received: at,
            event,
        }
    }

    fn served(key: &str, at: i64, variation: usize, reason: &Json) -> TrackedEvent {
        let flag = json!({"kind": "feature", "key": "assistant", "variation": variation, "reason": reason});
        event(key, at, flag)
    }

    fn paid(key: &str, at: i64, value: f64) -> TrackedEvent {
        event(
            key,
            at,
            json!({"kind": "custom", "key": "paid", "metricValue": value}),
        )
    }

    fn listed(key: &str, segments: &[&str]) -> TrackedEvent {
        let context = json!({"kind": "user", "key": key, "audiences": segments});
        event(key, 0, json!({"kind": "index", "context": context}))
    }

    /// What is shown, one row on each line.
    fn shown(rule: &str, events: &[TrackedEvent]) -> Vec<String> {
        shown_until(None, rule, events)
    }

    /// What is shown of an iteration that ended.
    fn shown_until(ended: Option<i64>, rule: &str, events: &[TrackedEvent]) -> Vec<String> {
        let iteration = json!({"hypothesis": "", "treatments": [], "metrics": [{"key": "total"}],
            "startedAt": 10, "endedAt": ended, "flags": {"assistant": {"ruleId": rule}}});
        let iteration: Iteration = serde_json::from_value(iteration).unwrap();
        let all: Vec<&TrackedEvent> = events.iter().collect();
        let events = Events {
            all: &all,
            iteration: &iteration,
        };
        let participants = events.participants("audiences", |flag, place| {
            assert_eq!(flag, "assistant");
            ["fast", "careful"].get(place).map(|it| (*it).to_owned())
        });
        let rows = events.of_metric(&participants, "total", "paid");
        let row = |row: &ResultRow| {
            let segment = row.segment.as_deref().unwrap_or("all");
            let ResultRow {
                variation,
                contexts,
                converted,
                events,
                total,
                ..
            } = row;
            format!("{segment} {variation} {contexts} {converted} {events} {total}")
        };
        rows.iter().map(row).collect()
    }
    #[test]
    fn those_who_take_part_are_counted_by_variation_and_by_segment() {
        let rule =
            json!({"kind": "RULE_MATCH", "ruleIndex": 0, "ruleId": "r-1", "inExperiment": true});
        let other =
            json!({"kind": "RULE_MATCH", "ruleIndex": 1, "ruleId": "r-2", "inExperiment": true});
        let untracked = json!({"kind": "RULE_MATCH", "ruleIndex": 0, "ruleId": "r-1"});
        let events = [
            listed("u-1", &["beta"]),
            listed("u-2", &["beta", "eu"]),
            listed("u-3", &["beta"]),
            // In the iteration before.
            served("u-5", 5, 0, &rule),
            // Before it takes part.
            paid("u-2", 9, 100.0),
            served("u-1", 11, 0, &rule),
            served("u-2", 12, 1, &rule),
            served("u-3", 13, 0, &untracked),
            served("u-4", 14, 0, &other),
            paid("u-2", 20, 2.5),
            paid("u-2", 21, 1.5),
            paid("u-3", 22, 7.0),
            paid("u-4", 22, 7.0),
            paid("u-5", 22, 7.0),
        ];
        assert_eq!(
            shown("r-1", &events),
            [
                "all careful 1 1 2 4",
                "all fast 1 0 0 0",
                "beta careful 1 1 2 4",
                "beta fast 1 0 0 0",
                "eu careful 1 1 2 4"
            ]
        );
        assert_eq!(shown("r-2", &events), ["all fast 1 1 1 7"]);
    }

    #[test]
    fn the_first_evaluation_that_was_made_decides_the_variation() {
        let rule =
            json!({"kind": "RULE_MATCH", "ruleIndex": 0, "ruleId": "r-1", "inExperiment": true});
        let arrived = |at: i64, event: TrackedEvent| TrackedEvent {
            received: at,
            ..event
        };
        let events = [
            // Served another variation later.
            served("u-1", 11, 0, &rule),
            served("u-1", 15, 1, &rule),
            paid("u-1", 16, 1.0),
            // The earlier evaluation arrives later.
            served("u-2", 20, 0, &rule),
            arrived(21, served("u-2", 12, 1, &rule)),
            arrived(22, paid("u-2", 13, 2.0)),
        ];
        let expected = ["all careful 1 1 1 2", "all fast 1 1 1 1"];
        assert_eq!(shown("r-1", &events), expected);
    }

    #[test]
    fn nothing_counts_after_the_end() {
        let rule =
            json!({"kind": "RULE_MATCH", "ruleIndex": 0, "ruleId": "r-1", "inExperiment": true});
        let events = [
            served("u-1", 11, 0, &rule),
            paid("u-1", 20, 1.0),
            paid("u-1", 21, 5.0),
            served("u-2", 22, 1, &rule),
            paid("u-2", 23, 5.0),
        ];
        let running = ["all careful 1 1 1 5", "all fast 1 1 2 6"];
        assert_eq!(shown("r-1", &events), running);
        assert_eq!(shown_until(Some(20), "r-1", &events), ["all fast 1 1 1 1"]);
    }

    #[test]
    fn the_fallthrough_is_a_rule_like_any_other() {
        let fallthrough = json!({"kind": "FALLTHROUGH", "inExperiment": true});
        let rule =
            json!({"kind": "RULE_MATCH", "ruleIndex": 0, "ruleId": "r-1", "inExperiment": true});
        let events = [
            served("u-1", 11, 0, &fallthrough),
            served("u-2", 11, 0, &rule),
            served("u-3", 11, 9, &fallthrough),
        ];
        assert_eq!(shown("fallthrough", &events), ["all fast 1 0 0 0"]);
    }
}
