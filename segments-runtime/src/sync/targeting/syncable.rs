//! The targeting of AI Configs and flags, for the pipeline.

use segments_model::wire::{self, TargetingInstruction};
use serde_json::Value as Json;

use super::super::approval::Approvable;
use super::super::change::Change;
use super::super::config::Options;
use super::super::failed::FailedRequest;
use super::super::ownership::Claim;
use super::super::patch;
use super::super::reader::Reader;
use super::super::report::{Action, BusyRule, ItemError};
use super::super::request_error::RequestError;
use super::super::revision::Revision;
use super::super::syncable::{Step, Syncable};
use super::super::writer::Writer;
use super::diff::Goal;
use super::instructions::{Form, instructions, serves_one};
use super::marks;
use super::variations::Variations;

/// As many patches as it takes if nobody interferes, beside those that list contexts: rules, their
/// order, and tags.
const EXPECTED: usize = 3;

impl Syncable for Goal<'_> {
    type Remote = wire::Targeting;
    type Dialect = Form;

    /// The response to a patch differs from what SDKs receive.
    const READS_AGAIN: bool = true;

    /// People make AI Configs and flags.
    fn missing(&self) -> Result<Action, ItemError> {
        let variations = self.targeting.variations.iter();
        Err(ItemError::NoResource {
            what: self.targeting.resource.what(),
            variations: variations.map(ToString::to_string).collect(),
        })
    }

    fn accept(&self, remote: &wire::Targeting) -> Result<(), ItemError> {
        if remote.archived && !self.ends {
            return Err(ItemError::Archived);
        }
        Variations::find(self.targeting, &remote.variations)?;
        self.here(remote).map(|_| ())
    }

    fn claim(&self, remote: &wire::Targeting) -> Claim {
        let environment = self.environment;
        match self.claimant {
            // Who marks nothing manages nothing but what is declared.
            None => Claim::Ours,
            Some(claimant) => claimant
                .claim_as(marks::owners(&remote.tags, environment), |owner| {
                    marks::name(owner, environment)
                }),
        }
    }

    fn revision(&self) -> Option<&Revision> {
        self.revision.as_ref()
    }

    fn revisions(&self, remote: &wire::Targeting) -> Vec<Revision> {
        match self.claimant {
            None => Vec::new(),
            Some(_) => marks::revisions(&remote.tags, self.environment),
        }
    }

    fn ends(&self) -> bool {
        self.ends
    }

    fn busy(&self, remote: &wire::Targeting) -> Result<Vec<BusyRule>, ItemError> {
        Goal::busy(self, remote)
    }

    fn changes(&self, remote: &wire::Targeting, marked: bool) -> Result<Vec<Change>, ItemError> {
        Goal::changes(self, remote, marked)
    }

    fn keeps_everything(&self, remote: &wire::Targeting, changes: &[Change]) -> bool {
        let here = self.here(remote);
        here.is_ok_and(|here| serves_nobody(remote, here)) || changes.iter().all(adds)
    }

    fn is_as_imported(&self, options: &Options, remote: &wire::Targeting) -> bool {
        options.is_targeting_as_imported(&self.targeting.resource, remote)
    }

    fn name(&self) -> String {
        self.targeting.resource.to_string()
    }

    fn parts(&self, from: &wire::Targeting, to: &wire::Targeting) -> Vec<(&'static str, bool)> {
        let here = |it: &wire::Targeting| {
            let here = it.environments.get(self.environment.as_str());
            here.cloned().unwrap_or_default()
        };
        let (was, is) = (here(from), here(to));
        let lists = (was.targets, was.context_targets) != (is.targets, is.context_targets);
        vec![
            ("archived", from.archived != to.archived),
            ("tags", from.tags != to.tags),
            ("variations", from.variations != to.variations),
            ("targets", lists),
            ("rules", was.rules != is.rules),
            ("fallthrough", was.fallthrough != is.fallthrough),
        ]
    }

    fn expected(&self, changes: &[Change], _guarded: bool) -> usize {
        EXPECTED + patch::count_of_targets(changes)
    }

    async fn read(&self, reader: &Reader) -> Result<Option<wire::Targeting>, FailedRequest> {
        reader.targeting(&self.targeting.resource).await
    }

    /// Sends what is served first, and the tags when that is done, so that a change that waits for an
    /// approval does not look like one that was made. Which form the service takes is found out once.
    async fn send(
        &self,
        writer: &Writer,
        step: Step<'_, wire::Targeting>,
        form: &mut Form,
    ) -> Result<wire::Targeting, ItemError> {
        let resource = &self.targeting.resource;
        let Some(seen) = step.seen else {
            unreachable!("what is missing is an error, so that nothing is planned for it")
        };
        let instructions = self.instructions(step.changes, seen, *form);
        let comment = step.comment;
        if instructions.is_empty() {
            return Ok(writer.tag(resource, step.changes, seen, comment).await?);
        }
        let may_be_disliked = *form == Form::Identifier && serves_one(&instructions);
        let send = |instructions| writer.patch_targeting(resource, comment.clone(), instructions);
        let disliked = match send(instructions).await {
            Err(failed) if may_be_disliked && matches!(failed.error, RequestError::Refused(_)) => {
                failed
            }
            sent => return Ok(sent?),
        };
        tracing::debug!(%resource, error = %disliked, "trying with weights");
        *form = Form::Weights;
        match send(self.instructions(step.changes, seen, *form)).await {
            // What the service said about the first form says more.
            Err(failed) if matches!(failed.error, RequestError::Refused(_)) => Err(disliked.into()),
            sent => Ok(sent?),
        }
    }

    fn approvable(
        &self,
        seen: &wire::Targeting,
        changes: &[Change],
    ) -> Option<(Approvable<'_>, Vec<Json>)> {
        let instructions = self.instructions(changes, seen, Form::Identifier);
        let json = instructions.iter();
        let json = json.map(|it| serde_json::to_value(it).unwrap_or_default());
        let json: Vec<_> = json.collect();
        (!json.is_empty()).then_some((Approvable::Targeting(&self.targeting.resource), json))
    }
}

impl Goal<'_> {
    fn instructions(
        &self,
        changes: &[Change],
        seen: &wire::Targeting,
        form: Form,
    ) -> Vec<TargetingInstruction> {
        match Variations::find(self.targeting, &seen.variations) {
            Ok(variations) => instructions(changes, &variations, form),
            // Then there were no changes to decide about.
            Err(_) => Vec::new(),
        }
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

/// The variation that an AI Config serves by default (seen in its value).
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
