//! Individual targets that expire.

use segments_model::ContextKind;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::api::call::{Answer, Call};
use crate::message::{ApiError, Response};
use crate::service::Service;
use crate::service::auth::{flag_in_environment, segment_resource};
use crate::state::{
    Address, ExpiringTarget, Kind, NotFound, SegmentList, StoredSegment, TargetPlace, Targeted,
    Targeting, target_keys,
};

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
    list(call, Kind::Segment, at.into(), Form::Contexts)
}

/// `PATCH /segments/{project}/{segment}/expiring-targets/{environment}`.
pub(crate) fn patch_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    patch(call, Kind::Segment, at.into(), Form::Contexts)
}

/// `GET /segments/{project}/{segment}/expiring-user-targets/{environment}`.
pub(crate) fn user_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    list(call, Kind::Segment, at.into(), Form::Users)
}

/// `PATCH /segments/{project}/{segment}/expiring-user-targets/{environment}`.
pub(crate) fn patch_user_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    patch(call, Kind::Segment, at.into(), Form::Users)
}

/// `GET /flags/{project}/{flag}/expiring-targets/{environment}`.
pub(crate) fn flag_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    list(call, Kind::Flag, at.into(), Form::Contexts)
}

/// `PATCH /flags/{project}/{flag}/expiring-targets/{environment}`.
pub(crate) fn patch_flag_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    patch(call, Kind::Flag, at.into(), Form::Contexts)
}

/// `GET /flags/{project}/{flag}/expiring-user-targets/{environment}`.
pub(crate) fn flag_user_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    list(call, Kind::Flag, at.into(), Form::Users)
}

/// `PATCH /flags/{project}/{flag}/expiring-user-targets/{environment}`.
pub(crate) fn patch_flag_user_targets(call: &mut Call<'_>, at: [&str; 3]) -> Answer {
    patch(call, Kind::Flag, at.into(), Form::Users)
}

/// The resource with individual targets.
enum Subject {
    Segment(Box<StoredSegment>),
    Flag(Box<Targeting>),
}

impl Subject {
    fn find(service: &Service, kind: Kind, at: Address<'_>) -> Result<Self, ApiError> {
        let state = &service.state;
        if kind == Kind::Segment {
            let found = state.segment(at.project, at.environment, at.key)?.clone();
            return Ok(Self::Segment(found.into()));
        }
        let found = state.flag(at.project, at.key)?.clone();
        if !found.environments.contains_key(at.environment) {
            return Err(NotFound.into());
        }
        Ok(Self::Flag(found.into()))
    }

    fn resource(&self, at: Address<'_>) -> String {
        let Address {
            project,
            environment,
            key,
        } = at;
        match self {
            Self::Segment(found) => {
                segment_resource(project, environment, key, &found.segment.tags)
            }
            Self::Flag(flag) => flag_in_environment(project, environment, key, &flag.tags),
        }
    }

    /// Returns whether a context is listed where a target says.
    fn lists(&self, at: Address<'_>, target: &ExpiringTarget) -> bool {
        match (self, &target.place) {
            (Self::Segment(found), TargetPlace::TargetType(list)) => {
                target_keys(&found.segment, *list, &target.kind).contains(&target.key)
            }
            (Self::Flag(flag), TargetPlace::VariationId(_)) => flag
                .environments
                .get(at.environment)
                .is_some_and(|here| flag.lists(here, target)),
            _ => false,
        }
    }

    fn expiring(&mut self, at: Address<'_>) -> &mut Vec<ExpiringTarget> {
        match self {
            Self::Segment(found) => &mut found.expiring,
            Self::Flag(flag) => {
                let here = flag.environments.get_mut(at.environment);
                &mut here.expect("a flag is found with its environment").expiring
            }
        }
    }

    fn save(self, service: &mut Service, at: Address<'_>) -> Result<(), ApiError> {
        match self {
            Self::Segment(found) => service.put_segment(at.project, at.environment, *found),
            Self::Flag(flag) => service.put_targeting(Targeted::Flag, at.project, at.key, *flag),
        }
    }
}

fn list(call: &Call<'_>, kind: Kind, at: Address<'_>, form: Form) -> Answer {
    let mut subject = Subject::find(call.service, kind, at)?;
    Ok(Response::ok(
        &json!({"items": items(kind, at, form, subject.expiring(at))}),
    ))
}

fn items(kind: Kind, at: Address<'_>, form: Form, targets: &[ExpiringTarget]) -> Vec<Json> {
    targets
        .iter()
        .filter(|target| form == Form::Contexts || target.kind == ContextKind::USER.as_str())
        .map(|target| to_json(kind, at, form, target))
        .collect()
}

fn to_json(kind: Kind, at: Address<'_>, form: Form, target: &ExpiringTarget) -> Json {
    let mut shown = json!({
        "_id": target.id, "_version": target.version, "expirationDate": target.expires,
        "_resourceId": {
            "environmentKey": at.environment, "key": at.key, "kind": kind.name(),
            "projectKey": at.project,
        },
    });
    match &target.place {
        TargetPlace::TargetType(list) => shown["targetType"] = json!(list),
        TargetPlace::VariationId(id) => shown["variationId"] = json!(id),
    }
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
        /// The version of a segment, or of the expiring target of a flag, which can be left out.
        #[serde(default)]
        version: Option<u64>,
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
    /// Of a segment.
    #[serde(default)]
    target_type: Option<SegmentList>,
    /// Of a flag.
    #[serde(default)]
    variation_id: Option<String>,
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

    /// Where it is listed in a segment or a flag.
    fn place(&self, subject: &Subject) -> Result<TargetPlace, String> {
        let (place, name) = match subject {
            Subject::Segment(_) => {
                let list = self.target_type.map(TargetPlace::TargetType);
                (list, "targetType")
            }
            Subject::Flag(_) => {
                let variation = self.variation_id.clone().map(TargetPlace::VariationId);
                (variation, "variationId")
            }
        };
        place.ok_or_else(|| format!("{name} is required"))
    }

    fn is(&self, known: &ExpiringTarget) -> bool {
        let listed = match &known.place {
            TargetPlace::TargetType(list) => self.target_type == Some(*list),
            TargetPlace::VariationId(id) => self.variation_id.as_ref() == Some(id),
        };
        listed && known.key == self.context_key && known.kind == self.kind()
    }
}

/// Instructions that cannot be carried out are listed in the answer; the others take effect all the
/// same.
fn patch(call: &mut Call<'_>, kind: Kind, at: Address<'_>, form: Form) -> Answer {
    let request = call.request;
    if !request.is_semantic_patch() {
        return Err(ApiError::invalid(
            "instructions need the header \"Content-Type: application/json; domain-model=launchdarkly.semanticpatch\"",
        ));
    }
    let body: Body = request.json()?;
    let service = &mut *call.service;
    let mut subject = Subject::find(service, kind, at)?;
    call.caller
        .may("updateExpiringTargets", &subject.resource(at))?;
    let total = body.instructions.len();
    let mut errors = Vec::new();
    for (index, instruction) in body.instructions.into_iter().enumerate() {
        let outcome = serde_json::from_value(instruction)
            .map_err(|error| error.to_string())
            .and_then(|instruction| apply(service, instruction, at, &mut subject));
        if let Err(message) = outcome {
            errors.push(json!({"instructionIndex": index, "message": message}));
        }
    }
    let targets = subject.expiring(at);
    let mut shown = json!({
        "items": items(kind, at, form, targets), "totalInstructions": total,
        "successfulInstructions": total - errors.len(), "failedInstructions": errors.len(),
    });
    if !errors.is_empty() {
        shown["errors"] = json!(errors);
    }
    if let Some(next) = targets.iter().map(|target| target.expires).min() {
        service.next_expiry = service.next_expiry.min(next);
    }
    subject.save(service, at)?;
    Ok(Response::ok(&shown))
}

fn apply(
    service: &mut Service,
    instruction: Instruction,
    at: Address<'_>,
    subject: &mut Subject,
) -> Result<(), String> {
    match instruction {
        Instruction::AddExpiringTarget { target, value } => {
            let new = ExpiringTarget {
                id: service.ids.object_id(),
                version: 1,
                expires: value,
                kind: target.kind(),
                place: target.place(subject)?,
                key: target.context_key,
            };
            add(subject, at, new)
        }
        Instruction::UpdateExpiringTarget {
            target,
            value,
            version,
        } => {
            let known = find(subject.expiring(at), &target)?;
            if version.is_some_and(|it| it != known.version) {
                return Err("the version is not the current one".to_owned());
            }
            postpone(known, value);
            Ok(())
        }
        Instruction::UpdateExpireUserTargetDate {
            target,
            value,
            version,
        } => {
            if let Subject::Segment(found) = subject
                && version != Some(found.segment.version)
            {
                return Err("the version is not that of the segment".to_owned());
            }
            let of_target = matches!(subject, Subject::Flag(_));
            let known = find(subject.expiring(at), &target)?;
            if of_target && version.is_some_and(|it| it != known.version) {
                return Err("the version is not the current one".to_owned());
            }
            postpone(known, value);
            Ok(())
        }
        Instruction::RemoveExpiringTarget { target } => {
            find(subject.expiring(at), &target)?;
            subject.expiring(at).retain(|known| !target.is(known));
            Ok(())
        }
    }
}

fn add(subject: &mut Subject, at: Address<'_>, new: ExpiringTarget) -> Result<(), String> {
    let ExpiringTarget { kind, key, .. } = &new;
    if !subject.lists(at, &new) {
        return Err(format!(
            "context \"{key}\" of kind \"{kind}\" is not an individual target"
        ));
    }
    let known = subject.expiring(at);
    let is_known =
        |it: &ExpiringTarget| it.place == new.place && it.kind == new.kind && it.key == new.key;
    if known.iter().any(is_known) {
        return Err(format!("context \"{key}\" has an expiration date already"));
    }
    known.push(new);
    Ok(())
}

fn find<'a>(
    known: &'a mut [ExpiringTarget],
    target: &Target,
) -> Result<&'a mut ExpiringTarget, String> {
    let found = known.iter_mut().find(|known| target.is(known));
    found.ok_or_else(|| {
        format!(
            "context \"{}\" of kind \"{}\" has no expiration date",
            target.context_key,
            target.kind()
        )
    })
}

fn postpone(known: &mut ExpiringTarget, value: i64) {
    known.expires = value;
    known.version = known.version.saturating_add(1);
}
