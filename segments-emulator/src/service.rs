//! The service without a network: a request goes in, an answer comes out.

use std::time::Duration;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, StatusCode, Uri};
use segments_model::wire::SemanticPatch;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::auth::{self, Caller, Token};
use crate::behaviour::Behaviour;
use crate::clock::Clock;
use crate::cors;
use crate::error::ApiError;
use crate::fault::Faults;
use crate::ids::Ids;
use crate::log::Requests;
use crate::page;
use crate::rate_limit::RateLimiter;
use crate::request::Request;
use crate::response::{Answer, Response};
use crate::router;
use crate::sdk;
use crate::state::State;
use crate::store::Store;
use crate::version;

/// Everything behind the lock.
pub(crate) struct Service {
    pub(crate) state: State,
    pub(crate) behaviour: Behaviour,
    pub(crate) tokens: Vec<Token>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) faults: Faults,
    pub(crate) limiter: RateLimiter,
    pub(crate) latency: Latency,
    pub(crate) requests: Requests,
    pub(crate) store: Store,
    /// Whether the tokens are not the one that everybody knows.
    pub(crate) own_tokens: bool,
    /// When it started, so that what SDKs remember of an earlier start is not taken for this one's.
    pub(crate) started: i64,
    /// Whether only this machine can connect.
    pub(crate) loopback: bool,
    /// When the next individual target goes by itself, at the earliest.
    pub(crate) next_expiry: i64,
}

/// Nothing waits longer than a day.
pub(crate) const LONGEST_WAIT: u64 = 24 * 60 * 60 * 1000;

/// How long every answer of the REST API takes at least.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Latency {
    pub(crate) least_ms: u64,
    /// Up to so much more, drawn from the seed.
    pub(crate) jitter_ms: u64,
}

/// A request on its way through the handlers.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a mut Service,
    pub(crate) request: &'a Request,
    pub(crate) caller: Caller,
    /// Whether a list is to come as it was before the last change.
    pub(crate) stale: bool,
}

impl Service {
    /// Answers a request.
    pub(crate) fn answer(&mut self, request: &Request) -> Response {
        self.respond(request, false)
    }

    /// Answers a list as it was before the last change of its environment.
    pub(crate) fn answer_stale(&mut self, request: &Request) -> Response {
        self.respond(request, true)
    }

    fn respond(&mut self, request: &Request, stale: bool) -> Response {
        self.expire();
        let response = self.respond_unsaved(request, stale);
        match self.save_changes() {
            Ok(()) => response,
            Err(error) => self.refuse(error),
        }
    }

    /// Writes what changed into the file of data, if there is one.
    pub(crate) fn save_changes(&mut self) -> Result<(), ApiError> {
        self.store.save(&self.state)
    }

    fn respond_unsaved(&mut self, request: &Request, stale: bool) -> Response {
        if page::is_path(request) {
            return page::route(self, request).unwrap_or_else(|error| self.refuse(error));
        }
        if sdk::is_path(request) || request.is_rest() {
            let mut response =
                cors::preflight(request).unwrap_or_else(|| self.respond_to_client(request, stale));
            cors::allow(request, self.own_tokens, &mut response);
            return response;
        }
        self.try_answer(request, stale)
            .unwrap_or_else(|error| self.refuse(error))
    }

    fn respond_to_client(&mut self, request: &Request, stale: bool) -> Response {
        if sdk::is_path(request) {
            return sdk::route(self, request).unwrap_or_else(|error| self.refuse(error));
        }
        let verdict = self.limiter.count(request, self.clock.now());
        let mut response = verdict
            .check()
            .and_then(|()| self.try_answer(request, stale))
            .unwrap_or_else(|error| self.refuse(error));
        verdict.apply(&mut response);
        response
    }

    fn try_answer(&mut self, request: &Request, stale: bool) -> Result<Response, ApiError> {
        let caller = auth::authenticate(&self.tokens, request)?;
        version::check(request, &self.behaviour)?;
        router::route(&mut Call {
            service: self,
            request,
            caller,
            stale,
        })
    }

    /// How long the next answer takes.
    pub(crate) fn latency(&mut self) -> Duration {
        let Latency {
            least_ms,
            jitter_ms,
        } = self.latency;
        let least = Duration::from_millis(least_ms.min(LONGEST_WAIT));
        let jitter = Duration::from_millis(jitter_ms.min(LONGEST_WAIT));
        least + jitter.mul_f64(self.ids.fraction())
    }

    /// Makes an answer of an error.
    pub(crate) fn refuse(&mut self, error: ApiError) -> Response {
        if error.status == StatusCode::UNAUTHORIZED && self.behaviour.empty_unauthorized {
            return Response::empty(error.status);
        }
        error.response(self.ids.uuid())
    }

    /// Lets somebody else, who may do everything, make a request.
    pub(crate) fn meanwhile(&mut self, method: &str, path: &str, body: &Json) {
        let semantic = body.get("instructions").is_some();
        let content_type = semantic.then_some(SemanticPatch::CONTENT_TYPE);
        // Whether it succeeds is somebody else's concern.
        let _ = self.internally(method, path, content_type, body.to_string());
    }

    /// Makes a request that comes from inside, without the record, limits and approvals.
    pub(crate) fn internally(
        &mut self,
        method: &str,
        path: &str,
        content_type: Option<&'static str>,
        body: String,
    ) -> Answer {
        let invalid = |error: &dyn std::fmt::Display| ApiError::invalid(error.to_string());
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| invalid(&error))?;
        let uri: Uri = path.parse().map_err(|error| invalid(&error))?;
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let request = Request::new(method, &uri, headers, Bytes::from(body));
        router::route(&mut Call {
            service: self,
            request: &request,
            caller: Caller::anybody(),
            stale: false,
        })
    }
}
