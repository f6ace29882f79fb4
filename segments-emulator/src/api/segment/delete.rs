//! Deleting a segment.

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response};
use crate::service::auth::segment_resource;

/// `DELETE /segments/{project}/{environment}/{key}`. Neither approvals nor flags that target the
/// segment keep it from being deleted, unless [`Behavior`](crate::Behavior) says so.
pub(crate) fn delete(call: &mut Call<'_>, [project, environment, key]: [&str; 3]) -> Answer {
    let service = &mut *call.service;
    let tags = &service
        .state
        .segment(project, environment, key)?
        .segment
        .tags;
    call.caller.may(
        "deleteSegment",
        &segment_resource(project, environment, key, tags),
    )?;
    if service.behavior.refuse_delete_in_use {
        let found = service.state.environment(project, environment)?;
        let others = service.state.project(project)?;
        let user = found
            .asking(key)
            .find(|other| *other != key)
            .map(|other| format!("segment \"{other}\""))
            .or_else(|| {
                let flag = others.flags_asking(environment, key).next();
                flag.map(|(flag, _)| format!("flag \"{flag}\""))
            })
            .or_else(|| {
                let config = others.ai_configs_asking(environment, key).next();
                config.map(|(config, _)| format!("AI Config \"{config}\""))
            });
        if let Some(user) = user {
            return Err(ApiError::conflict(format!(
                "segment \"{key}\" is used by {user}"
            )));
        }
    }
    service.remove_segment(project, environment, key)?;
    Ok(Response::no_content())
}
