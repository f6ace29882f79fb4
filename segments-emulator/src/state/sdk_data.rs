//! The data that SDKs receive: flags and segments in their own JSON.

use segments_model::wire::{Clause, Rollout, Running, Served};
use serde_json::{Map, Value as Json, json};

use super::environment::Environment;
use super::project::Project;
use super::segment::StoredSegment;
use super::targeting::{EnvironmentTargeting, Targeting, kind_of};
use super::updates::Change;

/// All flags and segments of an environment.
pub(crate) fn everything(project: &Project, environment: &str, found: &Environment) -> Json {
    let segments: Map<String, Json> = found
        .segments
        .iter()
        .map(|(key, stored)| (key.clone(), segment(stored)))
        .collect();
    json!({"flags": flags(project, environment), "segments": segments})
}

/// All flags of an environment, and the flags behind its AI Configs.
pub(crate) fn flags(project: &Project, environment: &str) -> Map<String, Json> {
    // The flag behind an AI Config reaches SDKs as any other.
    project
        .flags
        .iter()
        .chain(&project.ai_configs)
        .filter(|(_, found)| !found.archived)
        .filter_map(|(key, found)| {
            let here = found.environments.get(environment)?;
            Some((key.clone(), flag(key, found, here)))
        })
        .collect()
}

/// A change of a segment.
pub(crate) fn segment_change(stored: &StoredSegment) -> Change {
    Change::to("segments", &stored.segment.key, segment(stored))
}

/// A change of a flag.
pub(crate) fn flag_change(key: &str, found: &Targeting, here: &EnvironmentTargeting) -> Change {
    Change::to("flags", key, flag(key, found, here))
}

/// A segment as SDKs receive it: no names and dates, identifiers without underscore, and the salt.
pub(crate) fn segment(stored: &StoredSegment) -> Json {
    let it = &stored.segment;
    let rules: Vec<Json> = it
        .rules
        .iter()
        .map(|rule| {
            let mut shown = json!({
                "id": rule.id, "clauses": rule.clauses.iter().map(clause).collect::<Vec<_>>(),
                "rolloutContextKind": rule.rollout_context_kind,
            });
            if let Some(weight) = rule.weight {
                shown["weight"] = json!(weight);
            }
            if let Some(bucket_by) = &rule.bucket_by {
                shown["bucketBy"] = json!(bucket_by);
            }
            shown
        })
        .collect();
    let mut shown = json!({
        "key": it.key, "included": it.included, "excluded": it.excluded,
        "includedContexts": it.included_contexts, "excludedContexts": it.excluded_contexts,
        "salt": stored.salt, "rules": rules, "version": stored.sdk_version(), "generation": it.generation,
        "deleted": false,
    });
    if it.unbounded {
        shown["unbounded"] = json!(true);
        shown["unboundedContextKind"] = json!(it.unbounded_context_kind);
    }
    shown
}

fn clause(clause: &Clause) -> Json {
    json!({
        "contextKind": clause.context_kind, "attribute": clause.attribute, "op": clause.op,
        "values": clause.values, "negate": clause.negate,
    })
}

/// The targeting, without the parts that only the REST API returns.
fn served(served: &Served) -> Json {
    match (served.variation, &served.rollout) {
        (Some(variation), _) => json!({ "variation": variation }),
        (None, Some(rollout)) => {
            json!({ "rollout": self::rollout(rollout, served.running().as_ref()) })
        }
        (None, None) => json!({}),
    }
}

/// A rollout. SDKs know that an experiment runs by its kind, and leave some contexts out of what they
/// tell.
fn rollout(rollout: &Rollout, running: Option<&Running>) -> Json {
    let measured = matches!(running, Some(Running::Experiment | Running::GuardedRollout));
    let shares = rollout.variations.iter().map(|share| {
        let mut shown = json!({"variation": share.variation, "weight": share.weight});
        if share.untracked == Some(true) {
            shown["untracked"] = json!(true);
        }
        shown
    });
    let mut shown = json!({
        "kind": if measured { "experiment" } else { "rollout" },
        "contextKind": rollout.context_kind, "variations": shares.collect::<Vec<_>>(),
    });
    if let Some(bucket_by) = &rollout.bucket_by {
        shown["bucketBy"] = json!(bucket_by);
    }
    if let Some(seed) = rollout.seed {
        shown["seed"] = json!(seed);
    }
    shown
}

/// A flag as SDKs receive it.
pub(crate) fn flag(key: &str, flag: &Targeting, here: &EnvironmentTargeting) -> Json {
    // One that is switched off is not told.
    let rules = here.rules.iter().filter(|rule| !rule.disabled);
    let rules: Vec<Json> = rules
        .map(|rule| {
            let mut shown = served(&rule.served);
            shown["id"] = json!(rule.rule.id);
            shown["clauses"] = rule.rule.clauses.iter().map(clause).collect();
            shown["trackEvents"] = json!(rule.track_events == Some(true));
            shown
        })
        .collect();
    let values: Vec<&Json> = flag.variations.iter().map(|it| &it.value).collect();
    let target = |(kind, variation, keys): (&str, usize, &[String])| json!({"contextKind": kind, "variation": variation, "values": keys});
    let targets = here
        .targets
        .iter()
        .map(|it| (kind_of(it), it.variation, &it.values[..]));
    let users: Vec<Json> = targets
        .clone()
        .filter(|(kind, ..)| *kind == "user")
        .map(target)
        .collect();
    // The order among users and other kinds: an entry without keys points to the list of users.
    let contexts: Vec<Json> = targets
        .map(|(kind, variation, keys)| {
            (kind, variation, if kind == "user" { &[][..] } else { keys })
        })
        .map(target)
        .collect();
    json!({
        "key": key, "version": here.version, "on": here.on, "prerequisites": here.prerequisites,
        "targets": users, "contextTargets": contexts, "rules": rules,
        "fallthrough": served(&here.fallthrough), "offVariation": here.off_variation, "variations": values,
        "salt": here.salt, "sel": here.salt, "trackEvents": here.track_events,
        "trackEventsFallthrough": here.track_events_fallthrough, "debugEventsUntilDate": null,
        "clientSideAvailability": {"usingMobileKey": true, "usingEnvironmentId": false},
        "clientSide": false, "deleted": false,
    })
}
