//! AI Configs: as much of them as it takes to target segments.

use std::collections::BTreeMap;

use hyper::Method;
use segments_model::SegmentKey;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::error::ApiError;
use crate::flag::environment_json;
use crate::response::{Answer, Response};
use crate::router::no_such_method;
use crate::segment::distinct;
use crate::service::{Call, Service};
use crate::targeting::{self, Ai, Targeting, Variation};

/// Answers a request below `/projects/{project}/ai-configs`.
pub(crate) fn route(call: &mut Call<'_>, project: &str, rest: &[&str]) -> Answer {
    match (call.request.method.clone(), rest) {
        (Method::GET, []) => {
            let configs = &call.service.state.project(project)?.ai_configs;
            let items: Vec<Json> = configs
                .iter()
                .map(|(key, config)| represent(key, config))
                .collect();
            Ok(Response::ok(
                &json!({"totalCount": items.len(), "items": items}),
            ))
        }
        (Method::POST, []) => create(call, project),
        (Method::GET, [key]) => {
            let config = find(call.service, project, key)?;
            Ok(Response::ok(&represent(key, config)))
        }
        (Method::DELETE, [key]) => {
            find(call.service, project, key)?;
            call.caller.may("deleteAiConfig", &resource(project, key))?;
            call.service.remove_ai_config(project, key)?;
            Ok(Response::no_content())
        }
        (Method::POST, [key, "variations"]) => create_variation(call, project, key),
        (Method::GET, [key, "variations", variation]) => {
            let config = find(call.service, project, key)?;
            let versions: Vec<&Json> = variations(config)
                .filter(|it| it["key"] == **variation)
                .collect();
            if versions.is_empty() {
                return Err(ApiError::not_found());
            }
            Ok(Response::ok(
                &json!({"totalCount": versions.len(), "items": versions}),
            ))
        }
        (Method::GET, [key, "targeting"]) => {
            let config = find(call.service, project, key)?;
            Ok(Response::ok(&represent_targeting(project, key, config)))
        }
        (Method::PATCH, [key, "targeting"]) => patch_targeting(call, project, key),
        (_, [] | [_] | [_, "variations" | "targeting"] | [_, "variations", _]) => {
            no_such_method(call)
        }
        _ => Err(ApiError::not_found()),
    }
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
        .may("createAiConfig", &resource(project, &body.key))?;
    if find(service, project, &body.key).is_ok() {
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
        add_variation(service, &mut config, variation)?;
    }
    for environment in service.state.project(project)?.environments.keys() {
        config.add_environment(environment, &mut service.ids);
    }
    let shown = represent(&body.key, &config);
    service.put_ai_config(project, &body.key, config)?;
    Ok(Response::created(&shown))
}

fn create_variation(call: &mut Call<'_>, project: &str, key: &str) -> Answer {
    let service = &mut *call.service;
    let mut config = find(service, project, key)?.clone();
    let body: Json = call.request.json()?;
    call.caller.may("updateAiConfig", &resource(project, key))?;
    let shown = add_variation(service, &mut config, body)?;
    config.version += 1;
    service.put_ai_config(project, key, config)?;
    Ok(Response::created(&shown))
}

/// Adds a variation, and the one of the flag behind it: their identifiers differ, and the latter
/// names the key of the former.
fn add_variation(
    service: &mut Service,
    config: &mut Targeting,
    body: Json,
) -> Result<Json, ApiError> {
    let Json::Object(mut variation) = body else {
        return Err(ApiError::invalid("a variation is an object"));
    };
    let text = |name: &str| {
        variation
            .get(name)
            .and_then(Json::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| ApiError::invalid(format!("{name} of the variation is required")))
    };
    let (key, name) = (text("key")?, text("name")?);
    if variations(config).any(|known| known["key"] == key.as_str()) {
        return Err(ApiError::key_exists("Duplicate variation key"));
    }
    let mut value = Map::new();
    for part in ["model", "messages", "instructions", "tools"] {
        if let Some(given) = variation.get(part) {
            value.insert(part.to_owned(), given.clone());
        }
    }
    value.insert(
        "_ldMeta".to_owned(),
        json!({"enabled": true, "variationKey": key, "version": 1}),
    );
    config.variations.push(Variation {
        id: service.ids.uuid(),
        name: Some(name),
        description: None,
        value: Json::Object(value),
    });
    variation.insert("_id".to_owned(), json!(service.ids.uuid()));
    variation.insert("version".to_owned(), json!(1));
    variation.insert("state".to_owned(), json!("published"));
    variation.insert("createdAt".to_owned(), json!(service.clock.now()));
    variation.entry("model").or_insert_with(|| json!({}));
    let shown = Json::Object(variation);
    if let Some(ai) = &mut config.ai {
        ai.variations.push(shown.clone());
        ai.updated = service.clock.now();
    }
    Ok(shown)
}

fn patch_targeting(call: &mut Call<'_>, project: &str, key: &str) -> Answer {
    let service = &mut *call.service;
    let before = find(service, project, key)?.clone();
    let envelope: targeting::Envelope = call.request.json()?;
    let environment = envelope
        .environment_key
        .clone()
        .ok_or_else(|| ApiError::invalid("environmentKey is required"))?;
    call.caller
        .may("updateAiConfigTargeting", &resource(project, key))?;
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
        service.put_ai_config(project, key, after)?;
    }
    Ok(Response::ok(&shown))
}

fn find<'a>(service: &'a Service, project: &str, key: &str) -> Result<&'a Targeting, ApiError> {
    let configs = &service.state.project(project)?.ai_configs;
    configs.get(key).ok_or_else(ApiError::not_found)
}

fn resource(project: &str, key: &str) -> String {
    format!("proj/{project}:aiconfig/{key}")
}

fn variations(config: &Targeting) -> impl Iterator<Item = &Json> {
    config.ai.iter().flat_map(|ai| &ai.variations)
}

fn represent(key: &str, config: &Targeting) -> Json {
    json!({
        "key": key, "name": config.name, "description": config.description, "tags": config.tags,
        "version": config.version, "variations": variations(config).collect::<Vec<_>>(),
        "mode": config.ai.as_ref().map(|ai| &ai.mode), "createdAt": config.created,
        "updatedAt": config.ai.as_ref().map(|ai| ai.updated),
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
