//! Applies a plan.

use std::collections::HashSet;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use segments_model::{Definition, MetricKey, SegmentKey};
use tokio::time::Instant;

use super::client::Client;
use super::client::connect;
use super::config::{SyncConfig, SyncMode};
use super::converge::Converge;
use super::diff;
use super::error::SyncError;
use super::failed::FailedRequest;
use super::kinds;
use super::manner::Manner;
use super::measured::{ExperimentGoal, MetricGoal};
use super::moves::Moving;
use super::ownership::Claimant;
use super::plan::Origin;
use super::plan::{Plan, Stage, Task, Work, against};
use super::progress::ProgressEvent;
use super::prune::{self, Census, User};
use super::reader::Reader;
use super::report::{Action, ItemError, Keep, Outcome, Report, ReportItem, Row};
use super::revision::InForce;
use super::runtime;
use super::syncable::{Syncable, Versioned};
use super::targeting;
use super::writer::Writer;

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
    // Boxed, so that what waits for a sync stays small.
    let settled = Box::pin(settle(plan, client, config, manner, &stopped, false));
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
    Box::pin(settle(
        plan,
        client,
        config,
        Manner::Converge,
        &never,
        polite,
    ))
    .await
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
        mut work,
        in_force,
        origin: _,
        sightings: _,
        now,
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
        now,
    };
    let mut done = Progressed {
        done: 0,
        total: work.len(),
    };
    work.sort_by_key(Work::turn);
    let mut missing: HashSet<String> = HashSet::new();
    let (deletions, settling): (Vec<Work>, Vec<Work>) = work
        .into_iter()
        .partition(|work| work.task.stage() == Stage::Deletions);
    for wave in settling.chunk_by(|left, right| left.turn() == right.turn()) {
        settler
            .wave(wave, &mut report, &mut missing, &mut done)
            .await;
    }
    settler
        .leave(&settling, &deletions, &mut report, &mut done)
        .await;
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
    /// The program that declares.
    claimant: Claimant,
    in_force: InForce,
    manner: Manner,
    /// Set when nothing more may be begun.
    stopped: &'a AtomicBool,
    /// Whether to stop when others make the same changes.
    polite: bool,
    /// When the plan was made: what has expired by then has left its lists.
    now: i64,
}

impl Settler<'_> {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Settles what does not reference each other, several at once.
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
                running.push(self.settle(work, report.item_at(work.row), missing));
            }
            let Some((row, outcome)) = running.next().await else {
                break;
            };
            done.tell(self.config, report.key_at(row), &outcome);
            // It was due, and is as declared without this process.
            if self.polite && matches!(outcome, Outcome::Unchanged) {
                self.stopped.store(true, Ordering::Relaxed);
            }
            outcomes.push((row, outcome));
        }
        drop(running);
        for (row, outcome) in outcomes {
            let creates = matches!(row, Row::Segment(_))
                && matches!(report.outcome_at(row), Outcome::Planned(action) if action.makes());
            if creates && outcome.is_failure() {
                missing.insert(report.key_at(row).to_owned());
            }
            *report.outcome_mut(row) = outcome;
        }
    }

    /// Settles one thing that is due, and says where it stands.
    async fn settle(
        &self,
        work: &Work,
        planned: ReportItem<'_>,
        missing: &HashSet<String>,
    ) -> (Row, Outcome) {
        let Outcome::Planned(action) = planned.outcome else {
            return (work.row, planned.outcome.clone());
        };
        let effect = planned.effect_in_words();
        let mut references = work.task.references().into_iter();
        if let Some(key) = references.find(|key| missing.contains(*key)) {
            let key = key.to_owned();
            return (work.row, Outcome::Failed(ItemError::WaitsFor { key }));
        }
        let outcome = match &work.task {
            Task::Segment {
                definition,
                remote,
                moving,
            } => {
                let revision = self.config.options.revision;
                let former = moving.as_ref().map(|moving| &*moving.from);
                let goal = diff::Goal::new(definition, &self.claimant, revision);
                let goal = goal.following(former).at(self.now);
                let settled = self.converge(goal, remote.as_deref(), (action, &effect));
                match settled.await {
                    // The rest follows when everything else is settled.
                    Outcome::Applied(_) | Outcome::Unchanged if former.is_some() => {
                        planned.outcome.clone()
                    }
                    outcome => outcome,
                }
            }
            Task::Targeting {
                targeting,
                ends,
                remote,
            } => {
                let goal = targeting::Goal::of(self.config, targeting, &self.claimant);
                let goal = if *ends { goal.ending() } else { goal };
                self.converge(goal, Some(remote), (action, &effect)).await
            }
            Task::Metric { metric, remote } => {
                let revision = self.config.options.revision;
                let goal = MetricGoal::new(metric, &self.claimant, revision);
                self.converge(goal, remote.as_deref(), (action, &effect))
                    .await
            }
            Task::Experiment { experiment, remote } => {
                let (revision, environment) =
                    (self.config.options.revision, &self.config.environment);
                let goal = ExperimentGoal::new(experiment, environment, &self.claimant, revision);
                self.converge(goal, remote.as_deref(), (action, &effect))
                    .await
            }
            Task::DeleteMetric { key, remote } => {
                self.delete_metric(key, remote.version(), action).await
            }
            // Those come last, one by one.
            Task::Delete { .. } => planned.outcome.clone(),
        };
        (work.row, outcome)
    }

    /// Deletes a metric, if what the service answers right before speaks for it.
    async fn delete_metric(&self, key: &MetricKey, version: u64, planned: &Action) -> Outcome {
        let read = self.writer.reader.metric_with_uses(key).await;
        let mut because = against(self.config, &read);
        match &read {
            Ok(Some(metric)) if metric.version() != version => {
                let (from, to) = (version, metric.version());
                because.push(Keep::Changed { from, to });
            }
            // That it is gone already is what was wanted.
            Ok(None) => return Outcome::Applied(planned.clone()),
            _ => {}
        }
        if !because.is_empty() {
            return Outcome::InUse { because };
        }
        let deleted = self.writer.delete_metric(key).await;
        ended(planned.clone(), deleted.map_err(ItemError::Request))
    }

    async fn converge<G: Syncable>(
        &self,
        goal: G,
        remote: Option<&G::Remote>,
        (planned, effect): (&Action, &[String]),
    ) -> Outcome {
        let converge = Converge {
            writer: &self.writer,
            config: self.config,
            goal,
            in_force: self.in_force,
            manner: self.manner,
            owner: &self.claimant.owner,
            effect,
        };
        converge.settle(remote, planned).await
    }

    /// Points everything to the segments that take the place of others, and deletes those and what is declared
    /// no more. Who uses what is looked up once all that is done which decides about it, and each segment is
    /// read right before it goes.
    async fn leave(
        &self,
        settled: &[Work],
        deletions: &[Work],
        report: &mut Report,
        done: &mut Progressed,
    ) {
        let moved = self.point(settled, report, done).await;
        let deletes = !deletions.is_empty() && !self.is_stopped();
        if moved.is_empty() && !deletes {
            return;
        }
        let claimant = self.config.claimant();
        let (reader, concurrency) = (&self.writer.reader, self.config.options.concurrency);
        let census = Census::take(reader, concurrency, &claimant).await;
        for moved in moved {
            let outcome = self.delete_former(&moved, &census, &claimant).await;
            done.tell(self.config, moved.definition.key.as_str(), &outcome);
            *report.outcome_mut(moved.row) = outcome;
        }
        if deletes {
            self.delete(deletions, &census, report, done).await;
        }
    }

    /// Points everything to the segments that take the place of others, and returns those whose places are
    /// free now.
    async fn point<'w>(
        &self,
        settled: &'w [Work],
        report: &mut Report,
        done: &mut Progressed,
    ) -> Vec<Moved<'w>> {
        let mut moved = Vec::new();
        for work in settled {
            let Task::Segment {
                definition,
                moving: Some(moving),
                ..
            } = &work.task
            else {
                continue;
            };
            let Outcome::Planned(planned) = report.outcome_at(work.row).clone() else {
                continue;
            };
            if self.is_stopped() {
                break;
            }
            let key = &definition.key;
            match moving.finish(&self.writer, self.config, definition).await {
                Ok(()) => moved.push(Moved {
                    row: work.row,
                    definition,
                    moving,
                    planned,
                }),
                Err(error) => {
                    let outcome = ended(planned, Err(error));
                    done.tell(self.config, key.as_str(), &outcome);
                    *report.outcome_mut(work.row) = outcome;
                }
            }
        }
        moved
    }

    /// Deletes the segment whose place another one has taken.
    async fn delete_former(
        &self,
        moved: &Moved<'_>,
        census: &Census,
        claimant: &Claimant,
    ) -> Outcome {
        let Moved {
            definition,
            moving: Moving { key, from, .. },
            planned,
            ..
        } = moved;
        let mut keep = census.against(key.as_str(), |_| false);
        keep.extend(census.lacks([key.as_str(), definition.key.as_str()]));
        let terms = prune::Terms::of(self.config, claimant).of_move(definition.lifecycle.protect);
        let deleted = match self.delete_one(key, from.version, keep, &terms).await {
            Err(Stays::Used(because)) => Err(ItemError::FormerStays {
                from: key.to_string(),
                because,
            }),
            Err(Stays::Failed(failed)) => Err(failed.into()),
            Ok(()) => Ok(()),
        };
        ended(planned.clone(), deleted)
    }

    /// Deletes segments that are no longer declared, one after the other, those first that others are asked
    /// by, each only if what the service answers right before speaks for it.
    async fn delete(
        &self,
        deletions: &[Work],
        census: &Census,
        report: &mut Report,
        done: &mut Progressed,
    ) {
        let config = self.config;
        let settled = report.segments.iter().filter(|it| it.outcome.is_settled());
        let going = deletions.iter().map(|work| report.key_at(work.row));
        let lacks = census.lacks(settled.map(|it| it.key.as_str()).chain(going));
        let newest = census.newest;
        let newer = newest.filter(|newest| Some(*newest) > config.options.revision);
        let newer = newer.map(|revision| Keep::Superseded { revision });
        let always: Vec<Keep> = lacks.into_iter().chain(newer).collect();
        let terms = prune::Terms::of(config, &config.claimant());
        let mut gone: HashSet<&str> = HashSet::new();
        for work in deletions {
            let (Task::Delete { key, segment }, Outcome::Planned(planned)) =
                (&work.task, report.outcome_at(work.row).clone())
            else {
                continue;
            };
            if self.is_stopped() {
                return;
            }
            let released =
                |user: &User| matches!(user, User::Segment(by) if gone.contains(by.as_str()));
            let mut keep = census.against(key.as_str(), released);
            keep.extend(always.iter().cloned());
            let outcome = match self.delete_one(key, segment.version, keep, &terms).await {
                Ok(()) => {
                    gone.insert(key.as_str());
                    Outcome::Applied(planned)
                }
                Err(Stays::Used(because)) => Outcome::InUse { because },
                Err(Stays::Failed(failed)) => ended(planned, Err(failed.into())),
            };
            done.tell(config, key.as_str(), &outcome);
            *report.outcome_mut(work.row) = outcome;
        }
    }

    async fn delete_one(
        &self,
        key: &SegmentKey,
        version: u64,
        mut keep: Vec<Keep>,
        terms: &prune::Terms,
    ) -> Result<(), Stays> {
        let read = self.writer.reader.segment(key).await;
        let read = read.map_err(Stays::Failed)?;
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
            return Err(Stays::Used(keep));
        }
        // Whoever deletes it, it is gone.
        let deleted = self.writer.delete(key).await;
        deleted.map(|_| ()).map_err(Stays::Failed)
    }
}

/// A segment that has taken the place of another one, which is to go.
struct Moved<'w> {
    row: Row,
    definition: &'w Definition,
    moving: &'w Moving,
    planned: Action,
}

/// Why a segment was not deleted.
enum Stays {
    Used(Vec<Keep>),
    Failed(FailedRequest),
}

/// How something that was due ended.
fn ended(planned: Action, result: Result<(), ItemError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Applied(planned),
        Err(ItemError::Request(failed)) if failed.never_sent() => Outcome::NotBegun(planned),
        Err(error) => Outcome::Failed(error),
    }
}

impl Plan {
    /// Makes exactly the changes of the plan, and reports the outcome of every segment. The configuration
    /// has to be the one with which the plan was made.
    ///
    /// # Errors
    ///
    /// [`SyncError::Incomplete`], with the report, if a segment could not be settled, or moved since the
    /// plan was made.
    pub async fn apply(self, config: &SyncConfig) -> Result<Report, SyncError> {
        self.apply_until(config, pending()).await
    }

    /// Applies the plan until `stop` is ready, such as at the first Ctrl-C. Changes under way are
    /// finished, so the report knows their outcome; changes that were not begun stay
    /// [planned](super::Outcome::Planned), and the next apply continues with them. If you drop the future
    /// instead, it is unknown whether requests under way take effect.
    ///
    /// ```no_run
    /// # async fn apply(plan: segments_runtime::sync::Plan) -> Result<(), Box<dyn std::error::Error>> {
    /// # let config = segments_runtime::SyncConfig::from_env()?;
    /// let shutdown = async { tokio::time::sleep(std::time::Duration::from_secs(5)).await };
    /// let report = plan.apply_until(&config, shutdown).await?;
    /// let left = report.drifted().count();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`apply`](Plan::apply).
    pub async fn apply_until(
        self,
        config: &SyncConfig,
        stop: impl Future<Output = ()>,
    ) -> Result<Report, SyncError> {
        if let Some((what, planned, given)) = self.origin.difference(&Origin::of(config)) {
            return Err(SyncError::PlanElsewhere {
                what,
                planned,
                given,
            });
        }
        runtime::needed(async {
            apply(self, connect(config)?, config, Manner::Exactly, stop).await
        })
        .await
    }
}
