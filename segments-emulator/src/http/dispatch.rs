//! Dispatches a request to the page, the SDK endpoints, or the REST API.

use hyper::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue};
use segments_model::date;
use segments_model::wire::SemanticPatch;
use serde_json::Value as Json;

#[cfg(feature = "page")]
use super::page;
use super::{cors, sdk};
use crate::api::call::Call;
use crate::api::{router, version};
use crate::message::{ApiError, Request, Response};
use crate::service::Service;
use crate::service::auth::{self, Caller};

impl Service {
    /// Returns whether the body of a request is worth reading, which is known from its head: whether somebody
    /// known sent it, to a place that takes one.
    pub(crate) fn wants_body(&self, request: &Request) -> bool {
        if self.hosts.check(request).is_err() {
            return false;
        }
        if sdk::is_path(request) {
            return sdk::is_known(self, request);
        }
        (request.is_rest() || request.is_admin())
            && auth::authenticate(&self.tokens, request).is_ok()
    }

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
        let mut response = match self.save_changes() {
            Ok(()) => response,
            Err(error) => self.refuse(error),
        };
        // Clients go by the service's time of day, which a test may have moved.
        response.set(DATE, &date::http(self.clock.now()));
        response
    }

    fn respond_unsaved(&mut self, request: &Request, stale: bool) -> Response {
        if let Err(error) = self.hosts.check(request) {
            return self.refuse(error);
        }
        #[cfg(feature = "page")]
        if page::is_path(request) {
            return page::route(self, request).unwrap_or_else(|error| self.refuse(error));
        }
        if sdk::is_path(request) || request.is_rest() {
            let mut response =
                cors::preflight(request).unwrap_or_else(|| self.respond_to_client(request, stale));
            cors::allow(request, &self.hosts, &mut response);
            return response;
        }
        if request.is_admin() {
            let answer = self.try_answer(request, stale);
            return answer.unwrap_or_else(|error| self.refuse(error));
        }
        self.refuse(ApiError::not_found())
    }

    fn respond_to_client(&mut self, request: &Request, stale: bool) -> Response {
        if sdk::is_path(request) {
            return sdk::route(self, request).unwrap_or_else(|error| self.refuse(error));
        }
        let route = router::pattern(request).unwrap_or_default();
        let verdict = self.limiter.count(request, route, self.clock.now());
        let mut response = verdict
            .check()
            .and_then(|()| self.try_answer(request, stale))
            .unwrap_or_else(|error| self.refuse(error));
        verdict.apply(&mut response);
        response
    }

    fn try_answer(&mut self, request: &Request, stale: bool) -> Result<Response, ApiError> {
        let caller = auth::authenticate(&self.tokens, request)?;
        version::check(request, &self.behavior)?;
        if request.is_admin() {
            caller.may("administrate", "emulator")?;
        }
        self.route(request, caller, stale)
    }

    /// Lets a caller make a request, and notes what it changed.
    fn route(
        &mut self,
        request: &Request,
        caller: Caller,
        stale: bool,
    ) -> Result<Response, ApiError> {
        let before = self.changes;
        let mut call = Call {
            service: self,
            request,
            caller,
            stale,
        };
        let answer = router::route(&mut call)?;
        let caller = call.caller;
        if self.changes != before && request.is_rest() {
            self.log(caller, request.comment())?;
        }
        Ok(answer)
    }

    /// Lets somebody else, who may do everything, make a request: without the record, limits and
    /// approvals. Whether it succeeds is somebody else's concern.
    pub(crate) fn meanwhile(&mut self, method: &str, path: &str, body: &Json) {
        let (Ok(method), Ok(uri)) = (method.parse(), path.parse()) else {
            return;
        };
        let mut headers = HeaderMap::new();
        if body.get("instructions").is_some() {
            let content_type = HeaderValue::from_static(SemanticPatch::CONTENT_TYPE);
            headers.insert(CONTENT_TYPE, content_type);
        }
        let request = Request::new(method, &uri, headers, body.to_string().into());
        let _ = self.route(&request, Caller::anybody(), false);
    }
}
