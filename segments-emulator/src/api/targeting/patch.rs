//! Changes of what a flag or an AI Config serves.

use super::apply::apply;
use super::instruction::Envelope;
use super::running;
use crate::api::approval;
use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::{
    Caller, ai_config_in_environment, ai_config_resource, flag_in_environment,
};
use crate::state::{Targeted, Targeting, TargetingAddress};

/// Applies a semantic patch, and gives what it makes. A dry run changes nothing.
pub(crate) fn patch(
    service: &mut Service,
    caller: &Caller,
    at: TargetingAddress<'_>,
    envelope: Envelope,
    dry_run: bool,
) -> Result<Targeting, ApiError> {
    let before = service.state.targeting(at)?.clone();
    approval::require_for_targeting(service, caller, at, &envelope)?;
    let environment = envelope.environment_key.clone();
    may_change(caller, at, environment.as_deref())?;
    let mut after = before.clone();
    apply(service, at.project, envelope, &mut after)?;
    if after == before {
        return Ok(after);
    }
    if let (true, Some(environment)) = (service.behavior.refuse_running_edits, &environment) {
        running::refuse(environment, &before, &after)?;
    }
    after.version = after.version.saturating_add(1);
    if let Some(here) = environment.and_then(|key| after.environments.get_mut(&key)) {
        here.version = here.version.saturating_add(1);
        here.modified = service.clock.now();
    }
    if !dry_run {
        let TargetingAddress {
            targeted,
            project,
            key,
        } = at;
        service.put_targeting(targeted, project, key, after.clone())?;
    }
    Ok(after)
}

/// What is served belongs to one environment; an AI Config is known without one, too.
pub(super) fn may_change(
    caller: &Caller,
    at: TargetingAddress<'_>,
    environment: Option<&str>,
) -> Result<(), ApiError> {
    let TargetingAddress { project, key, .. } = at;
    let environment = environment.unwrap_or("*");
    match at.targeted {
        Targeted::Flag => caller.may(
            "updateRules",
            &flag_in_environment(project, environment, key),
        ),
        Targeted::AiConfig => {
            let action = "updateAIConfigTargeting";
            let here = ai_config_in_environment(project, environment, key);
            let everywhere = ai_config_resource(project, key);
            let allowed = caller.may(action, &here);
            allowed.or_else(|refused| caller.may(action, &everywhere).map_err(|_| refused))
        }
    }
}
