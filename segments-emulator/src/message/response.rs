//! Responses as values, before they are sent.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use segments_model::wire::Link;
use serde::Serialize;
use tokio::sync::broadcast;

/// An answer.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// The body of a response.
pub(crate) enum Body {
    Whole(Bytes),
    /// Something first, then what happens for as long as the client listens.
    Events(Bytes, broadcast::Receiver<Bytes>),
    /// A body that takes long to compute, and needs nothing that the lock protects.
    Later(Box<dyn FnOnce() -> Bytes + Send>),
}

impl Response {
    /// A body of JSON.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        let mut response = Self::empty(status);
        response.body = Body::Whole(to_bytes(body));
        response.set(CONTENT_TYPE, "application/json");
        response
    }

    /// 200 with JSON.
    pub(crate) fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// 200 with JSON that takes long to find out.
    pub(crate) fn later<T: Serialize>(find_out: impl FnOnce() -> T + Send + 'static) -> Self {
        let mut response = Self::empty(StatusCode::OK);
        response.body = Body::Later(Box::new(|| to_bytes(&find_out())));
        response.set(CONTENT_TYPE, "application/json");
        response
    }

    /// 201 with JSON.
    pub(crate) fn created(body: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, body)
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// A status and nothing else.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Body::Whole(Bytes::new()),
        }
    }

    /// Sets a header. A value that no header can carry is left out.
    pub(crate) fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }
}

/// A link to JSON.
pub(crate) fn link(href: impl Into<String>) -> Link {
    Link {
        href: href.into(),
        media_type: Some("application/json".to_owned()),
    }
}

fn to_bytes(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body)
        .expect("the service's shapes have only text keys, so that JSON can write them")
        .into()
}
