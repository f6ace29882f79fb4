//! What to do about one targeting. A pure function of what is declared, what is there and what is
//! configured, so that a plan and its execution cannot disagree.

use segments_model::wire;

use super::super::change::Change;
use super::super::decide::Terms;
use super::super::ownership::{self, Adoption, Claim};
use super::super::report::{Action, ItemError, Outcome, RefusalReason};
use super::super::revision::in_force;
use super::diff::Goal;
use super::marks;

impl Goal<'_> {
    /// Decides; `Outcome::Planned` has what is to be done.
    pub(crate) fn decide(&self, remote: Option<&wire::Targeting>, terms: Terms) -> Outcome {
        let Some(remote) = remote else {
            let variations = self.targeting.variations.iter();
            return Outcome::Failed(ItemError::NoResource {
                what: self.targeting.resource.what(),
                variations: variations.map(ToString::to_string).collect(),
            });
        };
        self.consider(remote, terms).unwrap_or_else(Outcome::Failed)
    }

    fn consider(&self, remote: &wire::Targeting, terms: Terms) -> Result<Outcome, ItemError> {
        let environment = self.environment;
        let marked = self.changes(remote, true)?;
        let claim = match self.claimant {
            // Who marks nothing manages nothing but what is declared.
            None => Claim::Ours,
            Some(claimant) => claimant
                .claim_as(marks::owners(&remote.tags, environment), |owner| {
                    marks::name(owner, environment)
                }),
        };
        let changes = self.changes(remote, false)?;
        let refuse = |reason| Outcome::Refused {
            reason,
            changes: changes.clone(),
        };
        if let Claim::Theirs(owners) = claim {
            return Ok(ownership::theirs(owners, terms.adoption, refuse));
        }
        if self.claimant.is_some() {
            let marked = marks::revisions(&remote.tags, environment);
            if let Some(newer) = in_force(self.revision.as_ref(), &marked).refuses() {
                return Ok(newer);
            }
        }
        let busy = if terms.override_running {
            Vec::new()
        } else {
            self.busy(remote)?
        };
        let is_busy = !busy.is_empty();
        let left_alone = Outcome::Busy { rules: busy };
        if claim == Claim::Ours {
            return Ok(if is_busy {
                left_alone
            } else if marked.is_empty() {
                Outcome::Unchanged
            } else {
                Outcome::Planned(Action::Update { changes: marked })
            });
        }
        if self.ends {
            // Nobody's: it has ended.
            return Ok(Outcome::Unchanged);
        }
        if let Some(newer) = terms.in_force.refuses() {
            return Ok(newer);
        }
        let here = self.here(remote)?;
        match terms.adoption {
            Adoption::Skip => return Ok(Outcome::Skipped),
            Adoption::Refuse => return Ok(refuse(RefusalReason::Exists)),
            _ if is_busy => return Ok(left_alone),
            Adoption::Always => {}
            // The declaration comes from what is there, so nothing is lost, and the owner's tag can wait for
            // the first change.
            Adoption::WhenSafe if terms.imported && changes.is_empty() => {
                return Ok(Outcome::Unchanged);
            }
            Adoption::WhenSafe if terms.imported => {}
            Adoption::WhenSafe if serves_nobody(remote, here) || changes.iter().all(adds) => {}
            Adoption::WhenSafe => return Ok(refuse(RefusalReason::Different)),
        }
        Ok(Outcome::Planned(Action::Adopt { changes: marked }))
    }
}

/// Returns whether nobody is served anything yet: there are neither rules nor lists, and what everybody
/// else would be served is either switched off or the variation that stands for nothing.
fn serves_nobody(remote: &wire::Targeting, here: &wire::EnvironmentTargeting) -> bool {
    let lists = here.targets.iter().chain(&here.context_targets);
    let empty = here.rules.is_empty() && lists.into_iter().all(|list| list.values.is_empty());
    let off = here.on == Some(false) || here.enabled == Some(false);
    let fallthrough = here.fallthrough.variation;
    let fallthrough = fallthrough.and_then(|place| remote.variations.get(place));
    empty && (off || fallthrough.is_some_and(is_disabled))
}

/// What an AI Config serves until somebody says otherwise (seen in its value).
fn is_disabled(variation: &wire::Variation) -> bool {
    variation.value.pointer("/_ldMeta/enabled") == Some(&false.into())
}

/// Returns whether a change leaves everything in place that somebody else made.
fn adds(change: &Change) -> bool {
    matches!(
        change,
        Change::AddRule { .. } | Change::AddVariationTargets { .. }
    )
}
