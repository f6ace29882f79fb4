//! AI Configs themselves, and their targeting.

use std::collections::BTreeMap;

use segments_model::AiConfigKey;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::variation;
use crate::api::call::{Answer, Call};
use crate::api::listing::Listing;
use crate::api::segment::distinct;
use crate::api::targeting::{self, environment_json};
use crate::message::{ApiError, Response, link};
use crate::service::Service;
use crate::service::auth::{Caller, ai_config_resource};
use crate::state::{Ai, Targeted, Targeting, TargetingAddress, Variation};

/// `GET /projects/{project}/ai-configs/{config}`.
pub(crate) fn get(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let config = call.service.state.ai_config(project, key)?;
    Ok(Response::ok(&to_json(project, key, config)))
}

/// `DELETE /projects/{project}/ai-configs/{config}`.
pub(crate) fn delete(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    call.service.state.ai_config(project, key)?;
    call.caller
        .may("deleteAIConfig", &ai_config_resource(project, key))?;
    call.service
        .remove_targeting(Targeted::AiConfig, project, key)?;
    Ok(Response::no_content())
}

/// `GET /projects/{project}/ai-configs/{config}/targeting`.
pub(crate) fn get_targeting(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let config = call.service.state.ai_config(project, key)?;
    Ok(Response::ok(&targeting_to_json(project, key, config)))
}

/// `PATCH /projects/{project}/ai-configs/{config}/targeting`.
pub(crate) fn patch_targeting(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    call.service.state.ai_config(project, key)?;
    let subject = TargetingAddress {
        targeted: Targeted::AiConfig,
        project,
        key,
    };
    let envelope = call.request.json()?;
    let after = set_targeting(call.service, &call.caller, subject, envelope)?;
    Ok(Response::ok(&targeting_to_json(project, key, &after)))
}

/// Changes what an AI Config serves in one environment.
pub(crate) fn set_targeting(
    service: &mut Service,
    caller: &Caller,
    subject: TargetingAddress<'_>,
    envelope: targeting::Envelope,
) -> Result<Targeting, ApiError> {
    if envelope.environment_key.is_none() {
        return Err(ApiError::invalid("environmentKey is required"));
    }
    targeting::patch(service, caller, subject, envelope, false)
}

/// `GET /projects/{project}/ai-configs`.
pub(crate) fn list(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let listing = Listing::of(call.request)?;
    let configs = call.service.state.project(project)?.ai_configs.iter();
    Ok(Response::ok(&listing.page(configs, |(key, config)| {
        to_json(project, key, config)
    })))
}

/// An AI Config that is to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewConfig {
    pub(crate) key: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    default_variation: Option<Json>,
    #[serde(default)]
    evaluation_metric_key: Option<String>,
}

/// `POST /projects/{project}/ai-configs`.
pub(crate) fn create(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let body = call.request.json()?;
    add(call.service, &call.caller, project, body).map(|shown| Response::created(&shown))
}

/// Makes an AI Config.
pub(crate) fn add(
    service: &mut Service,
    caller: &Caller,
    project: &str,
    body: NewConfig,
) -> Result<Json, ApiError> {
    service.state.project(project)?;
    AiConfigKey::parse(&*body.key).map_err(|error| ApiError::invalid(error.to_string()))?;
    caller.may("createAIConfig", &ai_config_resource(project, &body.key))?;
    if service.state.project(project)?.has_targeting(&body.key) {
        return Err(ApiError::key_exists("Duplicate AI Config key"));
    }
    let mode = body.mode.unwrap_or_else(|| "completion".to_owned());
    if !["agent", "completion", "judge"].contains(&mode.as_str()) {
        return Err(ApiError::invalid("mode is agent, completion or judge"));
    }
    let now = service.clock.now();
    // What is served to everybody until somebody says otherwise; it has no AI variation.
    let disabled = Variation {
        id: service.ids.uuid(),
        name: Some("disabled".to_owned()),
        description: None,
        value: json!({"_ldMeta": {"enabled": false}}),
    };
    let mut config = Targeting {
        name: body.name,
        description: body.description,
        tags: distinct(&body.tags)?,
        created: now,
        version: 1,
        variations: vec![disabled],
        on_variation: 0,
        off_variation: 0,
        environments: BTreeMap::new(),
        archived: false,
        ai: Some(Ai {
            mode,
            variations: Vec::new(),
            updated: now,
            evaluation_metric_key: body.evaluation_metric_key,
        }),
    };
    if let Some(variation) = body.default_variation {
        variation::add(service, project, &mut config, variation)?;
    }
    let environments = &service.state.project(project)?.environments;
    config.add_environments(&body.key, environments, &mut service.ids);
    let shown = to_json(project, &body.key, &config);
    service.put_targeting(Targeted::AiConfig, project, &body.key, config)?;
    Ok(shown)
}

/// The fields of an AI Config that can be changed; absent ones stay.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Patch {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// `PATCH /projects/{project}/ai-configs/{config}`.
pub(crate) fn patch(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let service = &mut *call.service;
    let before = service.state.ai_config(project, key)?;
    let mut after = before.clone();
    let body: Patch = call.request.json()?;
    call.caller
        .may("updateAIConfig", &ai_config_resource(project, key))?;
    if let Some(name) = body.name {
        if name.is_empty() {
            return Err(ApiError::invalid("name is required"));
        }
        after.name = name;
    }
    if let Some(description) = body.description {
        after.description = description;
    }
    if let Some(tags) = body.tags {
        after.tags = distinct(&tags)?;
    }
    if after != *before {
        after.version = after.version.saturating_add(1);
    }
    let shown = to_json(project, key, &after);
    service.put_targeting(Targeted::AiConfig, project, key, after)?;
    Ok(Response::ok(&shown))
}

fn to_json(project: &str, key: &str, config: &Targeting) -> Json {
    let mut shown = json!({
        "key": key, "name": config.name, "description": config.description, "tags": config.tags,
        "version": config.version, "variations": variation::current(config),
        "mode": config.ai.as_ref().map(|ai| &ai.mode), "createdAt": config.created,
        "updatedAt": config.ai.as_ref().map(|ai| ai.updated),
        "_links": {
            "self": link(format!("/api/v2/projects/{project}/ai-configs/{key}")),
            "parent": link(format!("/api/v2/projects/{project}/ai-configs")),
        },
    });
    let metric = config
        .ai
        .as_ref()
        .and_then(|ai| ai.evaluation_metric_key.as_ref());
    if let Some(metric) = metric {
        shown["evaluationMetricKey"] = json!(metric);
    }
    shown
}

fn targeting_to_json(project: &str, key: &str, config: &Targeting) -> Json {
    let environments: Map<String, Json> = config
        .environments
        .iter()
        .map(|(environment, here)| {
            let mut shown = environment_json(project, environment, key, here);
            shown["enabled"] = json!(here.on);
            shown["_version"] = json!(here.version);
            identify_clauses(&mut shown);
            (environment.clone(), shown)
        })
        .collect();
    json!({
        "key": key, "name": config.name, "tags": config.tags, "_version": config.version,
        "createdAt": config.created, "variations": variations(config),
        "defaults": {"onVariation": config.on_variation, "offVariation": config.off_variation},
        "environments": environments, "experiments": {"baselineIdx": 0, "items": []},
    })
}

/// The variations, which have names and descriptions even where nobody gave any.
fn variations(config: &Targeting) -> Vec<Json> {
    let variations = config.variations.iter();
    variations
        .map(|it| {
            json!({
                "_id": it.id, "value": it.value, "name": it.name.as_deref().unwrap_or_default(),
                "description": it.description.as_deref().unwrap_or_default(),
            })
        })
        .collect()
}

/// Clauses of AI Configs are documented with `id`, those of flags with `_id`; they have both.
fn identify_clauses(environment: &mut Json) {
    let rules = environment["rules"].as_array_mut().into_iter().flatten();
    let clauses = rules.filter_map(|rule| rule["clauses"].as_array_mut());
    for clause in clauses.flatten() {
        let id = clause["_id"].clone();
        clause["id"] = id;
    }
}
