//! Makes one targeting as declared.

use segments_model::wire;

use super::super::apply::{CORRECTIONS, Manner, also, look_again};
use super::super::approval;
use super::super::attempts::Attempts;
use super::super::change::Change;
use super::super::config::{Approvals, SyncConfig};
use super::super::decide::Terms;
use super::super::error::{Effect, RequestError};
use super::super::failed::FailedRequest;
use super::super::patch;
use super::super::report::{Action, ItemError, Moved, Outcome};
use super::super::writer::Writer;
use super::diff::Goal;
use super::instructions::{Form, instructions, serves_one};
use super::variations::Variations;

/// As many patches as it takes if nobody interferes, beside those that list contexts: rules, their
/// order, and tags.
const EXPECTED: usize = 3;

/// Compares, patches, and goes on from the answer until there is nothing left to change; then reads
/// once more, because the answer to a patch is not what SDKs are told.
pub(crate) struct Converge<'a> {
    pub(crate) writer: &'a Writer,
    pub(crate) config: &'a SyncConfig,
    pub(crate) goal: Goal<'a>,
    pub(crate) terms: Terms,
    pub(crate) manner: Manner,
    /// Who changes what, for the audit log.
    pub(crate) comment: &'a (dyn Fn(&[Change]) -> String + Sync),
}

impl Converge<'_> {
    /// Settles the targeting; `planned` is what was to be done, seeing `planned_from`.
    ///
    /// Instructions are not guarded by a version. So where nothing may be done that was not shown, it
    /// is read right before the first of them, and each answer has to be one version further.
    pub(crate) async fn settle(
        &self,
        planned_from: wire::Targeting,
        planned: &Action,
    ) -> Result<Outcome, ItemError> {
        let resource = &self.goal.targeting.resource;
        let exactly = self.manner == Manner::Exactly;
        let moved = |now: Option<&wire::Targeting>| {
            let environment = self.goal.environment;
            Outcome::Moved(Moved::targeting(&planned_from, now, environment))
        };
        let mut remote = match self.first_look(&planned_from).await {
            Err(failed) if failed.never_sent() => return Ok(Outcome::NotBegun(planned.clone())),
            found => found?,
        };
        let mut form = Form::Identifier;
        // What the service said about the first form.
        let mut disliked: Option<FailedRequest> = None;
        let mut sent = 0;
        let mut attempts = Attempts::new();
        // What this process did, or may have done.
        let mut own: Option<Action> = None;
        let mut reread = true;
        let expected = EXPECTED + patch::count_of_targets(planned.changes());
        loop {
            let decided = self.goal.decide(remote.as_ref(), self.terms);
            let (action, seen) = match (decided, &remote) {
                (Outcome::Unchanged, _) if !reread => {
                    remote = self.writer.reader.targeting(resource).await?;
                    reread = true;
                    continue;
                }
                (Outcome::Unchanged, _) => {
                    return Ok(own.map_or(Outcome::Unchanged, Outcome::Applied));
                }
                (Outcome::Planned(action), Some(seen)) => (action, seen),
                (settled, _) => return Ok(settled),
            };
            if exactly && !planned.shows(&action) {
                return Ok(moved(Some(seen)));
            }
            if sent >= expected + CORRECTIONS {
                if let Some(failed) = attempts.give_up() {
                    return Err(failed.into());
                }
                return Err(ItemError::NotConverged {
                    patches: sent,
                    left: action.changes().to_vec(),
                });
            }
            sent += 1;
            let failed = match self.patch(&action, seen, form).await {
                Ok(answer) if exactly && answer.version > seen.version + 1 => {
                    return Ok(moved(Some(&answer)));
                }
                Ok(answer) => {
                    also(&mut own, action);
                    attempts = Attempts::new();
                    remote = Some(answer);
                    reread = false;
                    continue;
                }
                Err((failed, _)) if waits(&failed.error) => {
                    return self.wait(&action, seen, failed).await;
                }
                Err((failed, true))
                    if matches!(failed.error, RequestError::Refused(_))
                        && form == Form::Identifier =>
                {
                    tracing::debug!(%resource, error = %failed, "trying with weights");
                    form = Form::Weights;
                    disliked = Some(failed);
                    continue;
                }
                Err((failed, _)) => attempts.failed(failed),
            };
            if !look_again(&failed.error) {
                return Err(failed.into());
            }
            if failed.error.effect() == Effect::Unknown {
                also(&mut own, action);
            }
            tracing::debug!(%resource, error = %failed, "looking again");
            let client = &self.writer.reader.client;
            if client.pause(attempts.count).await.is_err() {
                return Err(failed.into());
            }
            let Ok(found) = self.writer.reader.targeting(resource).await else {
                return Err(failed.into());
            };
            let same = found.as_ref().map(|found| found.version)
                == remote.as_ref().map(|remote| remote.version);
            let definite = matches!(
                failed.error,
                RequestError::Refused(_) | RequestError::NotFound(_)
            );
            if same && definite {
                return Err(disliked.unwrap_or(failed).into());
            }
            remote = found;
            reread = true;
        }
    }

    /// What the service shows now, where nothing may be done that was not shown; else what the plan saw.
    async fn first_look(
        &self,
        planned_from: &wire::Targeting,
    ) -> Result<Option<wire::Targeting>, FailedRequest> {
        match self.manner {
            Manner::Exactly => {
                let resource = &self.goal.targeting.resource;
                self.writer.reader.targeting(resource).await
            }
            Manner::Converge => Ok(Some(planned_from.clone())),
        }
    }

    /// Sends the next patch: what is served first, and the tags when that is done, so that a change
    /// that waits for an approval does not look like one that was made. With the error comes whether
    /// the patch said anywhere that one variation is served.
    async fn patch(
        &self,
        action: &Action,
        seen: &wire::Targeting,
        form: Form,
    ) -> Result<wire::Targeting, (FailedRequest, bool)> {
        let resource = &self.goal.targeting.resource;
        let changes = action.changes();
        let comment = (self.comment)(changes);
        let instructions = self.instructions(changes, seen, form);
        if instructions.is_empty() {
            let tagged = self.writer.tag(resource, changes, seen, comment).await;
            return tagged.map_err(|error| (error, false));
        }
        let one = serves_one(&instructions);
        let patched = self
            .writer
            .patch_targeting(resource, comment, instructions)
            .await;
        patched.map_err(|error| (error, one))
    }

    fn instructions(
        &self,
        changes: &[Change],
        seen: &wire::Targeting,
        form: Form,
    ) -> Vec<wire::TargetingInstruction> {
        match Variations::find(self.goal.targeting, &seen.variations) {
            Ok(variations) => instructions(changes, &variations, form),
            // Then there were no changes to decide about.
            Err(_) => Vec::new(),
        }
    }

    /// Asks for an approval, or says what runs there.
    async fn wait(
        &self,
        action: &Action,
        seen: &wire::Targeting,
        refused: FailedRequest,
    ) -> Result<Outcome, ItemError> {
        match refused.error {
            RequestError::Running(_) => self.left_alone(refused).await,
            _ => self.ask(action, seen, refused).await,
        }
    }

    /// Says what runs there, if the service shows it by now.
    async fn left_alone(&self, refused: FailedRequest) -> Result<Outcome, ItemError> {
        let resource = &self.goal.targeting.resource;
        let remote = self.writer.reader.targeting(resource).await;
        match remote.map(|remote| self.goal.decide(remote.as_ref(), self.terms)) {
            Ok(busy @ Outcome::Busy { .. }) => Ok(busy),
            _ => Err(refused.into()),
        }
    }

    /// Asks for an approval, if that is wanted.
    async fn ask(
        &self,
        action: &Action,
        seen: &wire::Targeting,
        refused: FailedRequest,
    ) -> Result<Outcome, ItemError> {
        if self.config.options.approvals != Approvals::Request {
            return Err(refused.into());
        }
        let resource = &self.goal.targeting.resource;
        let changes = action.changes();
        let request = approval::Wanted {
            of: approval::Approvable::Targeting(resource),
            description: format!("{resource}: {}", (self.comment)(changes)),
            instructions: self.instructions(changes, seen, Form::Identifier),
        };
        let approval = approval::open(self.writer, request).await?;
        Ok(Outcome::AwaitingApproval { approval })
    }
}

/// Returns whether somebody else has to act before the request is taken.
fn waits(error: &RequestError) -> bool {
    matches!(
        error,
        RequestError::ApprovalRequired(_) | RequestError::Running(_)
    )
}
