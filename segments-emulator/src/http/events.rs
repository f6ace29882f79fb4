//! The endpoints for what SDKs send, of every side: events and diagnostics.

use hyper::StatusCode;

use crate::api::call::Answer;
use crate::message::{Request, Response};
use crate::service::Service;

/// Takes the events that an SDK sends.
pub(super) fn take(
    service: &mut Service,
    request: &Request,
    project: &str,
    environment: &str,
) -> Answer {
    let now = service.clock.now();
    service.tracked.take(request, project, environment, now)?;
    Ok(Response::empty(StatusCode::ACCEPTED))
}

/// Takes what an SDK says of itself.
pub(super) fn take_diagnostic(
    service: &mut Service,
    request: &Request,
    project: &str,
    environment: &str,
) -> Answer {
    let now = service.clock.now();
    service
        .tracked
        .take_diagnostic(request, project, environment, now)?;
    Ok(Response::empty(StatusCode::ACCEPTED))
}
