//! What to do about one targeting. A pure function of what is declared, what is there and what is
//! configured, so that a plan and its execution cannot disagree.

use segments_model::wire;

use super::super::change::Change;
use super::super::ownership::Adoption;
use super::super::report::{Action, Outcome, Refused, SegmentError};
use super::diff::Goal;
use super::marks;

impl Goal<'_> {
    /// Decides; `Outcome::Due` has what is to be done.
    pub(crate) fn decide(&self, remote: Option<&wire::Targeting>, adoption: Adoption) -> Outcome {
        let Some(remote) = remote else {
            let variations = self.targeting.variations.iter();
            return Outcome::Failed(SegmentError::NoResource {
                what: self.targeting.resource.what(),
                variations: variations.map(ToString::to_string).collect(),
            });
        };
        self.consider(remote, adoption)
            .unwrap_or_else(Outcome::Failed)
    }

    fn consider(
        &self,
        remote: &wire::Targeting,
        adoption: Adoption,
    ) -> Result<Outcome, SegmentError> {
        let environment = self.environment;
        if let (Some(ours), Some(theirs)) =
            (self.revision, marks::revision(&remote.tags, environment))
            && theirs > ours
        {
            return Ok(Outcome::Superseded { revision: theirs });
        }
        let owners = marks::owners(&remote.tags, environment);
        let marked = self.changes(remote, true)?;
        let name = self.owner.map(|owner| marks::name(owner, environment));
        let is_ours = name.as_deref().is_some_and(|name| owners.contains(&name));
        if is_ours || self.owner.is_none() {
            return Ok(if marked.is_empty() {
                Outcome::Unchanged
            } else {
                Outcome::Due(Action::Update { changes: marked })
            });
        }
        let changes = self.changes(remote, false)?;
        let other = owners.first().map(|name| (*name).to_owned());
        let refuse = |reason| Outcome::Refused {
            reason,
            changes: changes.clone(),
        };
        let here = self.here(remote)?;
        match (adoption, other) {
            (Adoption::Always, _) => {}
            (Adoption::Skip, _) => return Ok(Outcome::Skipped),
            (_, Some(owner)) => return Ok(refuse(Refused::OwnedBy { owner })),
            (Adoption::Refuse, None) => return Ok(refuse(Refused::Exists)),
            (Adoption::WhenSafe, None) if is_empty(here) || changes.iter().all(adds) => {}
            (Adoption::WhenSafe, None) => return Ok(refuse(Refused::Different)),
        }
        Ok(Outcome::Due(Action::Adopt { changes: marked }))
    }
}

/// Whether nobody is served anything in particular.
fn is_empty(here: &wire::EnvironmentTargeting) -> bool {
    let lists = here.targets.iter().chain(&here.context_targets);
    here.rules.is_empty() && lists.into_iter().all(|list| list.values.is_empty())
}

/// Whether a change leaves everything in place that somebody else made.
fn adds(change: &Change) -> bool {
    matches!(change, Change::AddRule { .. } | Change::List { .. })
}
