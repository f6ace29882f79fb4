//! Requests from pages of other origins (API documentation, *CORS*).
//!
//! Every origin is allowed, as documented, if the emulator has its own token. With the well-known default
//! token only pages of this machine are allowed: otherwise any page on the web could read the data.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use crate::message::{Request, Response};
use crate::service::hosts::Hosts;

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE, OPTIONS, REPORT";

/// The answer to a browser that asks before it sends the request proper.
pub(crate) fn preflight(request: &Request) -> Option<Response> {
    let asks = request.method == Method::OPTIONS
        && request
            .headers
            .contains_key("access-control-request-method");
    asks.then(|| Response::empty(StatusCode::NO_CONTENT))
}

/// Lets the page of the request's origin read the answer.
pub(crate) fn allow(request: &Request, hosts: &Hosts, response: &mut Response) {
    let Some(origin) = request.header("origin") else {
        if hosts.any_origin {
            set(response, "access-control-allow-origin", "*");
        }
        return;
    };
    if !hosts.allows_origin(origin) {
        return;
    }
    set(response, "access-control-allow-origin", origin);
    set(response, "access-control-allow-methods", METHODS);
    let wanted = request.header("access-control-request-headers");
    set(
        response,
        "access-control-allow-headers",
        wanted.unwrap_or("Authorization, Content-Type, LD-API-Version"),
    );
    set(response, "access-control-expose-headers", "ETag, Location");
    set(response, "vary", "Origin");
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response
            .headers
            .insert(HeaderName::from_static(name), value);
    }
}
