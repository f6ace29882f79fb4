//! Experiments: making, starting and stopping them (API documentation, *createExperiment* and
//! *patchExperiment*). Results are left out.

use segments_model::wire::{Served, WeightedVariation};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::targeting::{allocated, share};
use crate::message::{ApiError, Response, link};
use crate::service::Service;
use crate::service::auth::Caller;
use crate::state::{
    Experiment, Iteration, NotFound, Targeted, Targeting, TargetingAddress, Treatment,
};

/// An experiment that is to be made.
#[derive(Deserialize)]
struct NewExperiment {
    key: String,
    name: String,
    #[serde(default)]
    description: String,
    iteration: Iteration,
}

#[derive(Deserialize)]
struct Patch {
    instructions: Vec<Instruction>,
}

#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Instruction {
    UpdateName {
        value: String,
    },
    UpdateDescription {
        value: String,
    },
    StartIteration {},
    StopIteration {
        #[serde(default)]
        winning_treatment_id: Option<String>,
    },
}

/// `GET /projects/{project}/environments/{environment}/experiments`.
pub(crate) fn list(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let filter = call.request.parameter("filter").unwrap_or_default();
    let wanted = |field: &str| {
        let mut conditions = filter.split(',').filter_map(|part| part.split_once(':'));
        conditions.find_map(|(name, value)| (name == field).then(|| value.to_owned()))
    };
    let (flag, status) = (wanted("flagKey"), wanted("status"));
    let experiments = &call
        .service
        .state
        .environment(project, environment)?
        .experiments;
    let items: Vec<Json> = experiments
        .iter()
        .filter(|(_, it)| {
            flag.as_ref()
                .is_none_or(|key| it.iteration.flags.contains_key(key))
        })
        .filter(|(_, it)| {
            status
                .as_ref()
                .is_none_or(|status| it.iteration.status == *status)
        })
        .map(|(key, it)| to_json(project, environment, key, it))
        .collect();
    let count = items.len();
    Ok(Response::ok(&json!({"items": items, "total_count": count,
        "_links": {"self": link(path(project, environment, ""))}})))
}

/// `POST /projects/{project}/environments/{environment}/experiments`.
pub(crate) fn create(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let body: NewExperiment = call.request.json()?;
    may(
        &call.caller,
        "createExperiment",
        project,
        environment,
        &body.key,
    )?;
    let service = &mut *call.service;
    if service
        .state
        .environment(project, environment)?
        .experiments
        .contains_key(&body.key)
    {
        return Err(ApiError::key_exists("Duplicate experiment key"));
    }
    let now = service.clock.now();
    let mut iteration = body.iteration;
    iteration.id = service.ids.uuid();
    "not_started".clone_into(&mut iteration.status);
    iteration.created_at = now;
    for treatment in &mut iteration.treatments {
        treatment.id = service.ids.uuid();
        weight(treatment)?;
    }
    let experiment = Experiment {
        id: service.ids.object_id(),
        name: body.name,
        description: body.description,
        created: now,
        iteration,
    };
    let shown = to_json(project, environment, &body.key, &experiment);
    service.put_experiment(project, environment, &body.key, experiment)?;
    Ok(Response::created(&shown))
}

/// `GET /projects/{project}/environments/{environment}/experiments/{experiment}`.
pub(crate) fn get(call: &mut Call<'_>, [project, environment, key]: [&str; 3]) -> Answer {
    let experiment = find(call.service, project, environment, key)?;
    Ok(Response::ok(&to_json(
        project,
        environment,
        key,
        experiment,
    )))
}

/// `PATCH /projects/{project}/environments/{environment}/experiments/{experiment}`.
pub(crate) fn patch(call: &mut Call<'_>, [project, environment, key]: [&str; 3]) -> Answer {
    let mut experiment = find(call.service, project, environment, key)?.clone();
    let body: Patch = call.request.json()?;
    may(&call.caller, "updateExperiment", project, environment, key)?;
    for instruction in body.instructions {
        match instruction {
            Instruction::UpdateName { value } => experiment.name = value,
            Instruction::UpdateDescription { value } => experiment.description = value,
            Instruction::StartIteration {} => {
                start(call.service, project, environment, &experiment.iteration)?;
                "running".clone_into(&mut experiment.iteration.status);
            }
            Instruction::StopIteration {
                winning_treatment_id,
            } => {
                let iteration = &experiment.iteration;
                stop(
                    call.service,
                    project,
                    environment,
                    iteration,
                    winning_treatment_id.as_deref(),
                )?;
                "stopped".clone_into(&mut experiment.iteration.status);
            }
        }
    }
    let shown = to_json(project, environment, key, &experiment);
    call.service
        .put_experiment(project, environment, key, experiment)?;
    Ok(Response::ok(&shown))
}

/// Serves the treatments on the rules of the iteration.
fn start(
    service: &mut Service,
    project: &str,
    environment: &str,
    iteration: &Iteration,
) -> Result<(), ApiError> {
    if iteration.status == "running" {
        return Err(ApiError::conflict("the iteration is running"));
    }
    on_each_rule(
        service,
        project,
        environment,
        iteration,
        |flag, targeting| {
            let place = |treatment: &Treatment| serves(treatment, flag, targeting);
            let mut baseline = 0;
            let mut shares: Vec<WeightedVariation> = Vec::new();
            for treatment in &iteration.treatments {
                let variation = place(treatment)?;
                if treatment.baseline {
                    baseline = variation;
                }
                shares.push(share(variation, weight(treatment)?));
            }
            let total: u64 = shares.iter().map(|share| share.weight).sum();
            if total < 100_000 {
                let mut rest = share(baseline, 100_000 - total);
                rest.untracked = Some(true);
                shares.push(rest);
            }
            let unit = iteration.randomization_unit.clone();
            let mut rollout = allocated("experiment", baseline, shares, unit)?;
            if let Some(allocation) = &mut rollout.experiment_allocation {
                allocation.can_reshuffle = iteration.can_reshuffle;
            }
            Ok(Served {
                rollout: Some(rollout),
                ..Served::default()
            })
        },
    )
}

/// Serves the winner to everybody, or else the baseline.
fn stop(
    service: &mut Service,
    project: &str,
    environment: &str,
    iteration: &Iteration,
    winner: Option<&str>,
) -> Result<(), ApiError> {
    if iteration.status != "running" {
        return Err(ApiError::invalid("the iteration is not running"));
    }
    let mut treatments = iteration.treatments.iter();
    let ships = treatments.find(|it| winner.map_or(it.baseline, |id| it.id == id));
    let ships = ships.ok_or_else(|| ApiError::invalid("unknown winningTreatmentId"))?;
    on_each_rule(
        service,
        project,
        environment,
        iteration,
        |flag, targeting| serves(ships, flag, targeting).map(Served::of_variation),
    )
}

/// Changes what the rules of the iteration serve.
fn on_each_rule(
    service: &mut Service,
    project: &str,
    environment: &str,
    iteration: &Iteration,
    served: impl Fn(&str, &Targeting) -> Result<Served, ApiError>,
) -> Result<(), ApiError> {
    for (flag, on) in &iteration.flags {
        // The flag behind an AI Config takes part as any other.
        let targeted = [Targeted::Flag, Targeted::AiConfig];
        let mut all = targeted.into_iter().map(|targeted| TargetingAddress {
            targeted,
            project,
            key: flag,
        });
        let at = all.find(|at| service.state.targeting(*at).is_ok());
        let at = at.ok_or(NotFound)?;
        let mut targeting = service.state.targeting(at)?.clone();
        let served = served(flag, &targeting)?;
        let here = targeting
            .environments
            .get_mut(environment)
            .ok_or(NotFound)?;
        if on.rule_id == "fallthrough" {
            here.fallthrough = served;
        } else {
            let rule = here
                .rules
                .iter_mut()
                .find(|it| it.rule.id.as_ref() == Some(&on.rule_id));
            rule.ok_or_else(|| ApiError::invalid("unknown ruleId"))?
                .served = served;
        }
        here.version = here.version.saturating_add(1);
        targeting.version = targeting.version.saturating_add(1);
        service.put_targeting(at.targeted, project, flag, targeting)?;
    }
    Ok(())
}

/// The place of the variation that a treatment serves of a flag.
fn serves(treatment: &Treatment, flag: &str, targeting: &Targeting) -> Result<usize, ApiError> {
    let parameter = treatment.parameters.iter().find(|it| it.flag_key == flag);
    let id = parameter.map(|parameter| &parameter.variation_id);
    let place = targeting
        .variations
        .iter()
        .position(|it| Some(&it.id) == id);
    place.ok_or_else(|| ApiError::invalid("a treatment names an unknown variation"))
}

/// Thousandths of a percent.
fn weight(treatment: &Treatment) -> Result<u64, ApiError> {
    let percent: Option<u64> = treatment.allocation_percent.parse().ok();
    let percent = percent.filter(|percent| *percent <= 100);
    let invalid =
        || ApiError::invalid("allocationPercent is a whole number of percent as a string");
    Ok(percent.ok_or_else(invalid)? * 1000)
}

fn find<'a>(
    service: &'a Service,
    project: &str,
    environment: &str,
    key: &str,
) -> Result<&'a Experiment, ApiError> {
    let environment = service.state.environment(project, environment)?;
    Ok(environment.experiments.get(key).ok_or(NotFound)?)
}

fn may(
    caller: &Caller,
    action: &str,
    project: &str,
    environment: &str,
    key: &str,
) -> Result<(), ApiError> {
    caller.may(
        action,
        &format!("proj/{project}:env/{environment}:experiment/{key}"),
    )
}

fn path(project: &str, environment: &str, rest: &str) -> String {
    format!("/api/v2/projects/{project}/environments/{environment}/experiments{rest}")
}

fn to_json(project: &str, environment: &str, key: &str, it: &Experiment) -> Json {
    let iteration = &it.iteration;
    let flags: serde_json::Map<String, Json> = iteration
        .flags
        .iter()
        .map(|(flag, on)| {
            let shown = json!({"targetingRule": on.rule_id, "flagConfigVersion": on.flag_config_version,
                "_links": {"self": link(format!("/api/v2/flags/{project}/{flag}"))}});
            (flag.clone(), shown)
        })
        .collect();
    json!({
        "_id": it.id, "key": key, "name": it.name, "description": it.description,
        "_maintainerId": "000000000000000000000000", "_creationDate": it.created,
        "environmentKey": environment,
        "currentIteration": {
            "_id": iteration.id, "hypothesis": iteration.hypothesis, "status": iteration.status,
            "createdAt": iteration.created_at, "canReshuffleTraffic": iteration.can_reshuffle,
            "flags": flags, "treatments": iteration.treatments,
        },
        "_links": {
            "self": link(path(project, environment, &format!("/{key}"))),
            "parent": link(format!("/api/v2/projects/{project}/environments/{environment}")),
        },
    })
}
