//! Makes one resource as declared: the loop for every kind.

use super::approval::{self, NewApproval};
use super::attempts::Attempts;
use super::client::TooLate;
use super::comment::comment;
use super::config::{Approvals, SyncConfig};
use super::decide::{Terms, decide};
use super::failed::FailedRequest;
use super::manner::Manner;
use super::ownership::Owner;
use super::report::{Action, ItemError, Outcome};
use super::request_error::{Effect, RequestError};
use super::revision::InForce;
use super::syncable::{Step, Syncable, Versioned};
use super::writer::Writer;

/// How many patches more than planned a resource may take because somebody interferes.
const CORRECTIONS: usize = 6;

/// Compares, patches, and goes on from the answer until there is nothing left to change. An answer that
/// shows something else, one that was lost, and a change by somebody else all lead to the same place: look
/// at what is there, and send what is still missing, if that was shown.
pub(crate) struct Converge<'a, G: Syncable> {
    pub(crate) writer: &'a Writer,
    pub(crate) config: &'a SyncConfig,
    pub(crate) goal: G,
    pub(crate) in_force: InForce,
    pub(crate) manner: Manner,
    /// The author of the changes, for the audit log.
    pub(crate) owner: &'a Owner,
    /// Whom it moves, in words.
    pub(crate) effect: &'a [String],
}

/// How far a resource has come.
struct Progress<G: Syncable> {
    /// As it was seen last.
    remote: Option<G::Remote>,
    /// As this process made it, as long as it is without what belongs in it.
    made: Option<G::Remote>,
    /// Whether it was read since the last patch.
    read: bool,
    /// The action that this process took, or may have taken.
    own: Option<Action>,
    /// Whether this process itself made the differences from the import.
    imported: bool,
    sent: usize,
    attempts: Attempts,
    dialect: G::Dialect,
}

impl<G: Syncable> Converge<'_, G> {
    /// Settles the resource; `planned` is what was to be done, seeing `planned_from`.
    pub(crate) async fn settle(
        &self,
        planned_from: Option<&G::Remote>,
        planned: &Action,
    ) -> Outcome {
        let mut progress = Progress::<G> {
            remote: planned_from.cloned(),
            made: None,
            read: true,
            own: None,
            imported: false,
            sent: 0,
            attempts: Attempts::new(),
            dialect: G::Dialect::default(),
        };
        match self.run(&mut progress, planned_from, planned).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Failed(match &progress.made {
                Some(made) => self.goal.unmake(self.writer, made, error).await,
                None => error,
            }),
        }
    }

    async fn run(
        &self,
        progress: &mut Progress<G>,
        planned_from: Option<&G::Remote>,
        planned: &Action,
    ) -> Result<Outcome, ItemError> {
        let exactly = self.manner == Manner::Exactly;
        // What nothing guards is read right before, and each answer has to be one version further.
        let watched = exactly && !G::GUARDED;
        if watched {
            progress.remote = match self.goal.read(&self.writer.reader).await {
                Err(failed) if failed.never_sent() => {
                    return Ok(Outcome::NotBegun(planned.clone()));
                }
                found => found?,
            };
        }
        let guarded = exactly || self.config.options.revision.is_some();
        let most = self.goal.expected(planned.due(), guarded) + CORRECTIONS;
        loop {
            let remote = progress.remote.as_ref();
            let terms = self.terms(progress);
            let action = match decide(&self.goal, remote, terms) {
                Outcome::Unchanged if G::READS_AGAIN && !progress.read => {
                    progress.remote = self.goal.read(&self.writer.reader).await?;
                    progress.read = true;
                    continue;
                }
                Outcome::Unchanged => {
                    let own = progress.own.take();
                    return Ok(own.map_or(Outcome::Unchanged, Outcome::Applied));
                }
                Outcome::Planned(action) => action,
                settled => return Ok(settled),
            };
            if exactly && !planned.shows(&action) {
                let from = progress.made.as_ref().or(planned_from);
                return Ok(Outcome::Moved(self.goal.moved(from, remote)));
            }
            if progress.sent >= most {
                return Err(progress.attempts.give_up().map_or_else(
                    || ItemError::NotConverged {
                        patches: progress.sent,
                        left: action.changes().to_vec(),
                    },
                    ItemError::from,
                ));
            }
            progress.sent += 1;
            let step = Step {
                seen: remote,
                changes: action.changes(),
                guarded,
                comment: self.comment(&action),
            };
            let sent = self.goal.send(self.writer, step, &mut progress.dialect);
            match sent.await {
                Ok(answer) if watched && skipped(remote, &answer) => {
                    return Ok(Outcome::Moved(self.goal.moved(planned_from, Some(&answer))));
                }
                Ok(answer) => {
                    progress.made = remote.is_none().then(|| answer.clone());
                    progress.imported = terms.imported;
                    progress.attempts = Attempts::new();
                    progress.read = false;
                    progress.remote = Some(answer);
                    progress.did(action);
                }
                Err(ItemError::Request(failed)) if waits(&failed.error) => {
                    let outcome = self.wait(&action, progress, failed).await?;
                    // It waits for what was asked for.
                    progress.made = None;
                    return Ok(outcome);
                }
                Err(ItemError::Request(failed)) => {
                    let late = failed.error.is_lack_of_time();
                    let failed = progress.attempts.failed(failed);
                    if failed.never_sent() && progress.own.is_none() {
                        return Ok(Outcome::NotBegun(planned.clone()));
                    }
                    if late || !look_again(&failed.error) {
                        return Err(failed.into());
                    }
                    if failed.error.effect() == Effect::Unknown {
                        progress.imported = terms.imported;
                        progress.did(action);
                    }
                    self.look_after(progress, failed).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn terms(&self, progress: &Progress<G>) -> Terms {
        let remote = progress.remote.as_ref();
        let mut terms = Terms::new(&self.goal, remote, &self.config.options, self.in_force);
        terms.imported |= progress.imported;
        terms
    }

    fn comment(&self, action: &Action) -> String {
        comment(self.config, self.owner, action.changes(), self.effect)
    }

    /// Reads again after a write failed. What fails here follows from the write, which says more, and the
    /// refusal of a change to the very version that was seen will not go away.
    async fn look_after(
        &self,
        progress: &mut Progress<G>,
        failed: FailedRequest,
    ) -> Result<(), FailedRequest> {
        let name = self.goal.name();
        tracing::debug!(key = %name, error = %failed, "looking again");
        let Ok(()) = self.pause(&failed, progress.attempts.count).await else {
            return Err(failed);
        };
        let found = match self.goal.read(&self.writer.reader).await {
            Ok(found) => found,
            Err(error) => {
                tracing::debug!(key = %name, %error, "could not look again");
                return Err(failed);
            }
        };
        let version = |remote: &Option<G::Remote>| remote.as_ref().map(Versioned::version);
        let definite = matches!(
            failed.error,
            RequestError::Refused(_) | RequestError::NotFound(_)
        );
        if definite && version(&found) == version(&progress.remote) {
            return Err(failed);
        }
        progress.remote = found;
        progress.read = true;
        Ok(())
    }

    /// Waits before another look. Who made it first needs a moment for what belongs in it.
    async fn pause(&self, failed: &FailedRequest, attempt: u32) -> Result<(), TooLate> {
        let client = &self.writer.reader.client;
        if matches!(failed.error, RequestError::KeyExists(_)) {
            client.wait(self.config.options.retry.first).await?;
        }
        client.pause(attempt).await
    }

    /// Asks for an approval, if that is wanted, or says what runs there, if the service shows it by now.
    async fn wait(
        &self,
        action: &Action,
        progress: &Progress<G>,
        refused: FailedRequest,
    ) -> Result<Outcome, ItemError> {
        if matches!(refused.error, RequestError::Running(_)) {
            let Ok(remote) = self.goal.read(&self.writer.reader).await else {
                return Err(refused.into());
            };
            return match decide(&self.goal, remote.as_ref(), self.terms(progress)) {
                busy @ Outcome::Busy { .. } => Ok(busy),
                _ => Err(refused.into()),
            };
        }
        if self.config.options.approvals == Approvals::Request
            && let Some(seen) = &progress.remote
            && let Some((of, instructions)) = self.goal.approvable(seen, action.changes())
        {
            let description = format!("{of}: {}", self.comment(action));
            let new = NewApproval {
                description,
                instructions,
            };
            let approval = approval::open(self.writer, &of, new).await?;
            return Ok(Outcome::AwaitingApproval { approval });
        }
        Err(refused.into())
    }
}

impl<G: Syncable> Progress<G> {
    /// Adds what was just done to what this process did before.
    fn did(&mut self, action: Action) {
        match &mut self.own {
            Some(own) => own.add(&action),
            None => self.own = Some(action),
        }
    }
}

/// Returns whether somebody else changed it between what was seen and the answer.
fn skipped<R: Versioned>(seen: Option<&R>, answer: &R) -> bool {
    seen.is_some_and(|seen| answer.version() > seen.version() + 1)
}

/// Returns whether somebody else has to act before the request is taken.
fn waits(error: &RequestError) -> bool {
    matches!(
        error,
        RequestError::ApprovalRequired(_) | RequestError::Running(_)
    )
}

/// Returns whether the resource has to be read before it is known what to do: the request may have taken
/// effect, or it was about something that is not there any more as it was seen.
fn look_again(error: &RequestError) -> bool {
    match error {
        RequestError::ResponseLost { .. }
        | RequestError::UnexpectedResponse { .. }
        | RequestError::Server(_)
        | RequestError::Conflict(_)
        | RequestError::KeyExists(_)
        | RequestError::NotFound(_)
        | RequestError::NoProject(_)
        | RequestError::NoEnvironment(_)
        | RequestError::Refused(_) => true,
        RequestError::Unreachable { .. }
        | RequestError::Deadline(_)
        | RequestError::NoBudget { .. }
        | RequestError::Redirect { .. }
        | RequestError::ResponseTooLarge { .. }
        | RequestError::Unauthorized(_)
        | RequestError::Forbidden(_)
        | RequestError::ApprovalRequired(_)
        | RequestError::Running(_)
        | RequestError::RateLimited { .. } => false,
    }
}
