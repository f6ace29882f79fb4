//! Changes of the targeting of a flag or an AI Config.

use super::apply::apply;
use super::instruction::Envelope;
use super::{roles, running};
use crate::api::approval_gate;
use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::Caller;
use crate::state::{Targeting, TargetingAddress};

/// Applies a semantic patch, and gives what it makes. A dry run changes nothing.
pub(crate) fn patch(
    service: &mut Service,
    caller: &Caller,
    at: TargetingAddress<'_>,
    envelope: Envelope,
    dry_run: bool,
) -> Result<Targeting, ApiError> {
    let before = service.state.targeting(at)?.clone();
    let environment = envelope.environment_key.clone();
    let (here, instructions) = (environment.as_deref(), &envelope.instructions);
    approval_gate::require_for_targeting(service, caller, at, here, instructions)?;
    let mut after = before.clone();
    apply(service, at, envelope, &mut after)?;
    if after == before {
        return Ok(after);
    }
    roles::may_change(caller, at, &before, &after)?;
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
