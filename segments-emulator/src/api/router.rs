//! Which handler answers which path and method.

use hyper::Method;

use crate::api::call::{Answer, Call, no_such_method};
use crate::api::{
    admin, ai_config, approval, big, context_attribute, context_kind, evaluate, expiring, flag,
    project, segment,
};
use crate::message::ApiError;
use crate::state::Address;

/// Calls the handler of the request's path and method.
pub(crate) fn route(call: &mut Call<'_>) -> Answer {
    let request = call.request;
    let parts: Vec<&str> = request.parts.iter().map(String::as_str).collect();
    match parts[..] {
        ["api", "v2", ref rest @ ..] => rest_api(call, rest),
        ["_emulator", ref rest @ ..] => admin::route(call, rest),
        _ => Err(ApiError::not_found()),
    }
}

fn rest_api(call: &mut Call<'_>, parts: &[&str]) -> Answer {
    let method = call.request.method.clone();
    match *parts {
        ["segments", project, environment] => match method {
            Method::GET => segment::list(call, project, environment),
            Method::POST => segment::create(call, project, environment),
            _ => no_such_method(call),
        },
        ["segments", project, key, "expiring-targets", environment] => {
            expiring::route(call, project, environment, key, false)
        }
        [
            "segments",
            project,
            key,
            "expiring-user-targets",
            environment,
        ] => expiring::route(call, project, environment, key, true),
        ["segments", project, environment, key, ref rest @ ..] => {
            let at = Address {
                project,
                environment,
                key,
            };
            one_segment(call, at, rest)
        }
        ["flags", project] => flag::collection(call, project),
        ["flags", project, key] => flag::one(call, project, key),
        ["projects"] => project::collection(call),
        ["projects", project] => project::one(call, project),
        ["projects", project, "environments"] => project::environments(call, project),
        ["projects", project, "environments", key] => project::environment(call, project, key),
        [
            "projects",
            project,
            "environments",
            key,
            "segments",
            "evaluate",
        ] => evaluate::route(call, project, key),
        [
            "projects",
            project,
            "environments",
            key,
            "context-attributes",
            attribute,
        ] => context_attribute::values(call, project, key, attribute),
        ["projects", project, "context-kinds"] => context_kind::collection(call, project),
        ["projects", project, "context-kinds", key] => context_kind::one(call, project, key),
        ["projects", project, "ai-configs", ref rest @ ..] => ai_config::route(call, project, rest),
        ["approval-requests"] => approval::collection(call),
        ["approval-requests", "projects", project, "settings"] => approval::settings(call, project),
        ["approval-requests", id] => approval::one(call, id),
        ["approval-requests", id, "reviews"] => approval::review(call, id),
        ["approval-requests", id, "apply"] => approval::apply(call, id),
        _ => Err(ApiError::not_found()),
    }
}

fn one_segment(call: &mut Call<'_>, at: Address<'_>, rest: &[&str]) -> Answer {
    let Address {
        project,
        environment,
        key,
    } = at;
    let method = call.request.method.clone();
    match *rest {
        [] => match method {
            Method::GET => segment::get(call, project, environment, key),
            Method::PATCH => segment::patch(call, at),
            Method::DELETE => segment::delete(call, project, environment, key),
            _ => no_such_method(call),
        },
        ["contexts" | "users"] => big::update(call, at),
        ["contexts" | "users", context] => big::membership(call, at, context),
        ["imports"] if method == Method::POST => big::create_import(call, at),
        ["imports", id] if method == Method::GET => big::get_import(call, at, id),
        ["exports"] if method == Method::POST => big::create_export(call, at),
        ["exports", id] if method == Method::GET => big::get_export(call, at, id),
        ["exports", id, "file"] if method == Method::GET => big::download(call, at, id),
        ["imports" | "exports"] | ["imports" | "exports", _] | ["exports", _, "file"] => {
            no_such_method(call)
        }
        _ => Err(ApiError::not_found()),
    }
}
