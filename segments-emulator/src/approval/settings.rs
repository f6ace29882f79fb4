//! Which changes of segments need an approval.

use hyper::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::error::ApiError;
use crate::response::{Answer, Response};
use crate::router::no_such_method;
use crate::service::Call;
use crate::version;

/// What an environment asks for before a segment is changed.
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
    /// Whether a segment with these tags needs an approval.
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
    let kind = call.request.parameter("resourceKind");
    if kind.is_some_and(|kind| kind != "segment") {
        return Ok(Response::ok(&json!({})));
    }
    let environments: serde_json::Map<String, Json> = found
        .environments
        .iter()
        .filter(|(key, _)| wanted.is_none_or(|wanted| wanted == *key))
        .map(|(key, environment)| {
            let settings = environment.segment_approvals.clone().unwrap_or_default();
            (key.clone(), json!(settings))
        })
        .collect();
    Ok(Response::ok(&json!({
        "segment": {"_default": Settings::default(), "environments": environments},
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangeSettings {
    environment_key: String,
    resource_kind: String,
    #[serde(flatten)]
    settings: serde_json::Map<String, Json>,
}

fn change_settings(call: &mut Call<'_>, project: &str) -> Result<(), ApiError> {
    let body: ChangeSettings = call.request.json()?;
    call.caller.may(
        "updateApprovalSettings",
        &format!("proj/{project}:env/{}", body.environment_key),
    )?;
    if body.resource_kind != "segment" {
        return Err(ApiError::invalid(
            "this emulator has approvals for the resourceKind \"segment\" only",
        ));
    }
    let service = &mut *call.service;
    let environment = service.state.environment(project, &body.environment_key)?;
    let current = environment.segment_approvals.clone().unwrap_or_default();
    let mut changed = json!(current);
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
    service.save(&place, &["segmentApprovals"], Some(&changed))?;
    service
        .state
        .environment_mut(project, &body.environment_key)?
        .segment_approvals = Some(changed);
    Ok(())
}
