//! The variations of an AI Config, each with all its versions.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::tool;
use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response};
use crate::service::Service;
use crate::service::auth::{Caller, ai_config_resource};
use crate::state::{Ai, Targeted, Targeting, Variation};

/// The tools of a project, with their versions.
type Tools = BTreeMap<String, Vec<Json>>;

/// The parts of a variation that SDKs are served.
const SERVED: [&str; 6] = [
    "model",
    "provider",
    "messages",
    "instructions",
    "tools",
    "judgeConfiguration",
];

/// `POST …/variations`.
pub(crate) fn create(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let body = call.request.json()?;
    add_to(call.service, &call.caller, project, key, body).map(|shown| Response::created(&shown))
}

/// Adds a variation to an AI Config.
pub(crate) fn add_to(
    service: &mut Service,
    caller: &Caller,
    project: &str,
    key: &str,
    body: Json,
) -> Result<Json, ApiError> {
    let action = "updateAIConfigVariation";
    change(
        service,
        caller,
        (action, project, key),
        |service, config| add(service, project, config, body),
    )
}

/// `GET …/variations/{name}`: all versions, oldest first.
pub(crate) fn get(call: &mut Call<'_>, [project, key, name]: [&str; 3]) -> Answer {
    let config = call.service.state.ai_config(project, key)?;
    let versions: Vec<&Json> = all(config).filter(|it| it["key"] == name).collect();
    if versions.is_empty() {
        return Err(ApiError::not_found());
    }
    Ok(Response::ok(
        &json!({"totalCount": versions.len(), "items": versions}),
    ))
}

/// `PATCH …/variations/{name}`: a new version, with what the body names.
pub(crate) fn patch(call: &mut Call<'_>, [project, key, name]: [&str; 3]) -> Answer {
    let Json::Object(changes) = call.request.json()? else {
        return Err(ApiError::invalid("a change of a variation is an object"));
    };
    let Call {
        service, caller, ..
    } = call;
    let action = "updateAIConfigVariation";
    change(
        service,
        caller,
        (action, project, key),
        |service, config| {
            let last = all(config).rfind(|it| it["key"] == name);
            let mut next = last.cloned().ok_or_else(ApiError::not_found)?;
            for (part, value) in changes {
                if !part.starts_with('_') && !["key", "version", "createdAt"].contains(&&*part) {
                    next[part] = value;
                }
            }
            if next["name"].as_str().is_none_or(str::is_empty) {
                return Err(ApiError::invalid("name of the variation is required"));
            }
            if !matches!(next["state"].as_str(), Some("published" | "archived")) {
                return Err(ApiError::invalid("state is published or archived"));
            }
            let version = next["version"].as_u64().unwrap_or(0).saturating_add(1);
            next["version"] = json!(version);
            next["_id"] = json!(service.ids.uuid());
            next["createdAt"] = json!(service.clock.now());
            let tools = &service.state.project(project)?.ai_tools;
            let served = served(config.ai.as_ref(), tools, &next, name, version)?;
            if let Some(behind) = behind(config, name) {
                behind.name = next["name"].as_str().map(str::to_owned);
                behind.value = served;
            }
            ai(config).variations.push(next.clone());
            Ok(Response::ok(&next))
        },
    )
}

/// `DELETE …/variations/{name}`, unless somebody is served it.
pub(crate) fn delete(call: &mut Call<'_>, [project, key, name]: [&str; 3]) -> Answer {
    let Call {
        service, caller, ..
    } = call;
    let action = "deleteAIConfigVariation";
    change(service, caller, (action, project, key), |_, config| {
        let at = config
            .variations
            .iter()
            .position(|it| key_of(it) == Some(name))
            .ok_or_else(ApiError::not_found)?;
        if !config.forget_variation(at) {
            return Err(ApiError::invalid(format!(
                "variation \"{name}\" is served to somebody"
            )));
        }
        ai(config).variations.retain(|it| it["key"] != name);
        Ok(Response::no_content())
    })
}

/// Adds a variation, and the one of the flag behind it: their identifiers differ, and the latter
/// names the key of the former.
pub(super) fn add(
    service: &mut Service,
    project: &str,
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
    if all(config).any(|known| known["key"] == key.as_str()) {
        return Err(ApiError::key_exists("Duplicate variation key"));
    }
    variation.insert("_id".to_owned(), json!(service.ids.uuid()));
    variation.insert("version".to_owned(), json!(1));
    variation.insert("state".to_owned(), json!("published"));
    variation.insert("createdAt".to_owned(), json!(service.clock.now()));
    variation.entry("model").or_insert_with(|| json!({}));
    let shown = Json::Object(variation);
    let id = service.ids.uuid();
    let tools = &service.state.project(project)?.ai_tools;
    config.variations.push(Variation {
        id,
        name: Some(name),
        description: None,
        value: served(config.ai.as_ref(), tools, &shown, &key, 1)?,
    });
    ai(config).variations.push(shown.clone());
    Ok(shown)
}

/// The last version of each variation, in the order in which they were made.
pub(super) fn current(config: &Targeting) -> Vec<&Json> {
    let mut current: Vec<&Json> = Vec::new();
    for variation in all(config) {
        match current.iter_mut().find(|it| it["key"] == variation["key"]) {
            Some(known) => *known = variation,
            None => current.push(variation),
        }
    }
    current
}

/// Changes the variations of an AI Config, which SDKs take for a new version of the flag behind it.
fn change<T>(
    service: &mut Service,
    caller: &Caller,
    (action, project, key): (&str, &str, &str),
    change: impl FnOnce(&mut Service, &mut Targeting) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let mut config = service.state.ai_config(project, key)?.clone();
    caller.may(action, &ai_config_resource(project, key))?;
    let result = change(service, &mut config)?;
    let now = service.clock.now();
    config.version = config.version.saturating_add(1);
    ai(&mut config).updated = now;
    for here in config.environments.values_mut() {
        here.version = here.version.saturating_add(1);
        here.modified = now;
    }
    service.put_targeting(Targeted::AiConfig, project, key, config)?;
    Ok(result)
}

/// The data for SDKs of a variation.
fn served(
    ai: Option<&Ai>,
    tools: &Tools,
    variation: &Json,
    key: &str,
    version: u64,
) -> Result<Json, ApiError> {
    let mut value = Map::new();
    for part in SERVED {
        if let Some(given) = variation.get(part) {
            value.insert(part.to_owned(), given.clone());
        }
    }
    // What the API calls the model's name, SDKs look for as `name`.
    if let Some(Json::Object(model)) = value.get_mut("model")
        && let (Some(name), None) = (model.get("modelName").cloned(), model.get("name"))
    {
        model.insert("name".to_owned(), name);
    }
    // What the API lists by key, SDKs receive by name and with everything that belongs to it.
    if !variation["tools"].is_object() {
        value.remove("tools");
        if let Some(tools) = tool::served(tools, variation)? {
            value.insert("tools".to_owned(), Json::Object(tools));
        }
    }
    // A judge has another name there.
    let judges = value.get_mut("judgeConfiguration");
    let judges = judges
        .and_then(|it| it.get_mut("judges"))
        .and_then(Json::as_array_mut);
    for judge in judges.into_iter().flatten().filter_map(Json::as_object_mut) {
        if let Some(key) = judge.remove("judgeConfigKey") {
            judge.insert("key".to_owned(), key);
        }
    }
    let mut meta = json!({"enabled": true, "variationKey": key, "version": version});
    if let Some(ai) = ai {
        // SDKs take what has no mode for a completion.
        if ai.mode != "completion" {
            meta["mode"] = json!(ai.mode);
        }
        if let Some(metric) = &ai.evaluation_metric_key {
            value.insert("evaluationMetricKey".to_owned(), json!(metric));
        }
    }
    value.insert("_ldMeta".to_owned(), meta);
    Ok(Json::Object(value))
}

fn all(config: &Targeting) -> impl DoubleEndedIterator<Item = &Json> {
    config.ai.iter().flat_map(|ai| &ai.variations)
}

fn ai(config: &mut Targeting) -> &mut Ai {
    // A file that somebody wrote by hand may lack the part.
    config.ai.get_or_insert_default()
}

/// The variation of the flag behind, by the key of the AI Config's.
fn behind<'a>(config: &'a mut Targeting, name: &str) -> Option<&'a mut Variation> {
    config
        .variations
        .iter_mut()
        .find(|it| key_of(it) == Some(name))
}

fn key_of(variation: &Variation) -> Option<&str> {
    variation.value["_ldMeta"]["variationKey"].as_str()
}
