//! The SDK endpoints: all data of an environment, and a stream of changes.

use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use hyper::{Method, StatusCode};
use serde_json::json;

use super::{client_side, events, fdv2};
use crate::api::call::Answer;
use crate::message::{ApiError, Body, Request, Response};
use crate::service::Service;
use crate::state::{event, sdk_data};

/// Returns whether a path is one that server-side SDKs ask, who have keys instead of tokens. Those of other
/// SDKs are left out, so that they lead nowhere.
pub(crate) fn is_path(request: &Request) -> bool {
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    is_server_side(&parts) || client_side::is_path(&parts)
}

fn is_server_side(parts: &[&str]) -> bool {
    matches!(
        parts,
        ["sdk", "latest-all" | "poll" | "stream"]
            | ["sdk", "flags" | "segments", ..]
            | ["all" | "bulk" | "diagnostic"]
    )
}

/// Returns whether the body of a request is worth reading: whether an SDK sent it that is known.
pub(crate) fn is_known(service: &Service, request: &Request) -> bool {
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    if is_server_side(&parts) {
        return authenticate(service, request).is_ok();
    }
    client_side::is_known(service, request)
}

/// Answers an SDK.
pub(crate) fn route(service: &mut Service, request: &Request) -> Answer {
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    if !is_server_side(&parts) {
        return client_side::route(service, request);
    }
    let (project, environment) = authenticate(service, request)?;
    match (&request.method, &parts[..]) {
        (&Method::GET, ["sdk", "latest-all"]) => {
            latest_all(service, request, &project, &environment)
        }
        (&Method::GET, ["sdk", "flags"]) => {
            let project = service.state.project(&project)?;
            Ok(Response::ok(&sdk_data::flags(project, &environment)))
        }
        (&Method::GET, ["sdk", "flags", key]) => {
            let project = service.state.project(&project)?;
            let flag = project.flags.get(*key).or(project.ai_configs.get(*key));
            let flag = flag.ok_or_else(ApiError::not_found)?;
            let here = flag.environments.get(&environment);
            let here = here.ok_or_else(ApiError::not_found)?;
            Ok(Response::ok(&sdk_data::flag(key, flag, here)))
        }
        (&Method::GET, ["sdk", "segments", key]) => {
            let stored = service.state.segment(&project, &environment, key)?;
            Ok(Response::ok(&sdk_data::segment(stored)))
        }
        (&Method::GET, ["sdk", "poll"]) => fdv2::poll(service, request, &project, &environment),
        (&Method::GET, ["sdk", "stream"]) => fdv2::stream(service, request, &project, &environment),
        (&Method::GET, ["all"]) => stream(service, &project, &environment),
        (&Method::POST, ["bulk"]) => events::take(service, request, &project, &environment),
        (&Method::POST, ["diagnostic"]) => {
            events::take_diagnostic(service, request, &project, &environment)
        }
        _ => Err(ApiError::not_found()),
    }
}

/// Finds the environment whose SDK key a request carries.
pub(crate) fn authenticate(
    service: &Service,
    request: &Request,
) -> Result<(String, String), ApiError> {
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
        Response::ok(&sdk_data::everything(
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
    let data = sdk_data::everything(service.state.project(project)?, environment, found);
    let mut response = Response::empty(StatusCode::OK);
    response.set(CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.set(CACHE_CONTROL, "no-cache");
    let first = event("put", &json!({"path": "/", "data": data}));
    response.body = Body::Events(first, listener);
    Ok(response)
}
