//! Experiments and rollouts that the service runs, which nobody may change meanwhile.

use segments_model::wire::Running;

use crate::message::ApiError;
use crate::state::{EnvironmentTargeting, Targeting};

/// Refuses a change of a rule, or of the fallthrough, on which something runs.
pub(super) fn refuse(
    environment: &str,
    before: &Targeting,
    after: &Targeting,
) -> Result<(), ApiError> {
    let here = |it: &Targeting| it.environments.get(environment).cloned();
    let (Some(before), Some(after)) = (here(before), here(after)) else {
        return Ok(());
    };
    match changed(&before, &after) {
        Some(running) => Err(ApiError::conflict(format!(
            "cannot change a rule while {running} is running on it"
        ))),
        None => Ok(()),
    }
}

/// The experiment or rollout on a rule that changes.
fn changed(before: &EnvironmentTargeting, after: &EnvironmentTargeting) -> Option<Running> {
    let gone = before.rules.iter().find_map(|rule| {
        let running = rule.served.running()?;
        (!after.rules.contains(rule)).then_some(running)
    });
    let fallthrough = || {
        let running = before.fallthrough.running()?;
        (before.fallthrough != after.fallthrough).then_some(running)
    };
    gone.or_else(fallthrough)
}
