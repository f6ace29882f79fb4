//! Flags: as much of them as it takes for segments to be used.

use hyper::Method;
use segments_model::SegmentKey;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::error::ApiError;
use crate::response::{Answer, Response};
use crate::router::no_such_method;
use crate::segment::{distinct, is_semantic};
use crate::service::{Call, Service};
use crate::targeting::{self, EnvironmentTargeting, Targeted, Targeting, Variation};

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
            let flag = find(call.service, project, key)?;
            Ok(Response::ok(&represent(project, key, flag)))
        }
        Method::PATCH => patch(call, project, key),
        Method::DELETE => {
            find(call.service, project, key)?;
            call.caller.may("deleteFlag", &resource(project, key))?;
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
        .may("createFlag", &resource(project, &body.key))?;
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
    let before = find(call.service, project, key)?.clone();
    if !call.request.header("content-type").is_some_and(is_semantic) {
        return Err(ApiError::invalid(
            "this emulator changes flags by semantic patches only",
        ));
    }
    let envelope: targeting::Envelope = call.request.json()?;
    let environment = envelope.environment_key.clone();
    targeting::require_approval(call, Targeted::Flag, project, key, &envelope)?;
    let service = &mut *call.service;
    call.caller.may("updateRules", &resource(project, key))?;
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

fn find<'a>(service: &'a Service, project: &str, key: &str) -> Result<&'a Targeting, ApiError> {
    let flags = &service.state.project(project)?.flags;
    flags.get(key).ok_or_else(ApiError::not_found)
}

fn resource(project: &str, key: &str) -> String {
    format!("proj/{project}:env/*:flag/{key}")
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

/// The targeting of one environment as the REST API shows it.
pub(crate) fn environment_json(
    project: &str,
    environment: &str,
    key: &str,
    here: &EnvironmentTargeting,
) -> Json {
    let (users, contexts): (Vec<_>, Vec<_>) = here
        .targets
        .iter()
        .partition(|it| it.context_kind == "user");
    let mut shown = json!({
        "on": here.on, "archived": false, "salt": here.salt, "sel": here.salt,
        "lastModified": here.modified, "version": here.version,
        "_site": {"href": format!("/{project}/{environment}/features/{key}"), "type": "text/html"},
        "_environmentName": environment, "trackEvents": here.track_events,
        "trackEventsFallthrough": here.track_events_fallthrough, "targets": users,
        "contextTargets": contexts, "rules": here.rules, "fallthrough": here.fallthrough,
        "prerequisites": [],
    });
    if let Some(off) = here.off_variation {
        shown["offVariation"] = json!(off);
    }
    shown
}
