//! Which changes need an approval.

use hyper::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::Kind;
use crate::error::ApiError;
use crate::response::{Answer, Response};
use crate::router::no_such_method;
use crate::service::Call;
use crate::version;

/// What an environment asks for before something is changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(clippy::struct_excessive_bools, reason = "the service's own shape")]
pub(crate) struct Settings {
    pub(crate) required: bool,
    pub(crate) bypass_approvals_for_pending_changes: bool,
    pub(crate) min_num_approvals: u32,
    pub(crate) can_review_own_request: bool,
    pub(crate) can_apply_declined_changes: bool,
    pub(crate) auto_apply_approved_changes: bool,
    pub(crate) service_kind: String,
    pub(crate) service_config: Json,
    pub(crate) required_approval_tags: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            required: false,
            bypass_approvals_for_pending_changes: false,
            min_num_approvals: 1,
            can_review_own_request: false,
            can_apply_declined_changes: true,
            auto_apply_approved_changes: false,
            service_kind: "launchdarkly".to_owned(),
            service_config: json!({}),
            required_approval_tags: Vec::new(),
        }
    }
}

impl Settings {
    /// Whether something with these tags needs an approval.
    pub(crate) fn required_for(&self, tags: &[String]) -> bool {
        self.required
            || tags
                .iter()
                .any(|tag| self.required_approval_tags.contains(tag))
    }
}

/// `/approval-requests/projects/{project}/settings`, a beta resource.
pub(crate) fn settings(call: &mut Call<'_>, project: &str) -> Answer {
    version::require_beta(call.request, &call.service.behaviour)?;
    match call.request.method {
        Method::GET => show_settings(call, project),
        Method::PATCH => {
            change_settings(call, project)?;
            show_settings(call, project)
        }
        _ => no_such_method(call),
    }
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
        json!({"_default": Settings::default(), "environments": environments})
    };
    let shown: Map<String, Json> = Kind::ALL
        .into_iter()
        .filter(|kind| wanted_kind.is_none_or(|wanted| wanted == kind.name()))
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
    let mut kinds = Kind::ALL.into_iter();
    let Some(kind) = kinds.find(|kind| kind.name() == body.resource_kind) else {
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
    let changed: Settings = serde_json::from_value(changed)
        .map_err(|error| ApiError::invalid(format!("invalid settings: {error}")))?;
    if !(1..=5).contains(&changed.min_num_approvals) {
        return Err(ApiError::invalid("minNumApprovals is between 1 and 5"));
    }
    if changed.required && !changed.required_approval_tags.is_empty() {
        return Err(ApiError::invalid(
            "required and requiredApprovalTags exclude each other",
        ));
    }
    let place = ["projects", project, "environments", &body.environment_key];
    service.save(&place, &["approvals", kind.name()], Some(&changed))?;
    let environment = service
        .state
        .environment_mut(project, &body.environment_key)?;
    environment.approvals.insert(kind, changed);
    Ok(())
}
