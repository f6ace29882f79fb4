//! Flags: as much of them as it takes for segments to be used.

use hyper::Method;
use segments_model::SegmentKey;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::api::approval;
use crate::api::call::{Answer, Call, no_such_method};
use crate::api::segment::distinct;
use crate::api::targeting::{self, environment_json};
use crate::message::{ApiError, Response};
use crate::service::auth::flag_resource;
use crate::state::{Targeted, Targeting, Variation};

/// `/flags/{project}`.
pub(crate) fn collection(call: &mut Call<'_>, project: &str) -> Answer {
    match call.request.method {
        Method::GET => {
            let flags = &call.service.state.project(project)?.flags;
            let items: Vec<Json> = flags
                .iter()
                .map(|(key, flag)| represent(project, key, flag))
                .collect();
            Ok(Response::ok(&json!({
                "totalCount": items.len(), "items": items,
                "_links": {"self": {"href": format!("/api/v2/flags/{project}"), "type": "application/json"}},
            })))
        }
        Method::POST => create(call, project),
        _ => no_such_method(call),
    }
}

/// `/flags/{project}/{key}`.
pub(crate) fn one(call: &mut Call<'_>, project: &str, key: &str) -> Answer {
    match call.request.method {
        Method::GET => {
            let flag = call.service.state.flag(project, key)?;
            Ok(Response::ok(&represent(project, key, flag)))
        }
        Method::PATCH => patch(call, project, key),
        Method::DELETE => {
            call.service.state.flag(project, key)?;
            call.caller
                .may("deleteFlag", &flag_resource(project, key))?;
            call.service
                .remove_targeting(Targeted::Flag, project, key)?;
            Ok(Response::no_content())
        }
        _ => no_such_method(call),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewFlag {
    key: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    variations: Option<Vec<NewVariation>>,
    #[serde(default)]
    defaults: Option<Defaults>,
}

#[derive(Deserialize)]
struct NewVariation {
    value: Json,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Defaults {
    on_variation: usize,
    off_variation: usize,
}

fn create(call: &mut Call<'_>, project: &str) -> Answer {
    let service = &mut *call.service;
    service.state.project(project)?;
    let body: NewFlag = call.request.json()?;
    SegmentKey::parse(&*body.key)
        .map_err(|error| ApiError::invalid(error.to_string().replace("segment key", "flag key")))?;
    call.caller
        .may("createFlag", &flag_resource(project, &body.key))?;
    if service.state.project(project)?.has_targeting(&body.key) {
        return Err(ApiError::key_exists("Duplicate flag key"));
    }
    let variations = body.variations.unwrap_or_else(|| {
        [true, false]
            .map(|value| NewVariation {
                value: Json::Bool(value),
                name: None,
                description: None,
            })
            .into()
    });
    let last = variations.len().checked_sub(1).filter(|last| *last > 0);
    let last = last.ok_or_else(|| ApiError::invalid("a flag has at least two variations"))?;
    let (on_variation, off_variation) = body
        .defaults
        .map_or((0, last), |it| (it.on_variation, it.off_variation));
    if on_variation > last || off_variation > last {
        return Err(ApiError::invalid(
            "defaults name a variation that is not there",
        ));
    }
    let mut flag = Targeting {
        name: body.name,
        description: body.description,
        tags: distinct(&body.tags)?,
        created: service.clock.now(),
        version: 1,
        variations: variations
            .into_iter()
            .map(|new| Variation {
                id: service.ids.uuid(),
                name: new.name,
                description: new.description,
                value: new.value,
            })
            .collect(),
        on_variation,
        off_variation,
        environments: std::collections::BTreeMap::new(),
        ai: None,
    };
    let environments = &service.state.project(project)?.environments;
    flag.add_environments(&body.key, environments, &mut service.ids);
    let shown = represent(project, &body.key, &flag);
    service.put_targeting(Targeted::Flag, project, &body.key, flag)?;
    Ok(Response::created(&shown))
}

fn patch(call: &mut Call<'_>, project: &str, key: &str) -> Answer {
    let before = call.service.state.flag(project, key)?.clone();
    if !call.request.is_semantic_patch() {
        return Err(ApiError::invalid(
            "this emulator changes flags by semantic patches only",
        ));
    }
    let envelope: targeting::Envelope = call.request.json()?;
    let environment = envelope.environment_key.clone();
    approval::require_for_targeting(call, Targeted::Flag, project, key, &envelope)?;
    let service = &mut *call.service;
    call.caller
        .may("updateRules", &flag_resource(project, key))?;
    let mut after = before.clone();
    targeting::apply(service, project, envelope, &mut after)?;
    if after != before {
        after.version += 1;
        if let Some(here) = environment.and_then(|key| after.environments.get_mut(&key)) {
            here.version += 1;
            here.modified = service.clock.now();
        }
    }
    let shown = represent(project, key, &after);
    if after != before && call.request.parameter("dryRun") != Some("true") {
        service.put_targeting(Targeted::Flag, project, key, after)?;
    }
    Ok(Response::ok(&shown))
}

fn represent(project: &str, key: &str, flag: &Targeting) -> Json {
    let boolean = flag.variations.iter().all(|it| it.value.is_boolean());
    let environments: Map<String, Json> = flag
        .environments
        .iter()
        .map(|(environment, here)| {
            (
                environment.clone(),
                environment_json(project, environment, key, here),
            )
        })
        .collect();
    json!({
        "name": flag.name, "kind": if boolean { "boolean" } else { "multivariate" },
        "description": flag.description, "key": key, "_version": flag.version,
        "creationDate": flag.created, "includeInSnippet": false, "temporary": false,
        "archived": false, "deprecated": false, "customProperties": {},
        "clientSideAvailability": {"usingMobileKey": true, "usingEnvironmentId": false},
        "tags": flag.tags, "variations": flag.variations, "experiments": {"baselineIdx": 0, "items": []},
        "defaults": {"onVariation": flag.on_variation, "offVariation": flag.off_variation},
        "environments": environments,
        "_links": {
            "self": {"href": format!("/api/v2/flags/{project}/{key}"), "type": "application/json"},
            "parent": {"href": format!("/api/v2/flags/{project}"), "type": "application/json"},
        },
    })
}
