//! The changes that a sync would make.

mod declared;
mod experiments;
mod fingerprint;
mod former;
mod kinds;
mod narrow;
mod orphans;
mod sighting;
mod survey;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::pending;
use std::sync::Arc;

use segments_model::{
    ContextKind, Definition, Experiment, Metric, MetricKey, SegmentKey, Targeting, wire,
};
use serde::Serialize;
use tokio::time::Instant;

use super::apply::Manner;
use super::client::Client;
use super::config::SyncConfig;
use super::degraded;
use super::effect::{self, Consequence, Effect};
use super::error::SyncError;
use super::measured;
use super::moves::Moving;
use super::observe::SegmentSize;
use super::ownership::Claimant;
use super::reader::Reader;
use super::report::{
    Action, KindOutcome, KindReport, Outcome, Report, ReportItem, Row, SegmentReport,
    TargetingReport, Warning, body,
};
use super::revision::InForce;
use super::syncable::Versioned;
use super::{Definitions, apply, connect, kinds as context_kinds, runtime};
use survey::Survey;

pub(crate) use declared::{Declared, Here};
pub(crate) use experiments::running_on;
pub use sighting::Sighting;

/// The changes that a sync would make, decided and not made: a value to show, to compare and to
/// [apply](Plan::apply). It contains the state that was read, so exactly the changes that were shown are
/// made: every write is guarded by the version that the plan read. If somebody changed something
/// meanwhile, and another change would be needed, nothing is written and the segment is reported as
/// [moved](super::Outcome::Moved).
///
/// It implements [`Serialize`] for tools. Keys of members are counted there, not named, so a plan cannot
/// be read back from a file; to apply a plan that was reviewed elsewhere, make it again and compare the
/// [fingerprints](Plan::fingerprint).
#[derive(Clone, Serialize)]
pub struct Plan {
    /// Everything that is due, and everything else that was found.
    #[serde(flatten)]
    pub(crate) report: Report,
    #[serde(skip)]
    pub(crate) work: Vec<Work>,
    /// Whose declarations are in force in the environment.
    #[serde(skip)]
    pub(crate) in_force: InForce,
    #[serde(skip)]
    pub(crate) origin: Origin,
    #[serde(skip)]
    pub(crate) sightings: BTreeMap<String, Sighting>,
    /// The time of day of the service when it was made, in milliseconds since 1970.
    #[serde(skip)]
    pub(crate) now: i64,
    /// Which segments each segment of the environment asks.
    #[serde(skip)]
    pub(crate) asks: BTreeMap<String, Vec<String>>,
}

/// Where and as whom a plan was made. It is a plan for nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    base_uri: String,
    scope: String,
    claimant: Claimant,
    revision: Option<u64>,
    settings: String,
}

impl Origin {
    pub(crate) fn of(config: &SyncConfig) -> Self {
        let options = &config.options;
        Self {
            base_uri: config.base_uri.to_string(),
            scope: config.scope(),
            claimant: config.claimant(),
            revision: options.revision,
            settings: format!(
                "{:?} {} {:?} {} {:?} {:?} {} {:?} {:?} {:?}",
                options.adoption,
                options.override_running,
                options.kinds,
                options.prune,
                options.prune_at_most,
                options.prune_grace,
                options.strict,
                options.ending,
                options.adopted,
                options.only
            ),
        }
    }

    /// The differences in words; empty if there are none.
    fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let number = |revision: Option<u64>| match revision {
            Some(number) => number.to_string(),
            None => "none".to_owned(),
        };
        let owner = |origin: &Self| origin.claimant.owner.to_string();
        let parts = [
            ("address", self.base_uri.clone(), other.base_uri.clone()),
            ("environment", self.scope.clone(), other.scope.clone()),
            ("owner", owner(self), owner(other)),
            ("revision", number(self.revision), number(other.revision)),
        ];
        parts.into_iter().find(|(_, ours, theirs)| ours != theirs)
    }
}

/// One thing that is due.
#[derive(Clone)]
pub(crate) struct Work {
    /// Where it stands in the report.
    pub(crate) row: Row,
    pub(crate) task: Task,
    /// How many others of its kind have to be settled one after the other before it.
    pub(crate) depth: usize,
}

impl Work {
    /// Changes that are made together have the same turn, and later turns wait for earlier ones.
    pub(crate) fn turn(&self) -> (Stage, usize) {
        (self.task.stage(), self.depth)
    }
}

/// The action: where to make the resource match its declaration, from what was seen.
#[derive(Clone)]
pub(crate) enum Task {
    Segment {
        definition: Arc<Definition>,
        remote: Option<Box<wire::Segment>>,
        /// The segment whose place it takes, if it does.
        moving: Option<Moving>,
    },
    Targeting {
        targeting: Arc<Targeting>,
        /// Whether it is no longer declared, and ends.
        ends: bool,
        remote: Box<wire::Targeting>,
    },
    Metric {
        metric: Arc<Metric>,
        remote: Option<Box<wire::Metric>>,
    },
    Experiment {
        experiment: Arc<Experiment>,
        remote: Option<Box<measured::ExperimentRemote>>,
    },
    /// A metric is deleted, if nobody uses it.
    DeleteMetric {
        key: MetricKey,
        remote: Box<wire::Metric>,
    },
    /// A segment is deleted, if it is still what was seen.
    Delete {
        key: SegmentKey,
        segment: Box<wire::Segment>,
    },
}

/// The order of the changes. A targeting comes after the segments that it references, and before the
/// deletion of those that it referenced; an experiment comes after the resource it runs on and its
/// metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Segments,
    Targetings,
    Metrics,
    Experiments,
    MetricDeletions,
    Deletions,
}

impl Task {
    pub(crate) fn stage(&self) -> Stage {
        match self {
            Task::Segment { .. } => Stage::Segments,
            Task::Targeting { .. } => Stage::Targetings,
            Task::Metric { .. } => Stage::Metrics,
            Task::Experiment { .. } => Stage::Experiments,
            Task::DeleteMetric { .. } => Stage::MetricDeletions,
            Task::Delete { .. } => Stage::Deletions,
        }
    }

    /// The version that was seen; `None` if there was nothing.
    pub(crate) fn version(&self) -> Option<u64> {
        match self {
            Task::Segment { remote, .. } => remote.as_ref().map(|it| it.version),
            Task::Targeting { remote, .. } => Some(remote.version),
            Task::Metric { remote, .. } => remote.as_ref().map(|it| it.version()),
            Task::Experiment { remote, .. } => remote.as_ref().map(|it| it.version()),
            Task::DeleteMetric { remote, .. } => Some(remote.version()),
            Task::Delete { segment, .. } => Some(segment.version),
        }
    }

    /// The segments that have to exist before.
    pub(crate) fn references(&self) -> Vec<&str> {
        match self {
            Task::Segment { definition, .. } => definition.references(),
            Task::Targeting { targeting, .. } => targeting.references(),
            Task::Experiment { experiment, .. } => {
                let segment = experiment.rule.as_ref().map(SegmentKey::as_str);
                segment.into_iter().collect()
            }
            Task::Metric { .. } | Task::DeleteMetric { .. } | Task::Delete { .. } => Vec::new(),
        }
    }

    /// The context kinds that have to exist.
    fn kinds(&self) -> BTreeSet<&ContextKind> {
        match self {
            Task::Segment { definition, .. } => context_kinds::special(definition.kinds()),
            Task::Targeting { targeting, .. } => context_kinds::special(targeting.kinds()),
            Task::Metric { metric, .. } => context_kinds::special([&metric.unit].into()),
            Task::Experiment { experiment, .. } => {
                context_kinds::special([&experiment.unit].into())
            }
            Task::DeleteMetric { .. } | Task::Delete { .. } => BTreeSet::new(),
        }
    }
}

/// Keys of members are in there, so only the words are shown.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            segments,
            targetings,
            measured,
            ..
        } = &self.report;
        f.debug_tuple("Plan")
            .field(segments)
            .field(targetings)
            .field(measured)
            .finish()
    }
}

impl Plan {
    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        // Destructured, so that a new part of a plan cannot be forgotten here.
        let Plan {
            report,
            work,
            in_force: _,
            origin: _,
            sightings: _,
            now: _,
            asks: _,
        } = self;
        let kinds_due = report
            .kinds
            .iter()
            .any(|kind| kind.outcome == KindOutcome::Planned);
        work.is_empty() && !kinds_due
    }

    /// Returns the segments, with their changes and other results.
    pub fn segments(&self) -> &[SegmentReport] {
        &self.report.segments
    }

    /// Returns the AI Configs and flags, with their changes and other results.
    pub fn targetings(&self) -> &[TargetingReport] {
        &self.report.targetings
    }

    /// Segments, AI Configs and flags, metrics and experiments, one after the other.
    pub fn settled(&self) -> impl Iterator<Item = ReportItem<'_>> {
        self.report.settled()
    }

    /// Returns the context kinds to create, and the archived ones.
    pub fn kinds(&self) -> &[KindReport] {
        &self.report.kinds
    }

    /// Returns the effects on segments, AI Configs and flags that reference changed segments.
    pub fn consequences(&self) -> &[Consequence] {
        &self.report.consequences
    }

    /// Returns whether it is proved that only the form changes, and neither audiences nor served
    /// variations.
    pub fn changes_form_only(&self) -> bool {
        self.report.changes_form_only()
    }

    /// Returns the effects of each change on existing audiences and on served variations. New segments
    /// are left out.
    pub fn effects_on_what_exists(&self) -> impl Iterator<Item = &Effect> {
        let due = self.report.settled();
        let due = due.filter(|it| match it.outcome {
            Outcome::Planned(action) => !matches!(action, Action::Create { .. }),
            _ => false,
        });
        let through = self.report.consequences.iter().map(|it| &it.effect);
        due.filter_map(|it| it.effect).chain(through)
    }

    /// Returns warnings to read before applying.
    pub fn warnings(&self) -> &[Warning] {
        &self.report.warnings
    }

    /// Returns the segments that the plan deletes, or whose place others take, as they are: to save data
    /// that cannot be recreated.
    pub fn deletions(&self) -> impl Iterator<Item = &wire::Segment> {
        self.work.iter().filter_map(|work| match &work.task {
            Task::Delete { segment, .. } => Some(&**segment),
            Task::Segment { moving, .. } => moving.as_ref().map(|moving| &*moving.from),
            _ => None,
        })
    }

    /// The metrics that it deletes, as they are.
    pub fn metric_deletions(&self) -> impl Iterator<Item = &wire::Metric> {
        self.work.iter().filter_map(|work| match &work.task {
            Task::DeleteMetric { remote, .. } => Some(&**remote),
            _ => None,
        })
    }

    /// Where: `shop/production`.
    pub fn scope(&self) -> String {
        format!("{}/{}", self.report.project, self.report.environment)
    }

    /// Returns the target, and the number of segments by change.
    pub fn headline(&self) -> String {
        self.report.headline()
    }

    /// Returns the number of requests to make the plan, none of which is a write.
    pub fn requests(&self) -> usize {
        self.report.requests()
    }

    /// Looks up the context kinds that the project may lack, if something is due.
    pub(crate) async fn look_up_kinds(&mut self, client: Arc<Client>, config: &SyncConfig) {
        if !self.report.reached {
            return;
        }
        let started = Instant::now();
        let reader = Reader::new(client, config);
        let before = reader.client.requests();
        self.add_kinds(&reader, config).await;
        self.report.requests += reader.client.requests() - before;
        self.report.elapsed += started.elapsed();
    }

    /// Looks for experiments that depend on a segment that changes.
    async fn look_for_experiments(&mut self, client: Arc<Client>, config: &SyncConfig) {
        let started = Instant::now();
        let reader = Reader::new(client, config);
        let before = reader.client.requests();
        self.warn_of_experiments(&reader, config.options.concurrency)
            .await;
        self.name_experiments(&reader).await;
        self.report.requests += reader.client.requests() - before;
        self.report.elapsed += started.elapsed();
    }

    /// Converts the plan to a report.
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Returns the state of everything in the plan when it was read: a segment by its key, other
    /// resources by their kind and key, such as `metric checkout-total`. Compare those of two plans to
    /// see the changes in between.
    ///
    /// ```no_run
    /// # fn compare(old: &segments_runtime::sync::Plan, new: &segments_runtime::sync::Plan) {
    /// for (key, seen) in old.sightings() {
    ///     if let Some(now) = new.sightings().get(key) {
    ///         println!("{key}: {:?} changed", seen.changed(now));
    ///     }
    /// }
    /// # }
    /// ```
    pub fn sightings(&self) -> &BTreeMap<String, Sighting> {
        &self.sightings
    }

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
            apply::apply(self, connect(config)?, config, Manner::Exactly, stop).await
        })
        .await
    }
}

/// The due changes, segment by segment, and the number of segments that match their declaration.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        body(f, &self.report)?;
        writeln!(f, "{}", self.report.headline())
    }
}

/// Reads the environment, decides about every segment, and looks up the context kinds that this takes
/// and the experiments that it spoils.
pub(crate) async fn plan(
    client: Arc<Client>,
    config: &SyncConfig,
    declared: Definitions<'_>,
) -> Result<Plan, SyncError> {
    let declared = Declared::new(config, declared)?;
    let seen = look(client.clone(), config, &declared, true).await?;
    let mut plan = seen.prove(config, &declared);
    plan.look_up_kinds(client.clone(), config).await;
    plan.look_for_experiments(client, config).await;
    Ok(plan)
}

/// What was decided, without whom it moves. Another look may take its place, and proofs take time.
pub(crate) struct Unproved {
    pub(crate) plan: Plan,
    /// The segments of others that ask some.
    asking: Vec<wire::Segment>,
    /// How large every segment is. Only a thorough look tells.
    pub(crate) sizes: BTreeMap<String, SegmentSize>,
}

impl Unproved {
    /// Finds out whom it moves, and refuses what must not happen.
    pub(crate) fn prove(self, config: &SyncConfig, declared: &Declared<'_>) -> Plan {
        let started = Instant::now();
        let Self {
            mut plan, asking, ..
        } = self;
        effect::prove(&mut plan, config, declared, &asking);
        plan.report.elapsed += started.elapsed();
        plan
    }
}

/// Reads the environment and decides about every segment. A thorough look also finds what is declared no
/// more of all but segments, and counts what segments list.
pub(crate) async fn look(
    client: Arc<Client>,
    config: &SyncConfig,
    declared: &Declared<'_>,
    thorough: bool,
) -> Result<Unproved, SyncError> {
    let started = Instant::now();
    let reader = Reader::new(client, config);
    let mut survey = Survey::new(config, declared, thorough);
    let cause = match Box::pin(survey.look(&reader)).await {
        Ok(()) => None,
        Err(failed) if degraded::continues(config, &failed) => Some(Box::new(failed)),
        Err(failed) => {
            return Err(SyncError::Read {
                scope: config.scope(),
                error: Box::new(Box::pin(reader.place(failed)).await),
            });
        }
    };
    let mut seen = survey.into_plan(cause);
    let plan = &mut seen.plan;
    plan.narrow(&config.options.only)?;
    plan.report.requests = reader.client.requests();
    plan.report.elapsed = started.elapsed();
    Ok(seen)
}
