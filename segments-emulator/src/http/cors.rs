//! Pages of other origins that ask the service (API documentation, *CORS*).
//!
//! Every origin may, as documented, if the emulator has a token of its own. With the token that
//! everybody knows only pages of this machine may: else any page on the web could read what is here.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use crate::message::{Request, Response};

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
pub(crate) fn allow(request: &Request, anybody: bool, response: &mut Response) {
    let Some(origin) = request.header("origin") else {
        if anybody {
            set(response, "access-control-allow-origin", "*");
        }
        return;
    };
    if !anybody && !is_of_this_machine(origin) {
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

fn is_of_this_machine(origin: &str) -> bool {
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    is_local(host)
}

/// Whether a host, perhaps with a port, is this machine by name.
pub(crate) fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(name, _)| name),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let address = name.parse::<std::net::IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for (host, expected) in [
            ("localhost", true),
            ("localhost:3000", true),
            ("127.0.0.1:80", true),
            ("127.7.7.7", true),
            ("[::1]:80", true),
            ("127.0.0.1.example", false),
            ("localhost.example", false),
            ("example:80", false),
            ("", false),
        ] {
            assert_eq!(is_local(host), expected, "{host}");
        }
    }
}
