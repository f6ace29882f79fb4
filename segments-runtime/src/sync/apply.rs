//! Does what a plan says.

use std::collections::HashSet;
use std::iter;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{Either, select};
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use segments_model::{Definition, SegmentKey, wire};
use tokio::time::Instant;

use super::approval;
use super::attempts::Attempts;
use super::change::Change;
use super::client::{Client, TooLate};
use super::config::{Approvals, SyncConfig, SyncMode};
use super::decide::{Terms, decide};
use super::diff::Goal;
use super::error::{Effect, RequestError, SyncError};
use super::failed::FailedRequest;
use super::kinds;
use super::ownership::{Claimant, Owner};
use super::patch::{self, Patch};
use super::plan::{Plan, Task, Work};
use super::progress::ProgressEvent;
use super::prune::{self, Census};
use super::reader::Reader;
use super::report::{Action, ItemError, Keep, Moved, Outcome, Report};
use super::revision::InForce;
use super::targeting::{self, Converge};
use super::writer::Writer;

/// How many patches more than planned a segment may take because somebody interferes.
pub(crate) const CORRECTIONS: usize = 6;

/// What to do where the service has moved since the plan was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Nothing that was not shown: somebody has read the plan and said yes.
    Exactly,
    /// Whatever makes it as declared: nobody has read the plan, and many processes do the same.
    Converge,
}

/// Settles every segment that is due: those that others ask first, each by one writer, several at
/// once, beginning nothing more once `stop` is ready. Dropping the future stops between two requests
/// or during one; the next sync goes on from what it finds.
pub(crate) async fn apply(
    plan: Plan,
    client: Arc<Client>,
    config: &SyncConfig,
    manner: Manner,
    stop: impl Future<Output = ()>,
) -> Result<Report, SyncError> {
    let stopped = AtomicBool::new(false);
    let settled = pin!(settle(plan, client, config, manner, &stopped, false));
    match select(pin!(stop), settled).await {
        Either::Right((report, _)) => report,
        Either::Left(((), settled)) => {
            stopped.store(true, Ordering::Relaxed);
            settled.await
        }
    }
}

/// The same among replicas that do it, too: the first segment goes alone, and nothing more is begun
/// once something that was due turns out to be another one's work. What is left stays due.
pub(crate) async fn apply_in_turn(
    plan: Plan,
    client: Arc<Client>,
    config: &SyncConfig,
    polite: bool,
) -> Result<Report, SyncError> {
    let never = AtomicBool::new(false);
    settle(plan, client, config, Manner::Converge, &never, polite).await
}

async fn settle(
    plan: Plan,
    client: Arc<Client>,
    config: &SyncConfig,
    manner: Manner,
    stopped: &AtomicBool,
    polite: bool,
) -> Result<Report, SyncError> {
    let started = Instant::now();
    let Plan {
        mut report,
        work,
        targetings,
        in_force,
        origin: _,
        sightings: _,
        asks: _,
    } = plan;
    let before = client.requests();
    let planned = report.requests;
    report.mode = SyncMode::Apply;
    let writer = Writer {
        reader: Reader::new(client.clone(), config),
    };
    kinds::create(&writer, &mut report.kinds).await;

    let settler = Settler {
        writer,
        config,
        claimant: config.claimant().declaring(),
        in_force,
        manner,
        stopped,
        polite,
    };
    let mut done = Progressed {
        done: 0,
        total: work.len() + targetings.len(),
    };
    let (mut settling, mut deleting): (Vec<_>, Vec<_>) = work
        .into_iter()
        .partition(|work| matches!(work.task, Task::Settle { .. }));
    settling.sort_by_key(|work| work.depth);
    deleting.sort_by_key(|work| work.depth);
    let mut missing: HashSet<String> = HashSet::new();
    for wave in settling.chunk_by(|left, right| left.depth == right.depth) {
        settler
            .wave(wave, &mut report, &mut missing, &mut done)
            .await;
    }
    // What is served comes after the segments that it asks, and before those that it asked go.
    settler
        .targetings(&targetings, &mut report, &missing, &mut done)
        .await;
    for wave in deleting.chunk_by(|left, right| left.depth == right.depth) {
        settler.delete(wave, &mut report, &mut done).await;
    }
    let sent = client.requests();
    report.requests = planned;
    report.requests.reads += sent.reads - before.reads;
    report.requests.writes += sent.writes - before.writes;
    report.elapsed += started.elapsed();
    report.complete()
}

/// How much is done of all that is due.
struct Progressed {
    done: usize,
    total: usize,
}

impl Progressed {
    fn tell(&mut self, config: &SyncConfig, key: &str, outcome: &Outcome) {
        self.done += 1;
        match outcome {
            Outcome::Failed(error) => tracing::warn!(%key, %error, "not settled"),
            Outcome::Refused { reason, .. } => tracing::warn!(%key, error = %reason, "not settled"),
            _ => tracing::debug!(%key, "settled"),
        }
        config.options.progress.tell(ProgressEvent::Settled {
            key,
            outcome,
            done: self.done,
            total: self.total,
        });
    }
}

struct Settler<'a> {
    writer: Writer,
    config: &'a SyncConfig,
    /// Who declares.
    claimant: Claimant,
    in_force: InForce,
    manner: Manner,
    /// Whether nothing more is to be begun.
    stopped: &'a AtomicBool,
    /// Whether to stop when others turn out to do the same.
    polite: bool,
}

impl Settler<'_> {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Settles segments that do not reference each other, several at once.
    async fn wave(
        &self,
        wave: &[Work],
        report: &mut Report,
        missing: &mut HashSet<String>,
        done: &mut Progressed,
    ) {
        let mut waiting = wave.iter();
        let mut running = FuturesUnordered::new();
        let mut outcomes = Vec::with_capacity(wave.len());
        loop {
            let alone = self.polite && done.done == 0;
            let most = if alone {
                1
            } else {
                self.config.options.concurrency
            };
            let free = most.saturating_sub(running.len());
            let free = if self.is_stopped() { 0 } else { free };
            for work in waiting.by_ref().take(free) {
                let planned = &report.segments[work.place].outcome;
                running.push(self.settle(work, planned, missing));
            }
            let Some((place, outcome)) = running.next().await else {
                break;
            };
            done.tell(self.config, report.segments[place].key.as_str(), &outcome);
            // It was due, and is as declared without this process.
            if self.polite && matches!(outcome, Outcome::Unchanged) {
                self.stopped.store(true, Ordering::Relaxed);
            }
            outcomes.push((place, outcome));
        }
        drop(running);
        for (place, outcome) in outcomes {
            let segment = &mut report.segments[place];
            let was_missing = matches!(segment.outcome, Outcome::Planned(Action::Create { .. }));
            if was_missing && outcome.is_failure() {
                missing.insert(segment.key.to_string());
            }
            segment.outcome = outcome;
        }
    }

    /// Settles what AI Configs and flags serve, several at once.
    async fn targetings(
        &self,
        work: &[targeting::Work],
        report: &mut Report,
        missing: &HashSet<String>,
        done: &mut Progressed,
    ) {
        let planned = &report.targetings;
        let settling: Vec<_> = work
            .iter()
            .map(|work| self.settle_targeting(work, &planned[work.place].outcome, missing))
            .collect();
        let mut waiting = settling.into_iter();
        let begun = iter::from_fn(move || {
            if self.is_stopped() {
                None
            } else {
                waiting.next()
            }
        });
        let mut settling = stream::iter(begun).buffer_unordered(self.config.options.concurrency);
        let mut outcomes = Vec::with_capacity(work.len());
        while let Some((place, outcome)) = settling.next().await {
            done.tell(self.config, planned[place].resource.key(), &outcome);
            outcomes.push((place, outcome));
        }
        drop(settling);
        for (place, outcome) in outcomes {
            report.targetings[place].outcome = outcome;
        }
    }

    async fn settle_targeting(
        &self,
        work: &targeting::Work,
        planned: &Outcome,
        missing: &HashSet<String>,
    ) -> (usize, Outcome) {
        let asked = work.targeting.references();
        if let Some(key) = asked.iter().find(|key| missing.contains(**key)) {
            let key = (*key).to_owned();
            return (work.place, Outcome::Failed(ItemError::WaitsFor { key }));
        }
        let goal = targeting::Goal::of(self.config, &work.targeting, &self.claimant);
        let converge = Converge {
            writer: &self.writer,
            config: self.config,
            goal: if work.ends { goal.ending() } else { goal },
            terms: targeting::imported(
                self.config,
                &work.targeting.resource,
                &work.remote,
                self.terms(None, false),
            ),
            manner: self.manner,
            comment: &|changes| comment(self.config, &self.claimant.owner, changes),
        };
        let Outcome::Planned(planned) = planned else {
            return (work.place, planned.clone());
        };
        let remote = work.remote.as_ref().clone();
        let result = converge.settle(remote, planned).await;
        (work.place, result.unwrap_or_else(Outcome::Failed))
    }

    fn terms(&self, key: Option<&SegmentKey>, imported: bool) -> Terms {
        let options = &self.config.options;
        Terms {
            adoption: match key {
                Some(key) => options.adoption_of(key.as_str()),
                None => options.adoption,
            },
            imported,
            override_running: self.config.options.override_running,
            in_force: self.in_force,
        }
    }

    /// Settles one segment, and says which.
    async fn settle(
        &self,
        work: &Work,
        planned: &Outcome,
        missing: &HashSet<String>,
    ) -> (usize, Outcome) {
        let (Task::Settle { definition, remote }, Outcome::Planned(planned)) =
            (&work.task, planned)
        else {
            return (work.place, planned.clone());
        };
        let asked = definition.references();
        if let Some(key) = asked.iter().find(|key| missing.contains(**key)) {
            let key = (*key).to_owned();
            return (work.place, Outcome::Failed(ItemError::WaitsFor { key }));
        }
        let mut made = None;
        let remote = remote.as_deref();
        let result = self.converge(definition, remote, planned, &mut made).await;
        let outcome = match (result, made) {
            (Ok(outcome), _) => outcome,
            (Err(error), Some(made)) => Outcome::Failed(self.unmake(&made, error).await),
            (Err(error), None) => Outcome::Failed(error),
        };
        (work.place, outcome)
    }

    /// Compares, patches, and goes on from the answer until there is nothing left to change. An
    /// answer that shows something else, one that was lost, and a change by somebody else all lead
    /// to the same place: look at what is there, and send what is still missing, if that was shown.
    ///
    /// `made` is the segment as this made it, as long as it is without lists and rules.
    async fn converge(
        &self,
        definition: &Definition,
        planned_from: Option<&wire::Segment>,
        planned: &Action,
        made: &mut Option<wire::Segment>,
    ) -> Result<Outcome, ItemError> {
        let options = &self.config.options;
        let goal = Goal::new(definition, &self.claimant, options.revision);
        let key = &definition.key;
        let exactly = self.manner == Manner::Exactly;
        let guarded = exactly || options.revision.is_some();
        let expected = 1 + patch::count(planned.changes(), guarded);
        let mut remote = planned_from.cloned();
        let mut sent = 0;
        let mut attempts = Attempts::new();
        // Once a patch has gone through, what differs from the import is our own doing.
        let mut ours = false;
        // What this process did, or may have done.
        let mut own: Option<Action> = None;
        loop {
            let as_imported = |remote| options.is_as_imported(remote);
            let imported = ours || remote.as_ref().is_some_and(as_imported);
            let decided = decide(&goal, remote.as_ref(), self.terms(Some(key), imported));
            let (action, seen) = match (decided, remote.as_ref()) {
                (Outcome::Unchanged, _) => {
                    return Ok(own.map_or(Outcome::Unchanged, Outcome::Applied));
                }
                (Outcome::Planned(action), seen) => (action, seen),
                (settled, _) => return Ok(settled),
            };
            if exactly && !planned.shows(&action) {
                let from = made.as_ref().or(planned_from);
                return Ok(Outcome::Moved(Moved::segment(from, seen)));
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
            let result = match seen {
                None => self.writer.create(&goal.create()).await,
                Some(seen) => {
                    let changes = action.changes();
                    let patch = patch::next(changes, seen, guarded);
                    let comment = comment(self.config, &self.claimant.owner, changes);
                    self.writer.patch(key, comment, patch).await
                }
            };
            let failed = match result {
                Ok(answer) => {
                    *made = seen.is_none().then(|| answer.clone());
                    ours = imported;
                    also(&mut own, action);
                    attempts = Attempts::new();
                    remote = Some(answer);
                    continue;
                }
                Err(failed) if matches!(failed.error, RequestError::ApprovalRequired(_)) => {
                    // Without approval it can neither be filled, nor would the next sync be another.
                    *made = None;
                    return self.ask(definition, &action, remote.as_ref(), failed).await;
                }
                Err(failed) => attempts.failed(failed),
            };
            if failed.never_sent() && own.is_none() {
                return Ok(Outcome::NotBegun(planned.clone()));
            }
            if !look_again(&failed.error) {
                return Err(failed.into());
            }
            if failed.error.effect() == Effect::Unknown {
                also(&mut own, action);
            }
            tracing::debug!(%key, error = %failed, "looking again");
            let Ok(found) = self.look_after(key, &failed, attempts.count).await else {
                return Err(failed.into());
            };
            // The refusal of a change to the very segment that was seen will not go away.
            let same = found.as_ref().map(|found| found.version)
                == remote.as_ref().map(|remote| remote.version);
            let definite = matches!(
                failed.error,
                RequestError::Refused(_) | RequestError::NotFound(_)
            );
            if same && definite {
                return Err(failed.into());
            }
            remote = found;
        }
    }

    /// Reads a segment again after a write failed. Who made it first needs a moment for what belongs
    /// in it. What fails here follows from the write, which says more.
    async fn look_after(
        &self,
        key: &SegmentKey,
        failed: &FailedRequest,
        attempt: u32,
    ) -> Result<Option<wire::Segment>, TooLate> {
        let client = &self.writer.reader.client;
        if matches!(failed.error, RequestError::KeyExists(_)) {
            client.wait(self.config.options.retry.first).await?;
        }
        client.pause(attempt).await?;
        self.writer.reader.segment(key).await.map_err(|error| {
            tracing::debug!(%key, %error, "could not look again");
            TooLate
        })
    }

    /// Removes a segment that was made a moment ago and could not be given its lists and rules:
    /// nobody is in it, and who asks for those that are not in it gets everybody.
    async fn unmake(&self, made: &wire::Segment, error: ItemError) -> ItemError {
        let Ok(key) = SegmentKey::parse(made.key.clone()) else {
            return error;
        };
        let removed = match self.writer.reader.segment(&key).await {
            Ok(Some(found)) if found.version == made.version => {
                self.writer.delete(&key).await.map(|_| ())
            }
            // Somebody else has gone on with it.
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        match removed {
            Ok(()) => error,
            Err(left) => ItemError::LeftEmpty {
                error: Box::new(error),
                left: Box::new(left),
            },
        }
    }

    /// Deletes segments that ask each other no more, one after the other, each only if what the
    /// service answers right before speaks for it.
    async fn delete(&self, wave: &[Work], report: &mut Report, done: &mut Progressed) {
        if self.is_stopped() {
            return;
        }
        let config = self.config;
        let claimant = config.claimant();
        let reader = &self.writer.reader;
        let mut census = Census::take(reader, config.options.concurrency, &claimant).await;
        let known = wave
            .iter()
            .map(|work| report.segments[work.place].key.as_str());
        let settled = report.segments.iter().filter(|it| it.outcome.is_settled());
        let known: Vec<String> = settled
            .map(|segment| segment.key.as_str())
            .chain(known)
            .map(str::to_owned)
            .collect();
        census.has_to_show(known.iter().map(String::as_str));
        let newer = census
            .newest
            .filter(|newest| Some(*newest) > config.options.revision);
        let terms = prune::Terms::of(config, &claimant);
        for work in wave {
            let (Task::Delete { key, segment }, Outcome::Planned(planned)) =
                (&work.task, report.segments[work.place].outcome.clone())
            else {
                continue;
            };
            if self.is_stopped() {
                return;
            }
            let mut keep = census.against(key.as_str(), |_| false);
            keep.extend(newer.map(|revision| Keep::Superseded { revision }));
            let outcome = match self.delete_one(key, segment.version, keep, &terms).await {
                Err(Outcome::Failed(ItemError::Request(failed))) if failed.never_sent() => {
                    Outcome::NotBegun(planned)
                }
                Ok(()) => Outcome::Applied(planned),
                Err(outcome) => outcome,
            };
            done.tell(config, key.as_str(), &outcome);
            report.segments[work.place].outcome = outcome;
        }
    }

    async fn delete_one(
        &self,
        key: &SegmentKey,
        version: u64,
        mut keep: Vec<Keep>,
        terms: &prune::Terms,
    ) -> Result<(), Outcome> {
        let failed = |error: FailedRequest| Outcome::Failed(error.into());
        let read = self.writer.reader.segment(key).await.map_err(failed)?;
        // That it is gone already is what was wanted.
        let Some(segment) = read else {
            return Ok(());
        };
        if segment.version != version {
            let (from, to) = (version, segment.version);
            keep.push(Keep::Changed { from, to });
        }
        keep.extend(terms.against(&segment, |_| false));
        if !keep.is_empty() {
            return Err(Outcome::InUse { because: keep });
        }
        // Whoever deletes it, it is gone.
        self.writer.delete(key).await.map(|_| ()).map_err(failed)
    }

    /// Asks for an approval, if that is wanted.
    async fn ask(
        &self,
        definition: &Definition,
        action: &Action,
        remote: Option<&wire::Segment>,
        refused: FailedRequest,
    ) -> Result<Outcome, ItemError> {
        let key = &definition.key;
        if let (Approvals::Request, Some(remote)) = (self.config.options.approvals, remote) {
            let changes = action.changes();
            // Approvals take nothing but instructions.
            if let Patch::Semantic(instructions) = patch::next(changes, remote, false) {
                let comment = comment(self.config, &self.claimant.owner, changes);
                let wanted = approval::Wanted {
                    of: approval::Approvable::Segment(key),
                    description: format!("Segment {key}: {comment}"),
                    instructions,
                };
                let approval = approval::open(&self.writer, wanted).await?;
                return Ok(Outcome::AwaitingApproval { approval });
            }
        }
        Err(refused.into())
    }
}

/// Adds what was just done to what this process did before.
pub(crate) fn also(own: &mut Option<Action>, action: Action) {
    match own {
        Some(own) => own.add(&action),
        None => *own = Some(action),
    }
}

/// What every comment has, so that the audit log tells our changes from those of people.
pub(crate) const SIGNATURE: &str = " (segments-runtime ";

/// Who changes what, for the audit log.
pub(crate) fn comment(config: &SyncConfig, owner: &Owner, changes: &[Change]) -> String {
    const LONGEST: usize = 500;
    let mut comment = match &config.options.program {
        Some((name, version)) => format!("{name} {version}"),
        None => owner.to_string(),
    };
    comment.push_str(SIGNATURE);
    comment.push_str(concat!(env!("CARGO_PKG_VERSION"), "): "));
    if let Some(why) = &config.options.comment {
        // Half of the room is for what changed.
        comment.extend(why.chars().take(LONGEST / 2));
        comment.push_str(": ");
    }
    for (index, change) in changes.iter().enumerate() {
        let text = change.to_string();
        let separator = if index == 0 { "" } else { "; " };
        if comment.len() + separator.len() + text.len() > LONGEST {
            comment.push_str(separator);
            comment.push_str(&left(changes.len() - index, index > 0));
            break;
        }
        comment.push_str(separator);
        comment.push_str(&text);
    }
    comment
}

/// What is not said for want of room: `and 2 more changes`.
fn left(count: usize, more: bool) -> String {
    let plural = if count == 1 { "" } else { "s" };
    if more {
        format!("and {count} more change{plural}")
    } else {
        format!("{count} change{plural}")
    }
}

/// Returns whether the segment has to be read before it is known what to do: the request may have taken
/// effect, or it was about a segment that is not there any more as it was seen.
pub(crate) fn look_again(error: &RequestError) -> bool {
    match error {
        RequestError::ResponseLost { .. }
        | RequestError::UnexpectedResponse { .. }
        | RequestError::Server(_)
        | RequestError::Conflict(_)
        | RequestError::KeyExists(_)
        | RequestError::NotFound(_)
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
