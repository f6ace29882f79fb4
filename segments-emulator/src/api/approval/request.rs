//! Approval requests: creating, reviewing, applying.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::approval_gate::targeting_resource;
use crate::api::call::{Answer, Call};
use crate::api::filter::{Filter, strings, unknown};
use crate::api::paging::Paging;
use crate::api::targeting::{self, Envelope};
use crate::api::{segment, version};
use crate::message::{ApiError, Response, link};
use crate::service::Service;
use crate::service::auth::{Caller, segment_resource};
use crate::state::{
    Address, ApprovalSettings, Kind, Review, StoredRequest, Targeted, TargetingAddress,
};

/// Requests on a page when the request does not say, and at most (API documentation,
/// *getApprovalRequests*).
const PAGE: (usize, usize) = (20, 200);

/// The filter of a list of requests: a member of the request, and the texts that match it.
struct Condition {
    field: Field,
    wanted: Vec<String>,
}

enum Field {
    Status,
    ReviewStatus,
    ResourceId,
    ResourceKind,
    ProjectKey,
    NotifyMemberIds,
    /// Nobody is known by an identifier here, so nobody requested anything.
    RequestorId,
}

impl Condition {
    fn read(field: &str, operator: &str, value: &Json) -> Result<Self, ApiError> {
        let wanted = strings(field, value)?;
        let field = match (field, operator) {
            ("status", "anyOf" | "equals") => Field::Status,
            ("reviewStatus", "anyOf" | "equals") => Field::ReviewStatus,
            ("resourceId", "equals") => Field::ResourceId,
            ("resourceKind", "equals") => Field::ResourceKind,
            ("projectKey", "equals") => Field::ProjectKey,
            ("notifyMemberIds", "anyOf") => Field::NotifyMemberIds,
            ("requestorId", "equals") => Field::RequestorId,
            _ => return Err(unknown(field, operator)),
        };
        Ok(Self { field, wanted })
    }

    fn holds(&self, service: &Service, request: &StoredRequest) -> bool {
        let is = |text: &str| self.wanted.iter().any(|wanted| wanted == text);
        match self.field {
            Field::Status => is(&request.status),
            Field::ReviewStatus => is(request.review_status(&settings_of(service, request))),
            Field::ResourceId => is(&request.resource_id()),
            Field::ResourceKind => self
                .wanted
                .iter()
                .any(|it| request.kind.resource_kind() == it),
            Field::ProjectKey => is(&request.project),
            Field::NotifyMemberIds => request.notify_member_ids.iter().any(|id| is(id)),
            Field::RequestorId => false,
        }
    }
}

/// `GET /approval-requests`.
pub(crate) fn list(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    let paging = Paging::of(call.request, PAGE.0, PAGE.1)?;
    let filter = call.request.parameter("filter").unwrap_or_default();
    let filter = Filter::parse(filter, Condition::read)?;
    let service = &*call.service;
    let requests = service.state.approval_requests.iter();
    let found: Vec<_> = requests
        .filter(|(_, request)| filter.accepts(&|it: &Condition| it.holds(service, request)))
        .collect();
    Ok(Response::ok(&paging.page(&found, |(id, request)| {
        to_json(service, id, request)
    })))
}

/// A request that is to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewRequest {
    description: String,
    instructions: Vec<Json>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    notify_member_ids: Vec<String>,
    #[serde(default)]
    notify_team_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    resource_id: String,
    #[serde(flatten)]
    new: NewRequest,
}

/// `POST /approval-requests`.
pub(crate) fn create(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    let Body { resource_id, new } = call.request.json()?;
    let (kind, at) = resource_of(&resource_id).ok_or_else(|| {
        ApiError::invalid(
            "resourceId must look like \"proj/P:env/E:segment/S\", with segment, flag or aiconfig",
        )
    })?;
    add(call, kind, at, new)
}

/// Makes a request.
pub(super) fn add(call: &mut Call<'_>, kind: Kind, at: Address<'_>, body: NewRequest) -> Answer {
    let Address {
        project,
        environment,
        key,
    } = at;
    let service = &mut *call.service;
    let resource = subject(service, kind, at)?;
    call.caller.may("createApprovalRequest", &resource)?;
    if body.description.is_empty() {
        return Err(ApiError::invalid("description is required"));
    }
    if body.instructions.is_empty() {
        return Err(ApiError::invalid("instructions are required"));
    }
    let id = service.ids.object_id();
    let request = StoredRequest {
        created: service.clock.now(),
        version: 1,
        project: project.to_owned(),
        environment: environment.to_owned(),
        kind,
        key: key.to_owned(),
        description: body.description,
        comment: body.comment,
        instructions: body.instructions,
        status: "pending".to_owned(),
        reviews: Vec::new(),
        notify_member_ids: body.notify_member_ids,
        notify_team_keys: body.notify_team_keys,
        applied: None,
        requestor: call.caller.name.clone(),
    };
    if service.behavior.try_requested_changes {
        change(service, &request, true)?;
    }
    let shown = to_json(service, &id, &request);
    call.service.put_approval_request(&id, request)?;
    Ok(Response::created(&shown))
}

/// The name under which roles know what a request is about.
fn subject(service: &Service, kind: Kind, at: Address<'_>) -> Result<String, ApiError> {
    let Address {
        project,
        environment,
        key,
    } = at;
    let found = service.state.environment(project, environment)?;
    let targeted = match kind {
        Kind::Segment => {
            let stored = found.segments.get(key).ok_or_else(ApiError::not_found)?;
            let tags = &stored.segment.tags;
            return Ok(segment_resource(project, environment, key, tags));
        }
        Kind::Flag => Targeted::Flag,
        Kind::AiConfig => Targeted::AiConfig,
    };
    let at = TargetingAddress {
        targeted,
        project,
        key,
    };
    targeting_resource(service, at, environment)
}

/// Refuses what a role does not allow with a request, by what the request is about.
fn may(call: &Call<'_>, action: &str, request: &StoredRequest) -> Result<(), ApiError> {
    let at = Address::from([&*request.project, &*request.environment, &*request.key]);
    // What is gone since then has no tags.
    let resource =
        subject(call.service, request.kind, at).unwrap_or_else(|_| request.resource_id());
    call.caller.may(action, &resource)
}

/// The kind of a resource, and its address.
fn resource_of(resource: &str) -> Option<(Kind, Address<'_>)> {
    let rest = resource.strip_prefix("proj/")?;
    let (project, rest) = rest.split_once(":env/")?;
    let (environment, rest) = rest.split_once(':')?;
    let (kind, key) = rest.split_once('/')?;
    let kind = Kind::named(kind)?;
    Some((kind, Address::from([project, environment, key])))
}

/// `GET /approval-requests/{id}`.
pub(crate) fn get(call: &mut Call<'_>, [id]: [&str; 1]) -> Answer {
    let request = find(call, id)?;
    Ok(Response::ok(&to_json(call.service, id, &request)))
}

/// `DELETE /approval-requests/{id}`.
pub(crate) fn delete(call: &mut Call<'_>, [id]: [&str; 1]) -> Answer {
    let request = find(call, id)?;
    may(call, "deleteApprovalRequest", &request)?;
    call.service.remove_approval_request(id)?;
    Ok(Response::no_content())
}

#[derive(Deserialize)]
struct Change {
    instructions: Vec<Instruction>,
}

/// The fields of a request that can be changed (API documentation, *patchApprovalRequest*).
#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Instruction {
    AddReviewers {
        #[serde(default)]
        notify_member_ids: Vec<String>,
        #[serde(default)]
        notify_team_keys: Vec<String>,
    },
    UpdateDescription {
        value: String,
    },
}

/// The longest description of a request, in characters.
const LONGEST_DESCRIPTION: usize = 5000;

/// `PATCH /approval-requests/{id}`, a beta resource.
pub(crate) fn patch(call: &mut Call<'_>, [id]: [&str; 1]) -> Answer {
    let mut request = find(call, id)?;
    version::require_beta(call.request, &call.service.behavior)?;
    if !call.request.is_semantic_patch() {
        return Err(ApiError::invalid(
            "a request for an approval is changed by a semantic patch",
        ));
    }
    let body: Change = call.request.json()?;
    may(call, "updateApprovalRequest", &request)?;
    for instruction in body.instructions {
        match instruction {
            Instruction::AddReviewers {
                notify_member_ids,
                notify_team_keys,
            } => {
                if notify_member_ids.is_empty() && notify_team_keys.is_empty() {
                    return Err(ApiError::invalid(
                        "notifyMemberIds or notifyTeamKeys is required",
                    ));
                }
                request.notify_member_ids.extend(notify_member_ids);
                request.notify_team_keys.extend(notify_team_keys);
            }
            Instruction::UpdateDescription { value } => {
                if !(1..=LONGEST_DESCRIPTION).contains(&value.chars().count()) {
                    return Err(ApiError::invalid(format!(
                        "a description has 1 to {LONGEST_DESCRIPTION} characters"
                    )));
                }
                request.description = value;
            }
        }
    }
    request.version = request.version.saturating_add(1);
    let shown = to_json(call.service, id, &request);
    call.service.put_approval_request(id, request)?;
    Ok(Response::ok(&shown))
}

#[derive(Deserialize)]
struct NewReview {
    kind: String,
    #[serde(default)]
    comment: Option<String>,
}

/// `POST /approval-requests/{id}/reviews`.
pub(crate) fn review(call: &mut Call<'_>, [id]: [&str; 1]) -> Answer {
    let mut request = find(call, id)?;
    let body: NewReview = call.request.json()?;
    may(call, "reviewApprovalRequest", &request)?;
    if !["approve", "decline", "comment"].contains(&body.kind.as_str()) {
        return Err(ApiError::invalid("kind is approve, decline or comment"));
    }
    let own = request.requestor == call.caller.name && body.kind != "comment";
    if own && !settings_of(call.service, &request).can_review_own_request {
        return Err(ApiError::forbidden(
            "the requestor may not review an own request",
        ));
    }
    request.reviews.push(Review {
        id: call.service.ids.object_id(),
        kind: body.kind,
        created: call.service.clock.now(),
        comment: body.comment,
    });
    request.version = request.version.saturating_add(1);
    let shown = to_json(call.service, id, &request);
    call.service.put_approval_request(id, request)?;
    Ok(Response::ok(&shown))
}

/// `POST /approval-requests/{id}/apply`.
pub(crate) fn apply(call: &mut Call<'_>, [id]: [&str; 1]) -> Answer {
    let mut request = find(call, id)?;
    may(call, "applyApprovalRequest", &request)?;
    if request.status != "pending" {
        return Err(ApiError::conflict("this request was applied before"));
    }
    if !request.can_be_applied(&settings_of(call.service, &request)) {
        return Err(ApiError::forbidden("approval is required"));
    }
    let outcome = change(call.service, &request, false);
    request.status = String::from(if outcome.is_ok() {
        "completed"
    } else {
        "failed"
    });
    request.version = request.version.saturating_add(1);
    request.applied = outcome.is_ok().then(|| call.service.clock.now());
    let shown = to_json(call.service, id, &request);
    call.service.put_approval_request(id, request)?;
    outcome.map(|()| Response::ok(&shown))
}

/// Makes the change that was asked for. A dry run only tries it.
fn change(service: &mut Service, request: &StoredRequest, dry_run: bool) -> Result<(), ApiError> {
    let StoredRequest {
        project,
        environment,
        key,
        ..
    } = request;
    let caller = Caller::anybody();
    let targeted = match request.kind {
        Kind::Segment => {
            let at = Address::from([project, environment, key].map(String::as_str));
            let format = segment::Format::Semantic(segment::Envelope {
                environment_key: Some(environment.clone()),
                instructions: request.instructions.clone(),
            });
            return segment::apply(service, &caller, at, format, dry_run).map(|_| ());
        }
        Kind::Flag => Targeted::Flag,
        Kind::AiConfig => Targeted::AiConfig,
    };
    let subject = TargetingAddress {
        targeted,
        project,
        key,
    };
    let envelope = Envelope {
        environment_key: Some(environment.clone()),
        instructions: request.instructions.clone(),
    };
    targeting::patch(service, &caller, subject, envelope, dry_run).map(|_| ())
}

fn settings_of(service: &Service, request: &StoredRequest) -> ApprovalSettings {
    let environment = service
        .state
        .environment(&request.project, &request.environment);
    let settings = environment.map(|it| it.approvals(request.kind));
    settings.unwrap_or_default()
}

pub(super) fn find(call: &Call<'_>, id: &str) -> Result<StoredRequest, ApiError> {
    let requests = &call.service.state.approval_requests;
    requests.get(id).cloned().ok_or_else(ApiError::not_found)
}

pub(super) fn to_json(service: &Service, id: &str, request: &StoredRequest) -> Json {
    let settings = settings_of(service, request);
    let mut shown = json!({
        "_id": id, "_version": request.version, "creationDate": request.created,
        "serviceKind": settings.service_kind, "description": request.description,
        "status": request.status, "reviewStatus": request.review_status(&settings),
        "allReviews": request.reviews, "notifyMemberIds": request.notify_member_ids,
        "notifyTeamKeys": request.notify_team_keys, "instructions": request.instructions,
        "conflicts": [], "resourceId": request.resource_id(), "approvalSettings": settings,
        "_links": {"self": link(format!("/api/v2/approval-requests/{id}"))},
    });
    if let Some(comment) = &request.comment {
        shown["comment"] = json!(comment);
    }
    if let Some(applied) = request.applied {
        shown["appliedDate"] = json!(applied);
    }
    shown
}
