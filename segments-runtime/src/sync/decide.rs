//! Decides what to do about one resource, for every kind. A pure function of the declaration, the remote
//! state and the configuration, so a plan and its execution cannot disagree.

use super::config::Options;
use super::ownership::{self, Adoption, Claim};
use super::report::{Action, ItemError, Outcome, RefusalReason};
use super::revision::{InForce, in_force};
use super::syncable::Syncable;

/// The inputs of a decision besides the declaration and the resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    adoption: Adoption,
    /// Whether the resource is exactly as it was when the declaration was imported from it.
    pub(crate) imported: bool,
    /// Whether to overwrite an experiment or rollout that LaunchDarkly runs.
    override_running: bool,
    /// Whose declarations are in force in the environment. A program that is not the newest, or does not
    /// know, creates and adopts nothing, because the newest may no longer declare it.
    in_force: InForce,
}

impl Terms {
    pub(crate) fn new<G: Syncable>(
        goal: &G,
        remote: Option<&G::Remote>,
        options: &Options,
        in_force: InForce,
    ) -> Self {
        Self {
            adoption: goal.adoption(options),
            imported: remote.is_some_and(|remote| goal.is_as_imported(options, remote)),
            override_running: options.override_running,
            in_force,
        }
    }
}

/// Decides about one declaration; `Outcome::Planned` has what is to be done.
pub(crate) fn decide<G: Syncable>(goal: &G, remote: Option<&G::Remote>, terms: Terms) -> Outcome {
    consider(goal, remote, terms).unwrap_or_else(Outcome::Failed)
}

fn consider<G: Syncable>(
    goal: &G,
    remote: Option<&G::Remote>,
    terms: Terms,
) -> Result<Outcome, ItemError> {
    let Some(remote) = remote else {
        let action = goal.missing()?;
        return match terms.in_force.refuses() {
            Some(newer) => Ok(newer),
            None => goal.permit(None, action),
        };
    };
    goal.accept(remote)?;
    let claim = goal.claim(remote);
    let refuse = |reason| Outcome::Refused {
        reason,
        // Whatever differs, it is left to somebody else.
        changes: goal.changes(remote, false).unwrap_or_default(),
    };
    if let Claim::Theirs(owners) = claim {
        return Ok(ownership::theirs(owners, terms.adoption, refuse));
    }
    if let Some(newer) = in_force(goal.revision(), &goal.revisions(remote)).refuses() {
        return Ok(newer);
    }
    let busy = if terms.override_running {
        Vec::new()
    } else {
        goal.busy(remote)?
    };
    let left_alone = (!busy.is_empty()).then_some(Outcome::Busy { rules: busy });
    if claim == Claim::Ours {
        if let Some(left_alone) = left_alone {
            return Ok(left_alone);
        }
        let changes = goal.changes(remote, true)?;
        if changes.is_empty() {
            return Ok(Outcome::Unchanged);
        }
        return goal.permit(Some(remote), Action::Update { changes });
    }
    if goal.ends() {
        // Nobody's: it has ended.
        return Ok(Outcome::Unchanged);
    }
    if let Some(newer) = terms.in_force.refuses() {
        return Ok(newer);
    }
    let changes = goal.changes(remote, false)?;
    if let Some(system) = goal.keeper(remote) {
        let system = system.to_owned();
        return Ok(match terms.adoption {
            Adoption::Skip => Outcome::Skipped,
            _ => refuse(RefusalReason::External { system }),
        });
    }
    match (terms.adoption, left_alone) {
        (Adoption::Skip, _) => return Ok(Outcome::Skipped),
        (Adoption::Refuse, _) => return Ok(refuse(RefusalReason::Exists)),
        (_, Some(left_alone)) => return Ok(left_alone),
        (Adoption::Always, None) => {}
        // The declaration comes from what is there, so nothing is lost, and the owner's tag can
        // wait for the first change.
        (Adoption::WhenSafe, None) if terms.imported && changes.is_empty() => {
            return Ok(Outcome::Unchanged);
        }
        (Adoption::WhenSafe, None) if terms.imported => {}
        (Adoption::WhenSafe, None) if goal.keeps_everything(remote, &changes) => {}
        (Adoption::WhenSafe, None) => return Ok(refuse(RefusalReason::Different)),
    }
    let changes = goal.changes(remote, true)?;
    goal.permit(Some(remote), Action::Adopt { changes })
}
