//! The changes that need an approval.

use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::{Caller, ai_config_in_environment, flag_in_environment};
use crate::state::{Kind, Targeted, TargetingAddress};

/// Refuses a change of something with these tags if it needs an approval. `resource` is what roles
/// call it.
pub(crate) fn require(
    service: &Service,
    caller: &Caller,
    kind: Kind,
    (project, environment): (&str, &str),
    tags: &[String],
    resource: &str,
) -> Result<(), ApiError> {
    let found = service.state.environment(project, environment)?;
    let required = found.approvals(kind).required_for(tags);
    if required && !caller.bypasses_approvals(bypass(kind), resource) {
        return Err(refusal(kind));
    }
    Ok(())
}

/// Returns whether one of these instructions changes more than what needs no approval anywhere: the name, the
/// description and the tags.
pub(crate) fn gates(instructions: &[serde_json::Value]) -> bool {
    const FREE: [&str; 4] = ["addTags", "removeTags", "updateName", "updateDescription"];
    instructions.iter().any(|instruction| {
        let kind = instruction["kind"].as_str().unwrap_or_default();
        !FREE.contains(&kind)
    })
}

/// Refuses a patch that needs an approval: one that changes more than name, description and tags.
pub(crate) fn require_for_targeting(
    service: &Service,
    caller: &Caller,
    subject: TargetingAddress<'_>,
    environment: Option<&str>,
    instructions: &[serde_json::Value],
) -> Result<(), ApiError> {
    let Some(environment) = environment else {
        return Ok(());
    };
    if !gates(instructions) {
        return Ok(());
    }
    let resource = targeting_resource(service, subject, environment)?;
    let place = (subject.project, environment);
    let tags = &service.state.targeting(subject)?.tags;
    require(
        service,
        caller,
        subject.targeted.into(),
        place,
        tags,
        &resource,
    )
}

/// The name of a flag or an AI Config in approvals and roles, if it is in the environment.
pub(crate) fn targeting_resource(
    service: &Service,
    subject: TargetingAddress<'_>,
    environment: &str,
) -> Result<String, ApiError> {
    let tags = &service.state.targeting(subject)?.tags;
    let TargetingAddress {
        project,
        key,
        targeted,
    } = subject;
    Ok(match targeted {
        Targeted::Flag => flag_in_environment(project, environment, key, tags),
        Targeted::AiConfig => ai_config_in_environment(project, environment, key),
    })
}

/// The action of a role that goes around approvals. That of AI Configs is inferred.
fn bypass(kind: Kind) -> &'static str {
    match kind {
        Kind::Segment => "bypassRequiredSegmentApproval",
        Kind::Flag => "bypassRequiredApproval",
        Kind::AiConfig => "bypassRequiredAIConfigApproval",
    }
}

/// The response to a change that needs an approval and has none.
fn refusal(kind: Kind) -> ApiError {
    let refuse = match kind {
        Kind::Flag => ApiError::method_not_allowed,
        Kind::Segment | Kind::AiConfig => ApiError::forbidden,
    };
    refuse("approval is required")
}
