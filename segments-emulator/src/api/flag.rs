//! Flags: only the parts that affect how segments are used.

use segments_model::FlagKey;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::listing::Listing;
use crate::api::segment::distinct;
use crate::api::targeting::{self, environment_json};
use crate::message::{ApiError, Request, Response, link};
use crate::service::Service;
use crate::service::auth::{Caller, flag_resource};
use crate::state::{Targeted, Targeting, TargetingAddress, Variation, kind_of};

/// `GET /flags/{project}`.
pub(crate) fn list(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let listing = Listing::of(call.request)?;
    // Those that are archived are not listed.
    let flags = call.service.state.project(project)?.flags.iter();
    let flags = flags.filter(|(_, flag)| !flag.archived);
    let request = call.request;
    Ok(Response::ok(&listing.page(flags, |(key, flag)| {
        let mut shown = to_json(project, key, flag);
        keep_environments(request, &mut shown);
        if request.parameter("summary") != Some("0") {
            summarize(flag, &mut shown);
        }
        shown
    })))
}

/// Leaves out of a flag who is served what, and counts it instead (API documentation,
/// *getFeatureFlags*, `summary`).
fn summarize(flag: &Targeting, shown: &mut Json) {
    let environments = shown["environments"].as_object_mut();
    for (name, environment) in environments.into_iter().flatten() {
        let (Some(here), Some(members)) =
            (flag.environments.get(name), environment.as_object_mut())
        else {
            continue;
        };
        for listed in ["targets", "contextTargets", "rules", "prerequisites"] {
            members.remove(listed);
        }
        let of = |place: usize| {
            let rules = here.rules.iter();
            let rules = rules.filter(|rule| rule.served.variation == Some(place));
            let listed = |users: bool| -> usize {
                let lists = here
                    .targets
                    .iter()
                    .filter(|list| list.variation == place && (kind_of(list) == "user") == users);
                lists.map(|list| list.values.len()).sum()
            };
            let mut counts = json!({"rules": rules.count(), "nullRules": 0,
                "targets": listed(true), "contextTargets": listed(false)});
            if here.fallthrough.variation == Some(place) {
                counts["isFallthrough"] = json!(true);
            }
            if here.off_variation == Some(place) {
                counts["isOff"] = json!(true);
            }
            (place.to_string(), counts)
        };
        let variations: Map<String, Json> = (0..flag.variations.len()).map(of).collect();
        let summary = json!({"variations": variations, "prerequisites": here.prerequisites.len()});
        members.insert("_summary".to_owned(), summary);
    }
}

/// Leaves in a flag only the environments that `env` names, if it names any.
fn keep_environments(request: &Request, flag: &mut Json) {
    let named = request.query.iter().filter(|(name, _)| name == "env");
    let named: Vec<&str> = named.flat_map(|(_, value)| value.split(',')).collect();
    if let Some(environments) = flag["environments"].as_object_mut()
        && !named.is_empty()
    {
        environments.retain(|key, _| named.contains(&key.as_str()));
    }
}

/// `GET /flag-statuses/{project}/{environment}`.
pub(crate) fn statuses(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    call.service.state.environment(project, environment)?;
    let flags = call.service.state.project(project)?.flags.keys();
    let items: Vec<Json> = flags
        .map(|key| new_status(project, environment, key))
        .collect();
    Ok(Response::ok(
        &json!({"items": items, "_links": {"self": link(&call.request.path)}}),
    ))
}

/// `GET /flag-statuses/{project}/{environment}/{flag}`.
pub(crate) fn status(call: &mut Call<'_>, [project, environment, key]: [&str; 3]) -> Answer {
    call.service.state.environment(project, environment)?;
    call.service.state.flag(project, key)?;
    Ok(Response::ok(&new_status(project, environment, key)))
}

/// `GET /flag-status/{project}/{flag}`.
pub(crate) fn status_everywhere(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let flag = call.service.state.flag(project, key)?;
    let environments: Map<String, Json> = flag
        .environments
        .keys()
        .map(|name| (name.clone(), json!({"name": "new"})))
        .collect();
    Ok(Response::ok(
        &json!({"key": key, "environments": environments, "_links": {
            "parent": link(format!("/api/v2/flags/{project}/{key}")),
            "self": link(&call.request.path),
        }}),
    ))
}

/// The status of a flag that no SDK has sent events about: this emulator drops them.
fn new_status(project: &str, environment: &str, key: &str) -> Json {
    json!({"name": "new", "_links": {
        "parent": link(format!("/api/v2/flags/{project}/{key}")),
        "self": link(format!("/api/v2/flag-statuses/{project}/{environment}/{key}")),
    }})
}

/// `GET /flags/{project}/{flag}`.
pub(crate) fn get(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let flag = call.service.state.flag(project, key)?;
    let mut shown = to_json(project, key, flag);
    keep_environments(call.request, &mut shown);
    Ok(Response::ok(&shown))
}

/// `DELETE /flags/{project}/{flag}`.
pub(crate) fn delete(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let flag = call.service.state.flag(project, key)?;
    let resource = flag_resource(project, key, &flag.tags);
    call.caller.may("deleteFlag", &resource)?;
    let mut dependents = call.service.state.project(project)?.depending(key);
    if let Some((dependent, ..)) = dependents.next() {
        return Err(ApiError::conflict(format!(
            "flag \"{key}\" is a prerequisite of flag \"{dependent}\""
        )));
    }
    drop(dependents);
    call.service
        .remove_targeting(Targeted::Flag, project, key)?;
    Ok(Response::no_content())
}

/// `POST /flags/{project}`.
pub(crate) fn create(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let body = call.request.json()?;
    add(call.service, &call.caller, project, body).map(|shown| Response::created(&shown))
}

/// `PATCH /flags/{project}/{flag}`.
pub(crate) fn patch(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    call.service.state.flag(project, key)?;
    let subject = TargetingAddress {
        targeted: Targeted::Flag,
        project,
        key,
    };
    if !call.request.is_semantic_patch() {
        let document = to_json(project, key, call.service.state.flag(project, key)?);
        let patch = json_patch(call.request.json()?)?;
        let dry_run = call.is_dry_run();
        let (service, caller) = (&mut *call.service, &call.caller);
        let after = targeting::patch_document(service, caller, subject, document, &patch, dry_run)?;
        return Ok(Response::ok(&to_json(project, key, &after)));
    }
    let envelope = call.request.json()?;
    let dry_run = call.is_dry_run();
    let after = targeting::patch(call.service, &call.caller, subject, envelope, dry_run)?;
    Ok(Response::ok(&to_json(project, key, &after)))
}

/// A JSON patch, alone or with a comment.
fn json_patch(body: Json) -> Result<json_patch::Patch, ApiError> {
    let patch = match body {
        Json::Object(mut body) => body.remove("patch").unwrap_or_default(),
        body => body,
    };
    serde_json::from_value(patch)
        .map_err(|error| ApiError::invalid(format!("invalid JSON patch: {error}")))
}

/// A flag that is to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewFlag {
    pub(crate) key: String,
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

/// Makes a flag.
pub(crate) fn add(
    service: &mut Service,
    caller: &Caller,
    project: &str,
    body: NewFlag,
) -> Result<Json, ApiError> {
    service.state.project(project)?;
    FlagKey::parse(&*body.key).map_err(|error| ApiError::invalid(error.to_string()))?;
    caller.may("createFlag", &flag_resource(project, &body.key, &body.tags))?;
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
        archived: false,
        ai: None,
    };
    let environments = &service.state.project(project)?.environments;
    flag.add_environments(&body.key, environments, &mut service.ids);
    let shown = to_json(project, &body.key, &flag);
    service.put_targeting(Targeted::Flag, project, &body.key, flag)?;
    Ok(shown)
}

fn to_json(project: &str, key: &str, flag: &Targeting) -> Json {
    let boolean = flag.variations.iter().all(|it| it.value.is_boolean());
    let environments: Map<String, Json> = flag
        .environments
        .iter()
        .map(|(environment, here)| {
            let mut shown = environment_json(project, environment, key, here);
            shown["archived"] = json!(flag.archived);
            (environment.clone(), shown)
        })
        .collect();
    json!({
        "name": flag.name, "kind": if boolean { "boolean" } else { "multivariate" },
        "description": flag.description, "key": key, "_version": flag.version,
        "creationDate": flag.created, "includeInSnippet": false, "temporary": false,
        "archived": flag.archived, "deprecated": false, "customProperties": {},
        "clientSideAvailability": {"usingMobileKey": true, "usingEnvironmentId": false},
        "tags": flag.tags, "variations": flag.variations, "experiments": {"baselineIdx": 0, "items": []},
        "defaults": {"onVariation": flag.on_variation, "offVariation": flag.off_variation},
        "environments": environments,
        "_links": {
            "self": link(format!("/api/v2/flags/{project}/{key}")),
            "parent": link(format!("/api/v2/flags/{project}")),
        },
    })
}
