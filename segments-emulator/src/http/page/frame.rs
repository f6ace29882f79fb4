//! What each page has: a style, a choice of environments, and the headers of its response.

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use maud::{Markup, html};

use crate::message::{Body, Request, Response};
use crate::service::Service;

pub(super) const STYLE: &str = include_str!("style.css");

/// The environment that the request names, else the first one that has segments, else the first.
pub(super) fn chosen(service: &Service, request: &Request) -> (String, String) {
    let named = request.parameter("at").and_then(|at| at.split_once('/'));
    if let Some((project, environment)) = named {
        return (project.to_owned(), environment.to_owned());
    }
    let all = || {
        service.state.projects.iter().flat_map(|(project, found)| {
            let environments = found.environments.iter();
            environments.map(move |(key, environment)| (project, key, environment))
        })
    };
    all()
        .find(|(.., environment)| !environment.segments.is_empty())
        .or_else(|| all().next())
        .map(|(project, key, _)| (project.clone(), key.clone()))
        .unwrap_or_default()
}

pub(super) fn options(service: &Service, project: &str, environment: &str) -> Markup {
    html! {
        @for (name, found) in &service.state.projects {
            @for key in found.environments.keys() {
                @let at = format!("{name}/{key}");
                option value=(at) selected[name == project && key == environment] { (at) }
            }
        }
    }
}

pub(super) fn response(body: Body) -> Response {
    let mut response = Response::empty(StatusCode::OK);
    response.body = body;
    response.set(CONTENT_TYPE, "text/html; charset=utf-8");
    response.set(CACHE_CONTROL, "no-store");
    response.set(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'self'",
    );
    response
}

pub(super) fn whole(markup: Markup) -> Body {
    Body::Whole(markup.into_string().into())
}
