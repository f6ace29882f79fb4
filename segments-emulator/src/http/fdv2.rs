//! The protocol of the newest server-side SDKs: single objects, and the resulting state.

use std::fmt::Write as _;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Value as Json, json};

use crate::api::call::Answer;
use crate::message::{Body, Request, Response};
use crate::service::Service;
use crate::state::{Environment, Project, sdk_data};

/// `GET /sdk/poll`: what is not in the state that the SDK has, as a list.
pub(super) fn poll(
    service: &Service,
    request: &Request,
    project: &str,
    environment: &str,
) -> Answer {
    let events = events(service, request, project, environment)?;
    let shown = events
        .iter()
        .map(|(name, data)| json!({"event": name, "data": data}));
    Ok(Response::ok(&json!({"events": shown.collect::<Vec<_>>()})))
}

/// `GET /sdk/stream`: the same, and what changes from then on.
pub(super) fn stream(
    service: &mut Service,
    request: &Request,
    project: &str,
    environment: &str,
) -> Answer {
    let events = events(service, request, project, environment)?;
    let first = events.iter().fold(String::new(), |mut text, (name, data)| {
        let _ = write!(text, "event: {name}\ndata: {data}\n\n");
        text
    });
    let started = service.started;
    let found = service.state.environment_mut(project, environment)?;
    let mut response = Response::empty(StatusCode::OK);
    response.set(CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.set(CACHE_CONTROL, "no-cache");
    response.body = Body::Events(
        Bytes::from(first),
        found.updates.listen_for_objects(started),
    );
    Ok(response)
}

fn events(
    service: &Service,
    request: &Request,
    project: &str,
    environment: &str,
) -> Result<Vec<(&'static str, Json)>, crate::message::ApiError> {
    let found = service.state.environment(project, environment)?;
    let state = found.updates.state(service.started);
    let known = request.parameter("basis") == Some(state.as_str());
    let (code, reason) = if known {
        ("none", "up-to-date")
    } else {
        ("xfer-full", "payload-missing")
    };
    let payload = json!({"id": found.id, "target": found.updates.revision, "intentCode": code,
        "reason": reason});
    let mut events = vec![("server-intent", json!({"payloads": [payload]}))];
    if !known {
        events.extend(objects(service.state.project(project)?, environment, found));
        let transferred = json!({"state": state, "version": found.updates.revision});
        events.push(("payload-transferred", transferred));
    }
    Ok(events)
}

/// Every flag and segment.
fn objects(project: &Project, name: &str, environment: &Environment) -> Vec<(&'static str, Json)> {
    let mut everything = sdk_data::everything(project, name, environment);
    let mut objects = Vec::new();
    for (kind, of) in [("flag", "flags"), ("segment", "segments")] {
        let Json::Object(all) = everything[of].take() else {
            continue;
        };
        objects.extend(all.into_iter().map(|(key, object)| {
            let put =
                json!({"version": object["version"], "kind": kind, "key": key, "object": object});
            ("put-object", put)
        }));
    }
    objects
}
