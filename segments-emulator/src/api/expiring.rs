//! Individual targets that go by themselves when their time comes.

use hyper::Method;
use segments_model::ContextKind;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call, no_such_method};
use crate::message::{ApiError, Response};
use crate::service::Service;
use crate::service::auth::segment_resource;
use crate::state::{ExpiringTarget, StoredSegment, TargetList, target_keys};

/// `/segments/{project}/{segment}/expiring-targets/{environment}`, and the older form for users
/// only.
pub(crate) fn route(
    call: &mut Call<'_>,
    project: &str,
    environment: &str,
    key: &str,
    users_only: bool,
) -> Answer {
    let stored = call.service.state.segment(project, environment, key)?;
    let shape = Shape {
        project,
        environment,
        segment: key,
        users_only,
    };
    match call.request.method {
        Method::GET => Ok(Response::ok(&json!({"items": shape.items(stored)}))),
        Method::PATCH => patch(call, &shape),
        _ => no_such_method(call),
    }
}

/// How targets are shown: by context, or in the older form by user.
struct Shape<'a> {
    project: &'a str,
    environment: &'a str,
    segment: &'a str,
    users_only: bool,
}

impl Shape<'_> {
    fn items(&self, stored: &StoredSegment) -> Vec<Json> {
        stored
            .expiring
            .iter()
            .filter(|target| !self.users_only || target.kind == ContextKind::USER.as_str())
            .map(|target| self.represent(target))
            .collect()
    }

    fn represent(&self, target: &ExpiringTarget) -> Json {
        let mut shown = json!({
            "_id": target.id, "_version": target.version, "expirationDate": target.expires,
            "targetType": target.list,
            "_resourceId": {
                "environmentKey": self.environment, "key": self.segment, "kind": "segment",
                "projectKey": self.project,
            },
        });
        if self.users_only {
            shown["userKey"] = json!(target.key);
        } else {
            shown["contextKind"] = json!(target.kind);
            shown["contextKey"] = json!(target.key);
        }
        shown
    }
}

#[derive(Deserialize)]
struct Body {
    instructions: Vec<Json>,
}

#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[allow(
    clippy::enum_variant_names,
    reason = "the service's own names of the instructions"
)]
enum Instruction {
    #[serde(alias = "addExpireUserTargetDate")]
    AddExpiringTarget {
        #[serde(flatten)]
        target: Target,
        value: i64,
    },
    UpdateExpiringTarget {
        #[serde(flatten)]
        target: Target,
        value: i64,
        /// The version of the expiring target.
        #[serde(default)]
        version: Option<u64>,
    },
    UpdateExpireUserTargetDate {
        #[serde(flatten)]
        target: Target,
        value: i64,
        /// The version of the segment.
        version: u64,
    },
    #[serde(alias = "removeExpireUserTargetDate")]
    RemoveExpiringTarget {
        #[serde(flatten)]
        target: Target,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the service's own names")]
struct Target {
    target_type: TargetList,
    #[serde(alias = "userKey")]
    context_key: String,
    #[serde(default)]
    context_kind: Option<String>,
}

impl Target {
    fn kind(&self) -> String {
        let kind = self.context_kind.clone();
        kind.unwrap_or_else(|| ContextKind::USER.to_string())
    }

    fn is(&self, known: &ExpiringTarget) -> bool {
        known.list == self.target_type && known.key == self.context_key && known.kind == self.kind()
    }
}

/// Instructions that cannot be carried out are listed in the answer; the others take effect all the
/// same.
fn patch(call: &mut Call<'_>, shape: &Shape<'_>) -> Answer {
    let request = call.request;
    if !request.is_semantic_patch() {
        return Err(ApiError::invalid(
            "instructions need the header \"Content-Type: application/json; domain-model=launchdarkly.semanticpatch\"",
        ));
    }
    let body: Body = request.json()?;
    let service = &mut *call.service;
    let mut stored = service
        .state
        .segment(shape.project, shape.environment, shape.segment)?
        .clone();
    let tags = &stored.segment.tags;
    let resource = segment_resource(shape.project, shape.environment, shape.segment, tags);
    call.caller.may("updateExpiringTargets", &resource)?;
    let total = body.instructions.len();
    let mut errors = Vec::new();
    for (index, instruction) in body.instructions.into_iter().enumerate() {
        let outcome = serde_json::from_value(instruction)
            .map_err(|error| error.to_string())
            .and_then(|instruction| carry_out(service, instruction, &mut stored));
        if let Err(message) = outcome {
            errors.push(json!({"instructionIndex": index, "message": message}));
        }
    }
    let mut shown = json!({
        "items": shape.items(&stored), "totalInstructions": total,
        "successfulInstructions": total - errors.len(), "failedInstructions": errors.len(),
    });
    if !errors.is_empty() {
        shown["errors"] = json!(errors);
    }
    if let Some(next) = stored.expiring.iter().map(|target| target.expires).min() {
        service.next_expiry = service.next_expiry.min(next);
    }
    service.put_segment(shape.project, shape.environment, stored)?;
    Ok(Response::ok(&shown))
}

fn carry_out(
    service: &mut Service,
    instruction: Instruction,
    stored: &mut StoredSegment,
) -> Result<(), String> {
    let no_expiry = |target: &Target| {
        format!(
            "context \"{}\" of kind \"{}\" has no expiration date",
            target.context_key,
            target.kind()
        )
    };
    match instruction {
        Instruction::AddExpiringTarget { target, value } => {
            let keys = target_keys(&stored.segment, target.target_type, &target.kind());
            if !keys.contains(&target.context_key) {
                return Err(format!(
                    "context \"{}\" of kind \"{}\" is not an individual target",
                    target.context_key,
                    target.kind()
                ));
            }
            if stored.expiring.iter().any(|known| target.is(known)) {
                return Err(format!(
                    "context \"{}\" has an expiration date already",
                    target.context_key
                ));
            }
            stored.expiring.push(ExpiringTarget {
                id: service.ids.object_id(),
                version: 1,
                expires: value,
                list: target.target_type,
                kind: target.kind(),
                key: target.context_key,
            });
        }
        Instruction::UpdateExpiringTarget {
            target,
            value,
            version,
        } => {
            let known = stored.expiring.iter_mut().find(|known| target.is(known));
            let known = known.ok_or_else(|| no_expiry(&target))?;
            if version.is_some_and(|it| it != known.version) {
                return Err("the version is not the current one".to_owned());
            }
            known.expires = value;
            known.version += 1;
        }
        Instruction::UpdateExpireUserTargetDate {
            target,
            value,
            version,
        } => {
            if version != stored.segment.version {
                return Err("the version is not that of the segment".to_owned());
            }
            let known = stored.expiring.iter_mut().find(|known| target.is(known));
            let known = known.ok_or_else(|| no_expiry(&target))?;
            known.expires = value;
            known.version += 1;
        }
        Instruction::RemoveExpiringTarget { target } => {
            let before = stored.expiring.len();
            stored.expiring.retain(|known| !target.is(known));
            if stored.expiring.len() == before {
                return Err(no_expiry(&target));
            }
        }
    }
    Ok(())
}
