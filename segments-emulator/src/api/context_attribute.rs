//! What values contexts have had in their attributes.

use hyper::Method;
use serde_json::json;

use crate::api::call::{Answer, Call, no_such_method};
use crate::message::Response;

/// `/projects/{project}/environments/{environment}/context-attributes/{attribute}`.
pub(crate) fn values(
    call: &mut Call<'_>,
    project: &str,
    environment: &str,
    attribute: &str,
) -> Answer {
    if call.request.method != Method::GET {
        return no_such_method(call);
    }
    let found = call.service.state.environment(project, environment)?;
    Ok(Response::ok(&json!({
        "items": found.seen.values(attribute),
        "_links": {"self": {"href": call.request.path, "type": "application/json"}},
    })))
}
