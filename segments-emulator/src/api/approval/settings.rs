//! The changes that need an approval.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::api::version;
use crate::message::{ApiError, Response};
use crate::state::{ApprovalSettings, Kind};

/// `GET /approval-requests/projects/{project}/settings`, a beta resource.
pub(crate) fn settings(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    version::require_beta(call.request, &call.service.behavior)?;
    show_settings(call, project)
}

/// `PATCH /approval-requests/projects/{project}/settings`, a beta resource.
pub(crate) fn patch_settings(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    version::require_beta(call.request, &call.service.behavior)?;
    change_settings(call, project)?;
    show_settings(call, project)
}

fn show_settings(call: &Call<'_>, project: &str) -> Answer {
    let found = call.service.state.project(project)?;
    let wanted = call.request.parameter("environmentKey");
    let wanted_kind = call.request.parameter("resourceKind");
    let of_kind = |kind: Kind| {
        let environments: Map<String, Json> = found
            .environments
            .iter()
            .filter(|(key, _)| wanted.is_none_or(|wanted| wanted == *key))
            .map(|(key, environment)| (key.clone(), json!(environment.approvals(kind))))
            .collect();
        json!({"_default": ApprovalSettings::default(), "environments": environments})
    };
    let shown: Map<String, Json> = Kind::ALL
        .into_iter()
        .filter(|kind| wanted_kind.is_none_or(|wanted| Kind::named(wanted) == Some(*kind)))
        .map(|kind| (kind.name().to_owned(), of_kind(kind)))
        .collect();
    Ok(Response::ok(&shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangeSettings {
    environment_key: String,
    resource_kind: String,
    #[serde(flatten)]
    settings: Map<String, Json>,
}

fn change_settings(call: &mut Call<'_>, project: &str) -> Result<(), ApiError> {
    let body: ChangeSettings = call.request.json()?;
    call.caller.may(
        "updateApprovalSettings",
        &format!("proj/{project}:env/{}", body.environment_key),
    )?;
    let Some(kind) = Kind::named(&body.resource_kind) else {
        return Err(ApiError::invalid(
            "resourceKind is segment, flag or aiconfig",
        ));
    };
    let service = &mut *call.service;
    let environment = service.state.environment(project, &body.environment_key)?;
    let mut changed = json!(environment.approvals(kind));
    for (name, value) in body.settings {
        changed[name] = value;
    }
    let changed: ApprovalSettings = serde_json::from_value(changed)
        .map_err(|error| ApiError::invalid(format!("invalid settings: {error}")))?;
    if !(1..=5).contains(&changed.min_num_approvals) {
        return Err(ApiError::invalid("minNumApprovals is between 1 and 5"));
    }
    if changed.required && !changed.required_approval_tags.is_empty() {
        return Err(ApiError::invalid(
            "required and requiredApprovalTags exclude each other",
        ));
    }
    service.put_approval_settings(project, &body.environment_key, kind, changed)
}
