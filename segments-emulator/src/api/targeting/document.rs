//! JSON patches (RFC 6902) of a flag: changes of its representation.

use segments_model::wire::{Served, TargetList, TargetingRule};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::represent::by_kind;
use super::{prerequisites, roles, running, targets};
use crate::api::approval_gate;
use crate::api::segment::complete_clause;
use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::{Caller, flag_in_environment};
use crate::state::{
    EnvironmentTargeting, Kind, Prerequisite, Targeted, Targeting, TargetingAddress,
};

/// The fields of a flag that can be changed; every other member is accepted and ignored.
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
    prerequisites: Vec<Prerequisite>,
    targets: Vec<TargetList>,
    context_targets: Vec<TargetList>,
    rules: Vec<TargetingRule>,
    fallthrough: Served,
    #[serde(default)]
    off_variation: Option<usize>,
    track_events: bool,
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
        prerequisites::check(service, at, &name, &after)?;
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
    after.forget_unlisted();
    roles::may_change(caller, at, &before, &after)?;
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
    let tags = &service.state.targeting(at)?.tags;
    let resource = flag_in_environment(at.project, environment, at.key, tags);
    let place = (at.project, environment);
    approval_gate::require(service, caller, Kind::Flag, place, tags, &resource)
}

fn take_over(
    service: &mut Service,
    edited: Environment,
    mut here: EnvironmentTargeting,
    variations: usize,
) -> Result<EnvironmentTargeting, ApiError> {
    here.on = edited.on;
    here.prerequisites = edited.prerequisites;
    // A representation shows users first, whatever the order among them and others is.
    if by_kind(&here)
        != (
            edited.targets.iter().collect(),
            edited.context_targets.iter().collect(),
        )
    {
        targets::replace(
            &mut here,
            edited.targets.into_iter().chain(edited.context_targets),
        )?;
    }
    here.fallthrough = edited.fallthrough;
    here.off_variation = edited.off_variation;
    here.track_events = edited.track_events;
    here.rules = edited.rules;
    for TargetingRule {
        rule, track_events, ..
    } in &mut here.rules
    {
        rule.id.get_or_insert_with(|| service.ids.uuid());
        rule.description = rule.description.take().filter(|text| !text.is_empty());
        track_events.get_or_insert_default();
        for clause in &mut rule.clauses {
            complete_clause(clause, &service.behavior, &mut service.ids)?;
        }
    }
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
