//! Context kinds.

use segments_model::ContextKind;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response, link};
use crate::service::Service;
use crate::service::auth::Caller;
use crate::state::StoredKind;

/// `GET /projects/{project}/context-kinds`.
pub(crate) fn list(call: &mut Call<'_>, [project]: [&str; 1]) -> Answer {
    let service = &*call.service;
    let lag = i64::try_from(service.behavior.context_kind_lag_ms).unwrap_or(i64::MAX);
    let settled = service.clock.now().saturating_sub(lag);
    let items: Vec<Json> = service
        .state
        .project(project)?
        .kinds
        .iter()
        .filter_map(|(key, kind)| {
            // Within the lag the list shows what was there before.
            let shown = if lag > 0 && kind.modified > settled {
                kind.before.as_deref()
            } else {
                Some(kind)
            };
            shown.map(|kind| to_json(key, kind))
        })
        .collect();
    Ok(Response::ok(&json!({
        "items": items,
        "_links": {"self": link(&call.request.path)},
    })))
}

/// The new state of a context kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Put {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    archived: Option<bool>,
    #[serde(default)]
    hide_in_targeting: Option<bool>,
    #[serde(default)]
    version: Option<u64>,
}

/// `PUT /projects/{project}/context-kinds/{kind}`.
pub(crate) fn put(call: &mut Call<'_>, [project, key]: [&str; 2]) -> Answer {
    let body = call.request.json()?;
    save(call.service, &call.caller, project, key, body)?;
    Ok(Response::ok(&json!({
        "status": "success",
        "_links": {
            "self": link(&call.request.path),
            "parent": link(format!("/api/v2/projects/{project}/context-kinds")),
        },
    })))
}

/// Makes a kind, or changes what the body names.
pub(crate) fn save(
    service: &mut Service,
    caller: &Caller,
    project: &str,
    key: &str,
    body: Put,
) -> Result<(), ApiError> {
    let known = service.state.project(project)?.kinds.get(key).cloned();
    ContextKind::parse(key).map_err(|error| ApiError::invalid(error.to_string()))?;
    caller.may(
        if known.is_some() {
            "updateContextKind"
        } else {
            "createContextKind"
        },
        &format!("proj/{project}:context-kind/{key}"),
    )?;
    let now = service.clock.now();
    let mut kind = if let Some(known) = known {
        if body.version.is_some_and(|version| version != known.version) {
            return Err(ApiError::optimistic_lock());
        }
        StoredKind {
            version: known.version.saturating_add(1),
            modified: now,
            before: Some(Box::new(StoredKind {
                before: None,
                ..known.clone()
            })),
            ..known
        }
    } else {
        let name = body.name.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| ApiError::invalid("name is required"))?;
        StoredKind::new(name, "api", now)
    };
    if let Some(name) = body.name {
        kind.name = name;
    }
    if let Some(description) = body.description {
        kind.description = description;
    }
    if let Some(archived) = body.archived.or(body.hide_in_targeting) {
        kind.archived = archived;
    }
    service.put_kind(project, key, kind)
}

fn to_json(key: &str, kind: &StoredKind) -> Json {
    json!({
        "key": key, "name": kind.name, "description": kind.description, "version": kind.version,
        "creationDate": kind.created, "lastModified": kind.modified, "createdFrom": kind.created_from,
        "archived": kind.archived, "hideInTargeting": kind.archived,
    })
}
