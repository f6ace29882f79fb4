//! What values contexts have had in their attributes.

use serde_json::json;

use crate::api::call::{Answer, Call};
use crate::message::{Response, link};

/// `GET /projects/{project}/environments/{environment}/context-attributes`.
pub(crate) fn names(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let found = call.service.state.environment(project, environment)?;
    Ok(Response::ok(&json!({
        "items": found.seen.names(),
        "_links": {"self": link(&call.request.path)},
    })))
}

/// `GET /projects/{project}/environments/{environment}/context-attributes/{attribute}`.
pub(crate) fn values(call: &mut Call<'_>, [project, environment, attribute]: [&str; 3]) -> Answer {
    let found = call.service.state.environment(project, environment)?;
    Ok(Response::ok(&json!({
        "items": found.seen.values(attribute),
        "_links": {"self": link(&call.request.path)},
    })))
}
