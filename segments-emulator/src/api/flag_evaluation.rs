//! The variation that each flag serves a context.

use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response, link};
use crate::state::evaluate;

/// `POST /projects/{project}/environments/{environment}/flags/evaluate`.
pub(crate) fn evaluations(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let context: Json = call.request.json()?;
    call.seen(project, environment, &context)?;
    let found = call.service.state.environment(project, environment)?;
    let flags = call.service.state.project(project)?;
    let evaluated = evaluate(flags, environment, found, &context)
        .map_err(|error| ApiError::invalid(format!("invalid context: {error}")))?;
    let items: Vec<Json> = evaluated
        .iter()
        .map(|it| {
            let mut reason = it.reason.clone();
            // SDKs and this answer spell it differently.
            if let Some(id) = reason.as_object_mut().and_then(|it| it.remove("ruleId")) {
                reason["ruleID"] = id;
            }
            json!({"key": it.key, "name": it.flag.name, "_value": it.value(), "reason": reason,
                "_links": {"self": link(format!("/api/v2/flags/{project}/{}", it.key))}})
        })
        .collect();
    Ok(Response::ok(
        &json!({"totalCount": items.len(), "items": items,
        "_links": {"self": link(&call.request.path)}}),
    ))
}
