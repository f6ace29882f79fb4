//! API errors.

use hyper::StatusCode;
use segments_model::wire::ErrorBody;

use super::response::Response;
use crate::state::NotFound;

/// An answer that is not a success: a status and LaunchDarkly's error body.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{status}: {message}")]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// 400: the body, a parameter or an instruction is not right.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// 401: no token, or not one of ours.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Invalid access token",
        )
    }

    /// 403: the role does not allow it, or an approval is missing.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 404: it does not exist.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "Invalid resource identifier",
        )
    }

    /// 405: the resource has no such method, or a flag needs an approval.
    pub(crate) fn method_not_allowed(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            message,
        )
    }

    /// 409: the key is taken.
    pub(crate) fn key_exists(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "key_exists", message)
    }

    /// 409: somebody else was faster.
    pub(crate) fn optimistic_lock() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "optimistic_locking_error",
            "Resource was modified by another request; read it again and retry",
        )
    }

    /// 409 for any other reason.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    /// 429: too many requests.
    pub(crate) fn rate_limited() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "You've exceeded the API rate limit. Try again later.",
        )
    }

    /// 5xx: the service is out of order.
    pub(crate) fn broken(status: u16) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_service_error",
            "Internal service error",
        )
        .with_status(status)
    }

    /// 501: the service has this, and the emulator leaves it out.
    pub(crate) fn left_out(what: &str) -> Self {
        let message = format!(
            "this emulator leaves out {what}, which LaunchDarkly has; request it at {}/issues",
            env!("CARGO_PKG_REPOSITORY")
        );
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", message)
    }

    /// The same refusal, and what it is about.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// The same refusal with another status.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or(self.status);
        self
    }

    /// The answer, with the identifier under which the service logs it.
    pub(crate) fn response(self, id: String) -> Response {
        let body = ErrorBody {
            code: Some(self.code.to_owned()),
            message: Some(self.message),
            id: Some(id),
        };
        Response::json(self.status, &body)
    }
}

impl From<NotFound> for ApiError {
    fn from(NotFound: NotFound) -> Self {
        Self::not_found()
    }
}
