//! The side that SDKs see: everything of an environment at once, and a stream of changes.

use std::collections::HashMap;

use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use hyper::{Method, StatusCode};
use serde_json::{Map, Value as Json, json};
use tokio::sync::broadcast;

use crate::error::ApiError;
use crate::request::Request;
use crate::response::{Answer, Response};
use crate::service::Service;
use crate::state::{Environment, Project, StoredSegment};
use crate::targeting::{EnvironmentTargeting, Targeting};

/// Events that a listener may be behind before it has to start again.
const BACKLOG: usize = 1024;

/// Who listens for the changes of an environment, and how many there were.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    revision: u64,
    listeners: Option<broadcast::Sender<Bytes>>,
    /// The versions of the deletions that were told, by path.
    gone: HashMap<String, u64>,
}

impl Updates {
    /// Tells a change to whoever listens.
    pub(crate) fn changed(&mut self, event: impl FnOnce() -> Bytes) {
        self.revision += 1;
        if let Some(listeners) = &self.listeners
            && listeners.receiver_count() > 0
        {
            // It fails when the last listener has just gone.
            let _ = listeners.send(event());
        }
    }

    /// Tells a deletion to whoever listens.
    pub(crate) fn deleted(&mut self, what: &str, key: &str, version: u64) {
        let path = path(what, key);
        self.changed(|| event("delete", &json!({"path": path, "version": version})));
        self.gone.insert(path, version);
    }

    /// The version of the last deletion of something; 0 if there was none.
    pub(crate) fn last_version(&self, what: &str, key: &str) -> u64 {
        self.gone.get(&path(what, key)).copied().unwrap_or(0)
    }

    fn listen(&mut self) -> broadcast::Receiver<Bytes> {
        self.listeners
            .get_or_insert_with(|| broadcast::channel(BACKLOG).0)
            .subscribe()
    }
}

/// Whether a path belongs to SDKs, who have keys instead of tokens.
pub(crate) fn is_path(request: &Request) -> bool {
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    matches!(parts[..], ["sdk", ..] | ["all" | "bulk" | "diagnostic"])
}

/// Answers an SDK.
pub(crate) fn route(service: &mut Service, request: &Request) -> Answer {
    let (project, environment) = authenticate(service, request)?;
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    match (&request.method, &parts[..]) {
        (&Method::GET, ["sdk", "latest-all"]) => {
            latest_all(service, request, &project, &environment)
        }
        (&Method::GET, ["sdk", "flags"]) => {
            let project = service.state.project(&project)?;
            Ok(Response::ok(&flags(project, &environment)))
        }
        (&Method::GET, ["sdk", "flags", key]) => {
            let project = service.state.project(&project)?;
            let flag = project.flags.get(*key).or(project.ai_configs.get(*key));
            let flag = flag.ok_or_else(ApiError::not_found)?;
            let here = flag.environments.get(&environment);
            let here = here.ok_or_else(ApiError::not_found)?;
            Ok(Response::ok(&sdk_flag(key, flag, here)))
        }
        (&Method::GET, ["sdk", "segments", key]) => {
            let stored = service.state.segment(&project, &environment, key)?;
            Ok(Response::ok(&segment(stored)))
        }
        (&Method::GET, ["all"]) => stream(service, &project, &environment),
        // Events of SDKs are taken and dropped.
        (&Method::POST, ["bulk" | "diagnostic"]) => Ok(Response::empty(StatusCode::ACCEPTED)),
        _ => Err(ApiError::not_found()),
    }
}

/// Finds the environment whose SDK key a request carries.
fn authenticate(service: &Service, request: &Request) -> Result<(String, String), ApiError> {
    let sent = request
        .header("authorization")
        .ok_or_else(ApiError::unauthorized)?;
    for (project, found) in &service.state.projects {
        for (key, environment) in &found.environments {
            if environment.sdk_key == sent {
                return Ok((project.clone(), key.clone()));
            }
        }
    }
    Err(ApiError::unauthorized())
}

fn latest_all(service: &Service, request: &Request, project: &str, environment: &str) -> Answer {
    let found = service.state.environment(project, environment)?;
    let tag = format!(
        "\"{}-{}-{}\"",
        found.id, service.started, found.updates.revision
    );
    let known = request.header(IF_NONE_MATCH.as_str()) == Some(&tag);
    let mut response = if known {
        Response::empty(StatusCode::NOT_MODIFIED)
    } else {
        Response::ok(&everything(
            service.state.project(project)?,
            environment,
            found,
        ))
    };
    response.set(ETAG, &tag);
    Ok(response)
}

fn stream(service: &mut Service, project: &str, environment: &str) -> Answer {
    let listener = service
        .state
        .environment_mut(project, environment)?
        .updates
        .listen();
    let found = service.state.environment(project, environment)?;
    let data = everything(service.state.project(project)?, environment, found);
    let mut response = Response::empty(StatusCode::OK);
    response.set(CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.set(CACHE_CONTROL, "no-cache");
    response.body = event("put", &json!({"path": "/", "data": data}));
    response.events = Some(listener);
    Ok(response)
}

fn everything(project: &Project, environment: &str, found: &Environment) -> Json {
    let segments: Map<String, Json> = found
        .segments
        .iter()
        .map(|(key, stored)| (key.clone(), segment(stored)))
        .collect();
    json!({"flags": flags(project, environment), "segments": segments})
}

fn flags(project: &Project, environment: &str) -> Map<String, Json> {
    // The flag behind an AI Config reaches SDKs as any other.
    project
        .flags
        .iter()
        .chain(&project.ai_configs)
        .filter_map(|(key, flag)| {
            let here = flag.environments.get(environment)?;
            Some((key.clone(), sdk_flag(key, flag, here)))
        })
        .collect()
}

/// A change of a segment.
pub(crate) fn segment_patch(stored: &StoredSegment) -> Bytes {
    let path = path("segments", &stored.segment.key);
    event("patch", &json!({"path": path, "data": segment(stored)}))
}

/// A change of a flag.
pub(crate) fn flag_patch(key: &str, flag: &Targeting, here: &EnvironmentTargeting) -> Bytes {
    let data = sdk_flag(key, flag, here);
    event("patch", &json!({"path": path("flags", key), "data": data}))
}

fn path(what: &str, key: &str) -> String {
    format!("/{what}/{key}")
}

fn event(name: &str, data: &Json) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}

/// A segment as SDKs receive it: no names and dates, identifiers without underscore, and the salt.
fn segment(stored: &StoredSegment) -> Json {
    let it = &stored.segment;
    let rules: Vec<Json> = it
        .rules
        .iter()
        .map(|rule| {
            let mut shown = json!({
                "id": rule.id, "clauses": rule.clauses.iter().map(clause).collect::<Vec<_>>(),
                "rolloutContextKind": rule.rollout_context_kind,
            });
            if let Some(weight) = rule.weight {
                shown["weight"] = json!(weight);
            }
            if let Some(bucket_by) = &rule.bucket_by {
                shown["bucketBy"] = json!(bucket_by);
            }
            shown
        })
        .collect();
    let mut shown = json!({
        "key": it.key, "included": it.included, "excluded": it.excluded,
        "includedContexts": it.included_contexts, "excludedContexts": it.excluded_contexts,
        "salt": stored.salt, "rules": rules, "version": stored.sdk_version(), "generation": it.generation,
        "deleted": false,
    });
    if it.unbounded {
        shown["unbounded"] = json!(true);
        shown["unboundedContextKind"] = json!(it.unbounded_context_kind);
    }
    shown
}

fn clause(clause: &segments_model::wire::Clause) -> Json {
    json!({
        "contextKind": clause.context_kind, "attribute": clause.attribute, "op": clause.op,
        "values": clause.values, "negate": clause.negate,
    })
}

fn sdk_flag(key: &str, flag: &Targeting, here: &EnvironmentTargeting) -> Json {
    let rules: Vec<Json> = here
        .rules
        .iter()
        .map(|rule| {
            let mut shown = json!(rule.served);
            shown["id"] = json!(rule.id);
            shown["clauses"] = rule.clauses.iter().map(clause).collect();
            shown["trackEvents"] = json!(rule.track_events);
            shown
        })
        .collect();
    let values: Vec<&Json> = flag.variations.iter().map(|it| &it.value).collect();
    let target = |(kind, variation, keys): (&str, usize, &[String])| json!({"contextKind": kind, "variation": variation, "values": keys});
    let targets = here
        .targets
        .iter()
        .map(|it| (it.context_kind.as_str(), it.variation, &it.values[..]));
    let users: Vec<Json> = targets
        .clone()
        .filter(|(kind, ..)| *kind == "user")
        .map(target)
        .collect();
    // The order among users and other kinds: an entry without keys points to the list of users.
    let contexts: Vec<Json> = targets
        .map(|(kind, variation, keys)| {
            (kind, variation, if kind == "user" { &[][..] } else { keys })
        })
        .map(target)
        .collect();
    json!({
        "key": key, "version": here.version, "on": here.on, "prerequisites": [],
        "targets": users, "contextTargets": contexts, "rules": rules,
        "fallthrough": here.fallthrough, "offVariation": here.off_variation, "variations": values,
        "salt": here.salt, "sel": here.salt, "trackEvents": here.track_events,
        "trackEventsFallthrough": here.track_events_fallthrough, "debugEventsUntilDate": null,
        "clientSideAvailability": {"usingMobileKey": true, "usingEnvironmentId": false},
        "clientSide": false, "deleted": false,
    })
}
