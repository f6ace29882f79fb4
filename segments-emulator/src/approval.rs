//! Approvals: which changes of segments need one, and requests for them.

use hyper::Method;
use segments_model::wire::SemanticPatch;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::error::ApiError;
use crate::response::{Answer, Response};
use crate::router::no_such_method;
use crate::service::Call;

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

/// A request for an approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredRequest {
    pub(crate) created: i64,
    pub(crate) version: u64,
    pub(crate) project: String,
    pub(crate) environment: String,
    pub(crate) segment: String,
    pub(crate) description: String,
    pub(crate) comment: Option<String>,
    pub(crate) instructions: Vec<Json>,
    /// `pending`, `completed` or `failed`.
    pub(crate) status: String,
    pub(crate) reviews: Vec<Review>,
}

/// What a reviewer said.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Review {
    #[serde(rename = "_id")]
    id: String,
    kind: String,
    #[serde(rename = "creationDate")]
    created: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
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

impl StoredRequest {
    /// The last word of the reviewers.
    fn review_status(&self) -> &'static str {
        let last = self.reviews.iter().rev().find(|it| it.kind != "comment");
        match last.map(|review| review.kind.as_str()) {
            Some("approve") => "approved",
            Some("decline") => "declined",
            _ => "pending",
        }
    }
}

/// `/approval-requests/projects/{project}/settings`, a beta resource.
pub(crate) fn settings(call: &mut Call<'_>, project: &str) -> Answer {
    let beta = call.request.header("ld-api-version") == Some("beta");
    if call.service.behaviour.require_beta_header && !beta {
        return Err(ApiError::forbidden(
            "This is a beta resource; send the header LD-API-Version: beta",
        ));
    }
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

/// `/approval-requests`.
pub(crate) fn collection(call: &mut Call<'_>) -> Answer {
    match call.request.method {
        Method::GET => {
            let requests = &call.service.state.approval_requests;
            let items: Vec<Json> = requests.iter().map(|(id, it)| represent(id, it)).collect();
            Ok(Response::ok(&json!({
                "totalCount": items.len(), "items": items,
                "_links": {"self": {"href": "/api/v2/approval-requests", "type": "application/json"}},
            })))
        }
        Method::POST => create(call),
        _ => no_such_method(call),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewRequest {
    resource_id: String,
    description: String,
    instructions: Vec<Json>,
    #[serde(default)]
    comment: Option<String>,
}

fn create(call: &mut Call<'_>) -> Answer {
    let body: NewRequest = call.request.json()?;
    let (project, environment, segment) = segment_of(&body.resource_id)
        .ok_or_else(|| ApiError::invalid("resourceId must look like \"proj/P:env/E:segment/S\""))?;
    let service = &mut *call.service;
    service.state.segment(project, environment, segment)?;
    call.caller
        .may("createApprovalRequest", &body.resource_id)?;
    let id = service.ids.object_id();
    let request = StoredRequest {
        created: service.clock.now(),
        version: 1,
        project: project.to_owned(),
        environment: environment.to_owned(),
        segment: segment.to_owned(),
        description: body.description,
        comment: body.comment,
        instructions: body.instructions,
        status: "pending".to_owned(),
        reviews: Vec::new(),
    };
    let shown = represent(&id, &request);
    keep(call, &id, Some(request))?;
    Ok(Response::created(&shown))
}

fn segment_of(resource: &str) -> Option<(&str, &str, &str)> {
    let rest = resource.strip_prefix("proj/")?;
    let (project, rest) = rest.split_once(":env/")?;
    let (environment, segment) = rest.split_once(":segment/")?;
    Some((project, environment, segment))
}

/// `/approval-requests/{id}`.
pub(crate) fn one(call: &mut Call<'_>, id: &str) -> Answer {
    let request = find(call, id)?;
    match call.request.method {
        Method::GET => Ok(Response::ok(&represent(id, &request))),
        Method::DELETE => {
            call.caller.may("deleteApprovalRequest", id)?;
            keep(call, id, None)?;
            Ok(Response::no_content())
        }
        _ => no_such_method(call),
    }
}

#[derive(Deserialize)]
struct NewReview {
    kind: String,
    #[serde(default)]
    comment: Option<String>,
}

/// `/approval-requests/{id}/reviews`.
pub(crate) fn review(call: &mut Call<'_>, id: &str) -> Answer {
    if call.request.method != Method::POST {
        return no_such_method(call);
    }
    let mut request = find(call, id)?;
    let body: NewReview = call.request.json()?;
    call.caller.may("reviewApprovalRequest", id)?;
    if !["approve", "decline", "comment"].contains(&body.kind.as_str()) {
        return Err(ApiError::invalid("kind is approve, decline or comment"));
    }
    request.reviews.push(Review {
        id: call.service.ids.object_id(),
        kind: body.kind,
        created: call.service.clock.now(),
        comment: body.comment,
    });
    request.version += 1;
    let shown = represent(id, &request);
    keep(call, id, Some(request))?;
    Ok(Response::ok(&shown))
}

/// `/approval-requests/{id}/apply`.
pub(crate) fn apply(call: &mut Call<'_>, id: &str) -> Answer {
    if call.request.method != Method::POST {
        return no_such_method(call);
    }
    let mut request = find(call, id)?;
    call.caller.may("applyApprovalRequest", id)?;
    if request.status != "pending" {
        return Err(ApiError::conflict("this request was applied before"));
    }
    if request.review_status() != "approved" {
        return Err(ApiError::forbidden("approval is required"));
    }
    let patch = SemanticPatchBody {
        environment_key: &request.environment,
        instructions: &request.instructions,
    };
    let segment = format!(
        "/api/v2/segments/{}/{}/{}",
        request.project, request.environment, request.segment
    );
    let outcome = call.service.internally(
        "PATCH",
        &segment,
        Some(SemanticPatch::CONTENT_TYPE),
        json!(patch).to_string(),
    );
    request.status = String::from(if outcome.is_ok() {
        "completed"
    } else {
        "failed"
    });
    request.version += 1;
    let shown = represent(id, &request);
    keep(call, id, Some(request))?;
    outcome.map(|_| Response::ok(&shown))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SemanticPatchBody<'a> {
    environment_key: &'a str,
    instructions: &'a [Json],
}

fn find(call: &Call<'_>, id: &str) -> Result<StoredRequest, ApiError> {
    let requests = &call.service.state.approval_requests;
    requests.get(id).cloned().ok_or_else(ApiError::not_found)
}

fn keep(call: &mut Call<'_>, id: &str, request: Option<StoredRequest>) -> Result<(), ApiError> {
    call.service
        .save(&["approvalRequests"], &[id], request.as_ref())?;
    let requests = &mut call.service.state.approval_requests;
    match request {
        Some(request) => requests.insert(id.to_owned(), request),
        None => requests.remove(id),
    };
    Ok(())
}

fn represent(id: &str, request: &StoredRequest) -> Json {
    json!({
        "_id": id, "_version": request.version, "creationDate": request.created,
        "serviceKind": "launchdarkly", "description": request.description,
        "comment": request.comment, "status": request.status,
        "reviewStatus": request.review_status(), "allReviews": request.reviews,
        "notifyMemberIds": [], "instructions": request.instructions, "conflicts": [],
        "resourceId": format!("proj/{}:env/{}:segment/{}", request.project, request.environment, request.segment),
        "_links": {"self": {"href": format!("/api/v2/approval-requests/{id}"), "type": "application/json"}},
    })
}
