//! Experiments: making, starting and stopping them (API documentation, *createExperiment* and
//! *patchExperiment*). What LaunchDarkly computes of results is left out; `service::results` counts.

use std::collections::BTreeMap;

use segments_model::wire::{Served, WeightedVariation};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::targeting::{allocated, share};
use crate::message::{ApiError, Request, Response, link};
use crate::service::Service;
use crate::service::auth::Caller;
use crate::state::{
    Experiment, Iteration, IterationStatus, NotFound, Targeted, Targeting, TargetingAddress,
    Treatment,
};

/// An experiment that is to be made.
#[derive(Deserialize)]
struct NewExperiment {
    key: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: Vec<String>,
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
    /// Each field with an operation and its value.
    UpdateExperimentFields {
        value: BTreeMap<String, FieldUpdate>,
    },
    StartIteration {},
    StopIteration {
        #[serde(default)]
        winning_treatment_id: Option<String>,
        #[serde(default)]
        winning_reason: Option<String>,
    },
    ArchiveExperiment {},
    RestoreExperiment {},
}

/// The change of a field.
#[derive(Deserialize)]
struct FieldUpdate {
    operation: Operation,
    #[serde(default)]
    value: Json,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Operation {
    Add,
    Update,
    Remove,
}

/// `GET /projects/{project}/environments/{environment}/experiments`.
pub(crate) fn list(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let filter = call.request.parameter("filter").unwrap_or_default();
    let wanted = |field: &str| {
        let mut conditions = filter.split(',').filter_map(|part| part.split_once(':'));
        conditions.find_map(|(name, value)| (name == field).then(|| value.to_owned()))
    };
    let (flag, status, metric) = (wanted("flagKey"), wanted("status"), wanted("metricKey"));
    let archived = call
        .request
        .parameter("lifecycleState")
        .unwrap_or("active")
        .to_owned();
    let expand = Expand::of(call.request);
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
            let state = if it.archived.is_some() {
                "archived"
            } else {
                "active"
            };
            archived.split(',').any(|wanted| wanted == state)
        })
        .filter(|(_, it)| metric.as_ref().is_none_or(|key| it.uses(key)))
        .filter(|(_, it)| {
            status
                .as_ref()
                .is_none_or(|status| it.iteration.status.name() == status)
        })
        .map(|(key, it)| to_json(call.service, [project, environment, key], it, expand))
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
    let iteration = begin(service, project, body.iteration)?;
    let experiment = Experiment {
        id: service.ids.object_id(),
        name: body.name,
        description: body.description,
        created: service.clock.now(),
        tags: body.tags,
        archived: None,
        iteration,
        draft: None,
        previous: Vec::new(),
    };
    let at = [project, environment, &body.key];
    let shown = to_json(service, at, &experiment, Expand::ALL);
    service.put_experiment(project, environment, &body.key, experiment)?;
    Ok(Response::created(&shown))
}

/// `POST /projects/{project}/environments/{environment}/experiments/{experiment}/iterations`: in the place of
/// one that was not started, or beside one that was.
pub(crate) fn create_iteration(
    call: &mut Call<'_>,
    [project, environment, key]: [&str; 3],
) -> Answer {
    let mut experiment = find(call.service, project, environment, key)?.clone();
    let body: Iteration = call.request.json()?;
    may(&call.caller, "updateExperiment", project, environment, key)?;
    let iteration = begin(call.service, project, body)?;
    let shown = iteration_to_json(call.service, project, &iteration, Expand::ALL);
    if experiment.iteration.status == IterationStatus::NotStarted {
        experiment.iteration = iteration;
    } else {
        experiment.draft = Some(iteration);
    }
    call.service
        .put_experiment(project, environment, key, experiment)?;
    Ok(Response::ok(&shown))
}

/// An iteration that was not started, of what a body says.
fn begin(
    service: &mut Service,
    project: &str,
    mut iteration: Iteration,
) -> Result<Iteration, ApiError> {
    iteration.id = service.ids.uuid();
    iteration.status = IterationStatus::NotStarted;
    iteration.created_at = service.clock.now();
    for treatment in &mut iteration.treatments {
        treatment.id = service.ids.uuid();
        weight(treatment)?;
    }
    let known = &service.state.project(project)?.metrics;
    for metric in iteration.metrics.iter().filter(|metric| !metric.is_group) {
        if !known.contains_key(&metric.key) {
            let message = format!("there is no metric \"{}\"", metric.key);
            return Err(ApiError::invalid(message));
        }
    }
    Ok(iteration)
}

/// `GET /projects/{project}/environments/{environment}/experiments/{experiment}`.
pub(crate) fn get(call: &mut Call<'_>, [project, environment, key]: [&str; 3]) -> Answer {
    let experiment = find(call.service, project, environment, key)?;
    let expand = Expand::of(call.request);
    let at = [project, environment, key];
    Ok(Response::ok(&to_json(call.service, at, experiment, expand)))
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
            Instruction::UpdateExperimentFields { value } => {
                for (field, update) in value {
                    update_field(&mut experiment, &field, update)?;
                }
            }
            Instruction::StartIteration {} => {
                if experiment.archived.is_some() {
                    return Err(ApiError::conflict("the experiment is archived"));
                }
                if let Some(next) = experiment.draft.take() {
                    let last = std::mem::replace(&mut experiment.iteration, next);
                    experiment.previous.push(last);
                }
                start(call.service, project, environment, &experiment.iteration)?;
                experiment.iteration.status = IterationStatus::Running;
                experiment.iteration.started_at = Some(call.service.clock.now());
                experiment.iteration.ended_at = None;
            }
            Instruction::StopIteration {
                winning_treatment_id,
                winning_reason,
            } => {
                let iteration = &experiment.iteration;
                stop(
                    call.service,
                    project,
                    environment,
                    iteration,
                    winning_treatment_id.as_deref(),
                )?;
                let iteration = &mut experiment.iteration;
                iteration.status = IterationStatus::Stopped;
                iteration.ended_at = Some(call.service.clock.now());
                iteration.winning_treatment_id = winning_treatment_id;
                iteration.winning_reason = winning_reason;
            }
            Instruction::ArchiveExperiment {} => {
                experiment.archived = Some(call.service.clock.now());
            }
            Instruction::RestoreExperiment {} => experiment.archived = None,
        }
    }
    let at = [project, environment, key];
    let shown = to_json(call.service, at, &experiment, Expand::ALL);
    call.service
        .put_experiment(project, environment, key, experiment)?;
    Ok(Response::ok(&shown))
}

/// Changes a field of an experiment, or of the iteration that the next start begins.
fn update_field(
    experiment: &mut Experiment,
    field: &str,
    update: FieldUpdate,
) -> Result<(), ApiError> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let FieldUpdate { operation, value } = update;
    let value = if operation == Operation::Remove && field != "tags" {
        Json::Null
    } else {
        value
    };
    match field {
        "name" => experiment.name = text(&value),
        "description" => experiment.description = text(&value),
        "hypothesis" => {
            let draft = experiment.draft.as_mut();
            draft.unwrap_or(&mut experiment.iteration).hypothesis = text(&value);
        }
        "tags" => {
            let tags: Vec<String> = serde_json::from_value(value)
                .map_err(|_| ApiError::invalid("tags are an array of strings"))?;
            match operation {
                Operation::Update => experiment.tags = tags,
                Operation::Remove => experiment.tags.retain(|tag| !tags.contains(tag)),
                Operation::Add => {
                    let new = tags
                        .into_iter()
                        .filter(|tag| !experiment.tags.contains(tag));
                    let new: Vec<_> = new.collect();
                    experiment.tags.extend(new);
                }
            }
        }
        _ => return Err(ApiError::left_out("this field of an experiment")),
    }
    Ok(())
}

/// Serves the treatments on the rules of the iteration.
fn start(
    service: &mut Service,
    project: &str,
    environment: &str,
    iteration: &Iteration,
) -> Result<(), ApiError> {
    if iteration.status == IterationStatus::Running {
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
    if iteration.status != IterationStatus::Running {
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
    let invalid = || ApiError::invalid("allocationPercent is a percentage as a string");
    let percent: f64 = treatment
        .allocation_percent
        .parse()
        .map_err(|_| invalid())?;
    let weight = segments_model::Weight::from_percent(percent).map_err(|_| invalid())?;
    Ok(u64::from(weight.thousandths()))
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

/// The parts that are shown if they are asked for.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is asked for by its name"
)]
#[derive(Clone, Copy)]
struct Expand {
    draft: bool,
    treatments: bool,
    secondary: bool,
    previous: bool,
}

impl Expand {
    const ALL: Self = Self {
        draft: true,
        treatments: true,
        secondary: true,
        previous: false,
    };

    fn of(request: &Request) -> Self {
        Self {
            draft: request.expands("draftIteration"),
            treatments: request.expands("treatments"),
            secondary: request.expands("secondaryMetrics"),
            previous: request.expands("previousIterations"),
        }
    }
}

fn to_json(
    service: &Service,
    [project, environment, key]: [&str; 3],
    it: &Experiment,
    expand: Expand,
) -> Json {
    let iteration = |iteration| iteration_to_json(service, project, iteration, expand);
    let mut shown = json!({
        "_id": it.id, "key": key, "name": it.name, "description": it.description, "tags": it.tags,
        "_maintainerId": "000000000000000000000000", "_creationDate": it.created,
        "environmentKey": environment, "type": "experiment", "methodology": "bayesian",
        "currentIteration": iteration(&it.iteration),
        "_links": {
            "self": link(path(project, environment, &format!("/{key}"))),
            "parent": link(format!("/api/v2/projects/{project}/environments/{environment}")),
        },
    });
    if let Some(archived) = it.archived {
        shown["archivedDate"] = json!(archived);
    }
    // Before the first start, the one iteration is both.
    let not_started = (it.iteration.status == IterationStatus::NotStarted).then_some(&it.iteration);
    if let (Some(draft), true) = (it.draft.as_ref().or(not_started), expand.draft) {
        shown["draftIteration"] = iteration(draft);
    }
    if expand.previous {
        shown["previousIterations"] = it.previous.iter().map(iteration).collect();
    }
    shown
}

fn iteration_to_json(
    service: &Service,
    project: &str,
    iteration: &Iteration,
    expand: Expand,
) -> Json {
    let flags: serde_json::Map<String, Json> = iteration
        .flags
        .iter()
        .map(|(flag, on)| {
            let mut shown = json!({"targetingRule": on.rule_id, "flagConfigVersion": on.flag_config_version,
                "_links": {"self": link(format!("/api/v2/flags/{project}/{flag}"))}});
            if let Some(other) = &on.not_in_experiment_variation_id {
                shown["notInExperimentVariationId"] = json!(other);
            }
            (flag.clone(), shown)
        })
        .collect();
    let mut shown = json!({
        "_id": iteration.id, "hypothesis": iteration.hypothesis, "status": iteration.status,
        "createdAt": iteration.created_at, "canReshuffleTraffic": iteration.can_reshuffle,
        "flags": flags,
        "randomizationUnit": iteration.unit(),
    });
    for (name, at) in [
        ("startedAt", iteration.started_at),
        ("endedAt", iteration.ended_at),
    ] {
        if let Some(at) = at {
            shown[name] = json!(at);
        }
    }
    for (name, said) in [
        ("winningTreatmentId", &iteration.winning_treatment_id),
        ("winningReason", &iteration.winning_reason),
    ] {
        if let Some(said) = said {
            shown[name] = json!(said);
        }
    }
    let metric = |key: &str| {
        let known = service.state.project(project).ok();
        let known = known.and_then(|project| project.metrics.get(key));
        let of = |name: &str| known.map_or(Json::Null, |known| known[name].clone());
        let mut shown = json!({
            "key": key, "name": of("name"), "kind": of("kind"), "isNumeric": of("isNumeric"),
            "eventKey": of("eventKey"), "isGroup": false,
            "_links": {"self": link(format!("/api/v2/metrics/{project}/{key}"))},
        });
        if let Json::Object(shown) = &mut shown {
            shown.retain(|_, value| !value.is_null());
        }
        shown
    };
    if let Some(primary) = &iteration.primary_single_metric_key {
        shown["primaryMetric"] = metric(primary);
        let mut single = metric(primary);
        if let Json::Object(single) = &mut single {
            single.remove("isGroup");
        }
        shown["primarySingleMetric"] = single;
    }
    if expand.secondary {
        let metrics = iteration.metrics.iter().map(|it| metric(&it.key));
        shown["metrics"] = metrics.collect();
    }
    if expand.treatments {
        shown["treatments"] = json!(iteration.treatments);
    }
    shown
}
