//! The audit log (API documentation, *getAuditLogEntries* and *getAuditLogEntry*). Searching by policy is
//! left out.

use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response, link};
use crate::service::auth::names;
use crate::state::AuditEntry;

/// How many entries there are without `limit`, and at most.
const LIMIT: usize = 10;
const MAX_LIMIT: usize = 20;

/// `GET /auditlog`.
pub(crate) fn list(call: &mut Call<'_>, _: [&str; 0]) -> Answer {
    let request = call.request;
    let number = |name: &str| match request.parameter(name) {
        None => Ok(None),
        Some(text) => match text.parse::<i64>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(ApiError::invalid(format!("{name} is not a number"))),
        },
    };
    let (before, after) = (number("before")?, number("after")?);
    let limit = match number("limit")? {
        None => LIMIT,
        Some(limit) => match usize::try_from(limit) {
            Ok(limit @ 1..=MAX_LIMIT) => limit,
            _ => {
                return Err(ApiError::invalid(format!(
                    "limit is between 1 and {MAX_LIMIT}"
                )));
            }
        },
    };
    let (spec, text) = (request.parameter("spec"), request.parameter("q"));
    let fits = |(_, entry): &(u64, &AuditEntry)| {
        let mut resources = entry.accesses.iter().map(|access| access.resource.as_str());
        before.is_none_or(|before| entry.date < before)
            && after.is_none_or(|after| entry.date > after)
            && spec.is_none_or(|spec| resources.clone().any(|resource| names(spec, resource)))
            && text.is_none_or(|text| {
                let by = entry.token.as_deref().unwrap_or(MEMBER);
                by.contains(text) || resources.any(|resource| resource.contains(text))
            })
    };
    let entries = call.service.state.audit_log.newest_first();
    let items: Vec<Json> = entries.filter(fits).take(limit).map(to_json).collect();
    Ok(Response::ok(
        &json!({"items": items, "_links": {"self": link("/api/v2/auditlog")}}),
    ))
}

/// `GET /auditlog/{id}`.
pub(crate) fn get(call: &mut Call<'_>, [id]: [&str; 1]) -> Answer {
    let mut entries = call.service.state.audit_log.newest_first();
    let found = entries.find(|(number, _)| self::id(*number) == id);
    found
        .map(|found| Response::ok(&to_json(found)))
        .ok_or_else(ApiError::not_found)
}

/// The author of changes that no token makes.
const MEMBER: &str = "member@example.com";

/// As long as the service's.
fn id(number: u64) -> String {
    format!("{number:024x}")
}

fn to_json((number, entry): (u64, &AuditEntry)) -> Json {
    let id = id(number);
    let AuditEntry {
        date,
        token,
        accesses,
        comment,
    } = entry;
    let resource = accesses.first().map_or("", |access| &access.resource);
    let action = accesses.first().map_or("", |access| &access.action);
    let last = resource.rsplit(':').next().unwrap_or_default();
    let (kind, name) = last.split_once('/').unwrap_or((last, ""));
    let subject = token.as_deref().unwrap_or("Member");
    let mut json = json!({
        "_links": {"self": link(format!("/api/v2/auditlog/{id}"))},
        "_id": id, "_accountId": "000000000000000000000000", "date": date, "accesses": accesses,
        "kind": kind, "name": name, "description": "", "shortDescription": "",
        "comment": comment.as_deref().unwrap_or_default(),
        "subject": {"_links": {}, "name": subject},
        "titleVerb": format!("{action} on"), "title": format!("{subject} {action} on {name}"),
        "target": {"_links": {}, "name": name, "resources": [resource]},
    });
    match token {
        Some(name) => {
            json["token"] = json!({"_links": {}, "_id": "000000000000000000000000", "name": name,
                "ending": "", "serviceToken": true});
        }
        None => {
            json["member"] = json!({"_links": {}, "_id": "000000000000000000000000",
                "email": MEMBER, "firstName": "Member", "lastName": "Example"});
        }
    }
    json
}
