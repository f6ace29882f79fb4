//! Requests for approvals of flags at their own endpoint, below
//! `/projects/{project}/flags/{flag}/environments/{environment}/approval-requests`.

use serde_json::{Value as Json, json};

use super::request::{self, add, find, to_json};
use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response, link};
use crate::state::{Address, Kind, StoredRequest, Targeted, TargetingAddress};

/// `GET …/approval-requests`.
pub(crate) fn list(call: &mut Call<'_>, [project, flag, environment]: [&str; 3]) -> Answer {
    let at = Address::from([project, environment, flag]);
    check(call, at)?;
    let service = &*call.service;
    let requests = service.state.approval_requests.iter();
    let items: Vec<Json> = requests
        .filter(|(_, request)| is_of(request, at))
        .map(|(id, request)| to_json(service, id, request))
        .collect();
    let links = json!({"self": link(&call.request.path)});
    Ok(Response::ok(&json!({"items": items, "_links": links})))
}

/// `POST …/approval-requests`.
pub(crate) fn create(call: &mut Call<'_>, [project, flag, environment]: [&str; 3]) -> Answer {
    let at = Address::from([project, environment, flag]);
    check(call, at)?;
    let body = call.request.json()?;
    add(call, Kind::Flag, at, body)
}

/// `GET …/approval-requests/{id}`.
pub(crate) fn get(call: &mut Call<'_>, at: [&str; 4]) -> Answer {
    let id = own(call, at)?;
    request::get(call, [id])
}

/// `DELETE …/approval-requests/{id}`.
pub(crate) fn delete(call: &mut Call<'_>, at: [&str; 4]) -> Answer {
    let id = own(call, at)?;
    request::delete(call, [id])
}

/// `PATCH …/approval-requests/{id}`.
pub(crate) fn patch(call: &mut Call<'_>, at: [&str; 4]) -> Answer {
    let id = own(call, at)?;
    request::patch(call, [id])
}

/// `POST …/approval-requests/{id}/reviews`.
pub(crate) fn review(call: &mut Call<'_>, at: [&str; 4]) -> Answer {
    let id = own(call, at)?;
    request::review(call, [id])
}

/// `POST …/approval-requests/{id}/apply`.
pub(crate) fn apply(call: &mut Call<'_>, at: [&str; 4]) -> Answer {
    let id = own(call, at)?;
    request::apply(call, [id])
}

/// Refuses a flag or an environment that is not there.
fn check(call: &Call<'_>, at: Address<'_>) -> Result<(), ApiError> {
    let state = &call.service.state;
    state.environment(at.project, at.environment)?;
    state.targeting(TargetingAddress {
        targeted: Targeted::Flag,
        project: at.project,
        key: at.key,
    })?;
    Ok(())
}

/// The identifier of a request, if it is one of the flag.
fn own<'a>(
    call: &Call<'_>,
    [project, flag, environment, id]: [&'a str; 4],
) -> Result<&'a str, ApiError> {
    let at = Address::from([project, environment, flag]);
    if is_of(&find(call, id)?, at) {
        Ok(id)
    } else {
        Err(ApiError::not_found())
    }
}

fn is_of(request: &StoredRequest, at: Address<'_>) -> bool {
    request.kind == Kind::Flag
        && request.project == at.project
        && request.environment == at.environment
        && request.key == at.key
}
