//! The client-side protocol of browsers and phones: the variation of each flag for one context.
//!
//! Browsers name the environment by its client-side identifier in the path, phones by their mobile key in
//! `Authorization`. An unknown credential gets 404, not 401, as in the service.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Map, Value as Json, json};

use super::events;
use crate::api::call::Answer;
use crate::message::{ApiError, Body, Request, Response};
use crate::service::Service;
use crate::state::{evaluate, event};

/// The question, and who asks it.
enum Asked<'a> {
    /// All flags, once.
    Flags(Who<'a>),
    /// All flags, and again whenever something changes.
    Stream(Who<'a>),
    /// Events.
    Events(Who<'a>),
    /// What an SDK says of itself.
    Diagnostic(Who<'a>),
    /// The goals of an experiment, of which there are none.
    Goals,
}

/// The environment, and the context if it is in the path.
struct Who<'a> {
    environment: Option<&'a str>,
    context: Option<&'a str>,
}

fn asked<'a>(parts: &[&'a str]) -> Option<Asked<'a>> {
    let browser = |environment, context| Who {
        environment: Some(environment),
        context,
    };
    let phone = |context| Who {
        environment: None,
        context,
    };
    Some(match *parts {
        ["sdk", "evalx", environment, "contexts" | "users", context] => {
            Asked::Flags(browser(environment, Some(context)))
        }
        ["sdk", "evalx", environment, "context" | "user"] => {
            Asked::Flags(browser(environment, None))
        }
        ["msdk", "evalx", "contexts" | "users", context] => Asked::Flags(phone(Some(context))),
        ["msdk", "evalx", "context" | "user"] => Asked::Flags(phone(None)),
        ["eval", environment, context] => Asked::Stream(browser(environment, Some(context))),
        ["eval", environment] => Asked::Stream(browser(environment, None)),
        ["meval", context] => Asked::Stream(phone(Some(context))),
        ["meval"] => Asked::Stream(phone(None)),
        ["events", "bulk", environment] => Asked::Events(browser(environment, None)),
        ["events", "diagnostic", environment] => Asked::Diagnostic(browser(environment, None)),
        ["mobile", "events", "diagnostic"] => Asked::Diagnostic(phone(None)),
        ["mobile"] | ["mobile", "events" | "bulk", ..] => Asked::Events(phone(None)),
        ["sdk", "goals", _] => Asked::Goals,
        _ => return None,
    })
}

/// Returns whether a path is one that client-side SDKs ask.
pub(super) fn is_path(parts: &[&str]) -> bool {
    asked(parts).is_some()
}

/// Answers a client-side SDK.
pub(super) fn route(service: &mut Service, request: &Request) -> Answer {
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    match asked(&parts).ok_or_else(ApiError::not_found)? {
        Asked::Events(who) => {
            let (project, environment) = find(service, request, &who)?;
            events::take(service, request, &project, &environment)
        }
        Asked::Diagnostic(who) => {
            let (project, environment) = find(service, request, &who)?;
            events::take_diagnostic(service, request, &project, &environment)
        }
        Asked::Goals => Ok(Response::ok(&json!([]))),
        Asked::Flags(who) => {
            let (project, environment) = find(service, request, &who)?;
            let flags = flags(service, request, &who, &project, &environment)?;
            Ok(Response::ok(&flags))
        }
        Asked::Stream(who) => {
            let (project, environment) = find(service, request, &who)?;
            let flags = flags(service, request, &who, &project, &environment)?;
            let found = service.state.environment_mut(&project, &environment)?;
            let mut response = Response::empty(StatusCode::OK);
            response.set(CONTENT_TYPE, "text/event-stream; charset=utf-8");
            response.set(CACHE_CONTROL, "no-cache");
            // A change is told without its contents; the SDK asks again.
            response.body = Body::Events(event("put", &flags), found.updates.listen_for_pings());
            Ok(response)
        }
    }
}

/// Returns whether the environment of a request is known, or the request is about none.
pub(super) fn is_known(service: &Service, request: &Request) -> bool {
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    match asked(&parts) {
        Some(
            Asked::Flags(who) | Asked::Stream(who) | Asked::Events(who) | Asked::Diagnostic(who),
        ) => find(service, request, &who).is_ok(),
        Some(Asked::Goals) => true,
        None => false,
    }
}

fn find(service: &Service, request: &Request, who: &Who<'_>) -> Result<(String, String), ApiError> {
    let mobile = request.header("authorization");
    for (project, found) in &service.state.projects {
        for (key, environment) in &found.environments {
            let known = match who.environment {
                Some(id) => environment.id == id,
                None => mobile == Some(&environment.mobile_key),
            };
            if known {
                return Ok((project.clone(), key.clone()));
            }
        }
    }
    Err(ApiError::not_found())
}

fn flags(
    service: &mut Service,
    request: &Request,
    who: &Who<'_>,
    project: &str,
    environment: &str,
) -> Result<Json, ApiError> {
    let context = context(request, who)?;
    service.remember(project, environment, &context, request.application())?;
    let found = service.state.environment(project, environment)?;
    let project = service.state.project(project)?;
    let evaluated = evaluate(project, environment, found, &context)
        .map_err(|error| ApiError::invalid(format!("invalid context: {error}")))?;
    let reasons = request.parameter("withReasons") == Some("true");
    let flags: Map<String, Json> = evaluated
        .iter()
        .map(|it| {
            let mut shown = json!({"value": it.value(), "variation": it.variation, "version": it.version,
                "flagVersion": it.version, "trackEvents": it.track_events});
            if !it.prerequisites.is_empty() {
                shown["prerequisites"] = json!(it.prerequisites);
            }
            if reasons {
                shown["reason"] = it.reason.clone();
            }
            (it.key.to_owned(), shown)
        })
        .collect();
    Ok(Json::Object(flags))
}

/// The context, in the path as Base64 or in the body.
fn context(request: &Request, who: &Who<'_>) -> Result<Json, ApiError> {
    let invalid = || ApiError::invalid("invalid context");
    let Some(encoded) = who.context else {
        return serde_json::from_slice(&request.body).map_err(|_| invalid());
    };
    let url_safe = BASE64_URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('='));
    let decoded = url_safe.or_else(|_| BASE64_STANDARD.decode(encoded));
    let decoded = decoded.map_err(|_| invalid())?;
    serde_json::from_slice(&decoded).map_err(|_| invalid())
}
