//! JSON patches (RFC 6902) of a flag: changes of its representation.

use segments_model::wire::{Clause, Served};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::running;
use crate::api::approval;
use crate::api::segment::complete_clause;
use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::{Caller, flag_in_environment};
use crate::state::{
    EnvironmentTargeting, Kind, Rule, Targeted, Targeting, TargetingAddress, Targets,
};

/// What of a flag can be changed; every other member is taken and has no effect.
#[derive(Deserialize)]
struct Flag {
    name: String,
    description: String,
    tags: Vec<String>,
    environments: Map<String, Json>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    on: bool,
    targets: Vec<Targets>,
    context_targets: Vec<Targets>,
    rules: Vec<NewRule>,
    fallthrough: Served,
    #[serde(default)]
    off_variation: Option<usize>,
    track_events: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewRule {
    #[serde(rename = "_id", default)]
    id: Option<String>,
    #[serde(default)]
    description: Option<String>,
    clauses: Vec<Clause>,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    track_events: bool,
    #[serde(flatten)]
    served: Served,
}

/// Applies a JSON patch to the representation of a flag, and gives what it makes.
pub(crate) fn patch_document(
    service: &mut Service,
    caller: &Caller,
    at: TargetingAddress<'_>,
    mut document: Json,
    patch: &json_patch::Patch,
    dry_run: bool,
) -> Result<Targeting, ApiError> {
    let invalid =
        |error: &dyn std::fmt::Display| ApiError::invalid(format!("invalid JSON patch: {error}"));
    json_patch::patch(&mut document, patch).map_err(|error| invalid(&error))?;
    let edited: Flag = serde_json::from_value(document).map_err(|error| invalid(&error))?;
    let before = service.state.targeting(at)?.clone();
    let mut after = before.clone();
    after.name = edited.name;
    after.description = edited.description;
    after.tags = edited.tags;
    for (name, edited) in edited.environments {
        let Some(here) = after.environments.get(&name).cloned() else {
            continue;
        };
        let edited: Environment =
            serde_json::from_value(edited).map_err(|error| invalid(&error))?;
        let changed = take_over(service, edited, here.clone(), before.variations.len())?;
        if changed == here {
            continue;
        }
        gate(service, caller, at, &name)?;
        after.environments.insert(name.clone(), changed);
        if service.behavior.refuse_running_edits {
            running::refuse(&name, &before, &after)?;
        }
        if let Some(here) = after.environments.get_mut(&name) {
            here.version = here.version.saturating_add(1);
            here.modified = service.clock.now();
        }
    }
    if after == before {
        return Ok(after);
    }
    super::patch::may_change(caller, at, None)?;
    after.version = after.version.saturating_add(1);
    if !dry_run {
        service.put_targeting(Targeted::Flag, at.project, at.key, after.clone())?;
    }
    Ok(after)
}

/// Refuses a change that needs an approval.
fn gate(
    service: &Service,
    caller: &Caller,
    at: TargetingAddress<'_>,
    environment: &str,
) -> Result<(), ApiError> {
    let resource = flag_in_environment(at.project, environment, at.key);
    let tags = &service.state.targeting(at)?.tags;
    let place = (at.project, environment);
    approval::require(service, caller, Kind::Flag, place, tags, &resource)
}

fn take_over(
    service: &mut Service,
    edited: Environment,
    mut here: EnvironmentTargeting,
    variations: usize,
) -> Result<EnvironmentTargeting, ApiError> {
    here.on = edited.on;
    here.targets = edited
        .targets
        .into_iter()
        .chain(edited.context_targets)
        .collect();
    here.targets.retain(|list| !list.values.is_empty());
    here.fallthrough = edited.fallthrough;
    here.off_variation = edited.off_variation;
    here.track_events = edited.track_events;
    let mut rules = Vec::with_capacity(edited.rules.len());
    for rule in edited.rules {
        let mut clauses = rule.clauses;
        for clause in &mut clauses {
            complete_clause(clause, &service.behavior, &mut service.ids)?;
        }
        rules.push(Rule {
            id: rule.id.unwrap_or_else(|| service.ids.uuid()),
            description: rule.description.filter(|text| !text.is_empty()),
            clauses,
            disabled: rule.disabled,
            track_events: rule.track_events,
            served: rule.served,
        });
    }
    here.rules = rules;
    let served = here
        .rules
        .iter()
        .map(|rule| &rule.served)
        .chain([&here.fallthrough]);
    let places = served.flat_map(|served| {
        let shares = served
            .rollout
            .iter()
            .flat_map(|rollout| &rollout.variations);
        served
            .variation
            .into_iter()
            .chain(shares.map(|share| share.variation))
    });
    let lists = here.targets.iter().map(|list| list.variation);
    let mut places = places.chain(lists).chain(here.off_variation);
    if let Some(place) = places.find(|place| *place >= variations) {
        return Err(ApiError::invalid(format!("unknown variation {place}")));
    }
    drop(places);
    Ok(here)
}
