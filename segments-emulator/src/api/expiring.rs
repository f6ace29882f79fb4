//! Individual targets that go by themselves when their time comes.

use segments_model::ContextKind;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response};
use crate::service::Service;
use crate::service::auth::segment_resource;
use crate::state::{Address, ExpiringTarget, StoredSegment, TargetList, target_keys};

/// How targets are shown and named.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// By context.
    Contexts,
    /// By user, the older form.
    Users,
}

/// `GET /segments/{project}/{segment}/expiring-targets/{environment}`.
pub(crate) fn targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    list(call, at.into(), Form::Contexts)
}

/// `PATCH /segments/{project}/{segment}/expiring-targets/{environment}`.
pub(crate) fn patch_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    patch(call, at.into(), Form::Contexts)
}

/// `GET /segments/{project}/{segment}/expiring-user-targets/{environment}`.
pub(crate) fn user_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    list(call, at.into(), Form::Users)
}

/// `PATCH /segments/{project}/{segment}/expiring-user-targets/{environment}`.
pub(crate) fn patch_user_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    patch(call, at.into(), Form::Users)
}

fn list(call: &Call<'_>, at: Address<'_>, form: Form) -> Answer {
    let stored = call
        .service
        .state
        .segment(at.project, at.environment, at.key)?;
    Ok(Response::ok(&json!({"items": items(at, form, stored)})))
}

fn items(at: Address<'_>, form: Form, stored: &StoredSegment) -> Vec<Json> {
    stored
        .expiring
        .iter()
        .filter(|target| form == Form::Contexts || target.kind == ContextKind::USER.as_str())
        .map(|target| to_json(at, form, target))
        .collect()
}

fn to_json(at: Address<'_>, form: Form, target: &ExpiringTarget) -> Json {
    let mut shown = json!({
        "_id": target.id, "_version": target.version, "expirationDate": target.expires,
        "targetType": target.list,
        "_resourceId": {
            "environmentKey": at.environment, "key": at.key, "kind": "segment",
            "projectKey": at.project,
        },
    });
    match form {
        Form::Users => shown["userKey"] = json!(target.key),
        Form::Contexts => {
            shown["contextKind"] = json!(target.kind);
            shown["contextKey"] = json!(target.key);
        }
    }
    shown
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
fn patch(call: &mut Call<'_>, at: Address<'_>, form: Form) -> Answer {
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
        .segment(at.project, at.environment, at.key)?
        .clone();
    let tags = &stored.segment.tags;
    let resource = segment_resource(at.project, at.environment, at.key, tags);
    call.caller.may("updateExpiringTargets", &resource)?;
    let total = body.instructions.len();
    let mut errors = Vec::new();
    for (index, instruction) in body.instructions.into_iter().enumerate() {
        let outcome = serde_json::from_value(instruction)
            .map_err(|error| error.to_string())
            .and_then(|instruction| apply(service, instruction, &mut stored));
        if let Err(message) = outcome {
            errors.push(json!({"instructionIndex": index, "message": message}));
        }
    }
    let mut shown = json!({
        "items": items(at, form, &stored), "totalInstructions": total,
        "successfulInstructions": total - errors.len(), "failedInstructions": errors.len(),
    });
    if !errors.is_empty() {
        shown["errors"] = json!(errors);
    }
    if let Some(next) = stored.expiring.iter().map(|target| target.expires).min() {
        service.next_expiry = service.next_expiry.min(next);
    }
    service.put_segment(at.project, at.environment, stored)?;
    Ok(Response::ok(&shown))
}

fn apply(
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
            known.version = known.version.saturating_add(1);
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
            known.version = known.version.saturating_add(1);
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
