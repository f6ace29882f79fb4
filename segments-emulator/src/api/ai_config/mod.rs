//! AI Configs: as much of them as it takes to target segments.

mod variation;

use std::collections::BTreeMap;

use hyper::Method;
use segments_model::SegmentKey;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::api::approval;
use crate::api::call::{Answer, Call, no_such_method};
use crate::api::paging::Paging;
use crate::api::segment::distinct;
use crate::api::targeting::{self, environment_json};
use crate::message::{ApiError, Response, link};
use crate::service::auth::ai_config_resource;
use crate::state::{Ai, Targeted, Targeting, Variation};

/// Answers a request below `/projects/{project}/ai-configs`.
pub(crate) fn route(call: &mut Call<'_>, project: &str, rest: &[&str]) -> Answer {
    match (call.request.method.clone(), rest) {
        (Method::GET, []) => list(call, project),
        (Method::POST, []) => create(call, project),
        (Method::GET, [key]) => {
            let config = call.service.state.ai_config(project, key)?;
            Ok(Response::ok(&represent(project, key, config)))
        }
        (Method::PATCH, [key]) => patch(call, project, key),
        (Method::DELETE, [key]) => {
            call.service.state.ai_config(project, key)?;
            call.caller
                .may("deleteAiConfig", &ai_config_resource(project, key))?;
            call.service
                .remove_targeting(Targeted::AiConfig, project, key)?;
            Ok(Response::no_content())
        }
        (Method::POST, [key, "variations"]) => variation::create(call, project, key),
        (Method::GET, [key, "variations", name]) => variation::get(call, project, key, name),
        (Method::PATCH, [key, "variations", name]) => variation::patch(call, project, key, name),
        (Method::DELETE, [key, "variations", name]) => variation::delete(call, project, key, name),
        (Method::GET, [key, "targeting"]) => {
            let config = call.service.state.ai_config(project, key)?;
            Ok(Response::ok(&represent_targeting(project, key, config)))
        }
        (Method::PATCH, [key, "targeting"]) => patch_targeting(call, project, key),
        (_, [] | [_] | [_, "variations" | "targeting"] | [_, "variations", _]) => {
            no_such_method(call)
        }
        _ => Err(ApiError::not_found()),
    }
}

/// AI Configs on a page when the request does not say, and at most.
const PAGE: (usize, usize) = (20, 50);

fn list(call: &Call<'_>, project: &str) -> Answer {
    let paging = Paging::of(call.request, PAGE.0, PAGE.1)?;
    let configs: Vec<_> = call
        .service
        .state
        .project(project)?
        .ai_configs
        .iter()
        .collect();
    Ok(Response::ok(&paging.page(&configs, |(key, config)| {
        represent(project, key, config)
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewConfig {
    key: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    default_variation: Option<Json>,
}

fn create(call: &mut Call<'_>, project: &str) -> Answer {
    let service = &mut *call.service;
    service.state.project(project)?;
    let body: NewConfig = call.request.json()?;
    SegmentKey::parse(&*body.key).map_err(|error| {
        ApiError::invalid(error.to_string().replace("segment key", "AI Config key"))
    })?;
    call.caller
        .may("createAiConfig", &ai_config_resource(project, &body.key))?;
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
        ai: Some(Ai {
            mode,
            variations: Vec::new(),
            updated: now,
        }),
    };
    if let Some(variation) = body.default_variation {
        variation::add(service, &mut config, variation)?;
    }
    let environments = &service.state.project(project)?.environments;
    config.add_environments(&body.key, environments, &mut service.ids);
    let shown = represent(project, &body.key, &config);
    service.put_targeting(Targeted::AiConfig, project, &body.key, config)?;
    Ok(Response::created(&shown))
}

/// What of an AI Config can be changed; what is absent stays.
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

fn patch(call: &mut Call<'_>, project: &str, key: &str) -> Answer {
    let service = &mut *call.service;
    let before = service.state.ai_config(project, key)?;
    let mut after = before.clone();
    let body: Patch = call.request.json()?;
    call.caller
        .may("updateAiConfig", &ai_config_resource(project, key))?;
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
        after.version += 1;
    }
    let shown = represent(project, key, &after);
    service.put_targeting(Targeted::AiConfig, project, key, after)?;
    Ok(Response::ok(&shown))
}

fn patch_targeting(call: &mut Call<'_>, project: &str, key: &str) -> Answer {
    let before = call.service.state.ai_config(project, key)?.clone();
    let envelope: targeting::Envelope = call.request.json()?;
    let environment = envelope
        .environment_key
        .clone()
        .ok_or_else(|| ApiError::invalid("environmentKey is required"))?;
    approval::require_for_targeting(call, Targeted::AiConfig, project, key, &envelope)?;
    let service = &mut *call.service;
    call.caller
        .may("updateAiConfigTargeting", &ai_config_resource(project, key))?;
    let mut after = before.clone();
    targeting::apply(service, project, envelope, &mut after)?;
    if after != before {
        after.version += 1;
        if let Some(here) = after.environments.get_mut(&environment) {
            here.version += 1;
            here.modified = service.clock.now();
        }
    }
    let shown = represent_targeting(project, key, &after);
    if after != before {
        service.put_targeting(Targeted::AiConfig, project, key, after)?;
    }
    Ok(Response::ok(&shown))
}

fn represent(project: &str, key: &str, config: &Targeting) -> Json {
    json!({
        "key": key, "name": config.name, "description": config.description, "tags": config.tags,
        "version": config.version, "variations": variation::current(config),
        "mode": config.ai.as_ref().map(|ai| &ai.mode), "createdAt": config.created,
        "updatedAt": config.ai.as_ref().map(|ai| ai.updated),
        "_links": {
            "self": link(format!("/api/v2/projects/{project}/ai-configs/{key}")),
            "parent": link(format!("/api/v2/projects/{project}/ai-configs")),
        },
    })
}

fn represent_targeting(project: &str, key: &str, config: &Targeting) -> Json {
    let environments: Map<String, Json> = config
        .environments
        .iter()
        .map(|(environment, here)| {
            let mut shown = environment_json(project, environment, key, here);
            shown["enabled"] = json!(here.on);
            shown["_version"] = json!(here.version);
            (environment.clone(), shown)
        })
        .collect();
    json!({
        "key": key, "name": config.name, "tags": config.tags, "_version": config.version,
        "createdAt": config.created, "variations": config.variations,
        "defaults": {"onVariation": config.on_variation, "offVariation": config.off_variation},
        "environments": environments, "experiments": {"baselineIdx": 0, "items": []},
    })
}
