//! The tools that a model may call: each has a key and versions, and variations name them.

use segments_model::AiConfigKey;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::listing::Listing;
use crate::message::{ApiError, Response, link};

/// A tool that is to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewTool {
    key: String,
    schema: Map<String, Json>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    custom_parameters: Option<Json>,
    #[serde(default)]
    tags: Vec<String>,
}

/// `POST /projects/{project}/ai-tools`.
pub(crate) fn create(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let body: NewTool = call.request.json()?;
    AiConfigKey::parse(&*body.key).map_err(|error| ApiError::invalid(error.to_string()))?;
    call.caller
        .may("createAITool", &resource(project, &body.key))?;
    let now = call.service.clock.now();
    let found = call.service.state.project_mut(project)?;
    if found.ai_tools.contains_key(&body.key) {
        return Err(ApiError::key_exists("Duplicate AI tool key"));
    }
    let mut tool = json!({
        "key": body.key, "version": 1, "schema": body.schema, "description": body.description,
        "tags": body.tags, "createdAt": now,
        "_links": {
            "self": link(format!("/api/v2/projects/{project}/ai-tools/{}", body.key)),
            "parent": link(format!("/api/v2/projects/{project}/ai-tools")),
        },
    });
    if let Some(custom) = body.custom_parameters {
        tool["customParameters"] = custom;
    }
    found.ai_tools.insert(body.key, vec![tool.clone()]);
    Ok(Response::created(&tool))
}

/// `GET /projects/{project}/ai-tools`.
pub(crate) fn list(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let listing = Listing::of(call.request)?;
    let tools = call.service.state.project(project)?.ai_tools.iter();
    Ok(Response::ok(&listing.page(tools, |(_, versions)| {
        versions.last().cloned().unwrap_or_default()
    })))
}

/// `GET /projects/{project}/ai-tools/{tool}`: the last version.
pub(crate) fn get(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let versions = call.service.state.project(project)?.ai_tools.get(key);
    let last = versions.and_then(|versions| versions.last());
    Ok(Response::ok(last.ok_or_else(ApiError::not_found)?))
}

/// `GET /projects/{project}/ai-tools/{tool}/versions`: all of them, oldest first.
pub(crate) fn versions(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let versions = call.service.state.project(project)?.ai_tools.get(key);
    let versions = versions.ok_or_else(ApiError::not_found)?;
    Ok(Response::ok(
        &json!({"totalCount": versions.len(), "items": versions}),
    ))
}

/// `PATCH /projects/{project}/ai-tools/{tool}`: a new version, with what the body names.
pub(crate) fn patch(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let changes: Map<String, Json> = call.request.json()?;
    call.caller.may("updateAITool", &resource(project, key))?;
    let now = call.service.clock.now();
    let found = call.service.state.project_mut(project)?;
    let versions = found
        .ai_tools
        .get_mut(key)
        .ok_or_else(ApiError::not_found)?;
    let mut next = versions.last().cloned().unwrap_or_default();
    for (part, value) in changes {
        if ["schema", "description", "customParameters", "tags"].contains(&&*part) {
            next[part] = value;
        }
    }
    if !next["schema"].is_object() {
        return Err(ApiError::invalid("schema is an object"));
    }
    next["version"] = json!(versions.len() + 1);
    next["createdAt"] = json!(now);
    versions.push(next.clone());
    Ok(Response::ok(&next))
}

/// `DELETE /projects/{project}/ai-tools/{tool}`. What variations serve stays.
pub(crate) fn delete(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    call.caller.may("deleteAITool", &resource(project, key))?;
    let found = call.service.state.project_mut(project)?;
    found.ai_tools.remove(key).ok_or_else(ApiError::not_found)?;
    Ok(Response::no_content())
}

fn resource(project: &str, key: &str) -> String {
    format!("proj/{project}:ai-tool/{key}")
}

/// The tools of a variation as SDKs receive them: by name, with what the tools say in the versions that the
/// variation names, or in their last.
pub(super) fn served(
    tools: &std::collections::BTreeMap<String, Vec<Json>>,
    variation: &Json,
) -> Result<Option<Map<String, Json>>, ApiError> {
    let named = variation["tools"].as_array().into_iter().flatten();
    let named = named.map(|tool| {
        (
            &tool["key"],
            tool["version"].as_u64(),
            &tool["customParameters"],
        )
    });
    let keys = variation["toolKeys"].as_array().into_iter().flatten();
    let keys = keys.map(|key| (key, None, &Json::Null));
    let mut served = Map::new();
    for (key, version, custom) in named.chain(keys) {
        let key = key
            .as_str()
            .ok_or_else(|| ApiError::invalid("a tool is named by its key"))?;
        let versions = tools.get(key).map(Vec::as_slice).unwrap_or_default();
        let tool = match version {
            Some(version) => versions.iter().find(|tool| tool["version"] == version),
            None => versions.last(),
        };
        let tool = tool.ok_or_else(|| {
            ApiError::invalid(format!("there is no AI tool \"{key}\" of this version"))
        })?;
        let mut shown = json!({
            "name": key, "type": "function", "description": tool["description"], "parameters": tool["schema"],
        });
        let custom = if custom.is_null() {
            &tool["customParameters"]
        } else {
            custom
        };
        if !custom.is_null() {
            shown["customParameters"] = custom.clone();
        }
        served.insert(key.to_owned(), shown);
    }
    Ok((!served.is_empty()).then_some(served))
}
