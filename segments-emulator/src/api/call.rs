//! A request on its way through the handlers.

use serde_json::Value as Json;

use crate::message::{ApiError, Request, Response};
use crate::service::Service;
use crate::service::auth::Caller;
use crate::state::Environment;

/// The result of a handler.
pub(crate) type Answer = Result<Response, ApiError>;

/// A request on its way through the handlers.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a mut Service,
    pub(crate) request: &'a Request,
    pub(crate) caller: Caller,
    /// Whether a list is to come as it was before the last change.
    pub(crate) stale: bool,
}

impl Call<'_> {
    /// Refuses a method that a path does not have.
    pub(crate) fn no_such_method(&self) -> ApiError {
        let Request { method, path, .. } = self.request;
        ApiError::method_not_allowed(format!("{method} is not allowed on {path}"))
    }

    /// Returns whether the request only wants to see what it would change.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.request.parameter("dryRun") == Some("true")
    }

    /// Remembers that an environment was asked about a context, and gives the environment.
    pub(crate) fn seen(
        &mut self,
        project: &str,
        environment: &str,
        context: &Json,
    ) -> Result<&mut Environment, ApiError> {
        let application = self.request.application();
        self.service
            .remember(project, environment, context, application)
    }

    /// Refuses what the service has and the emulator has not.
    pub(crate) fn left_out(&self) -> ApiError {
        let Request { method, path, .. } = self.request;
        ApiError::left_out(&format!("{method} {path}"))
    }
}
