//! The changes that a sync would make.

mod declared;
mod experiments;
mod fingerprint;
mod former;
mod kinds;
mod look;
mod measured;
mod narrow;
mod origin;
mod orphans;
mod sighting;
mod survey;
mod task;
mod unproved;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use segments_model::wire;
use serde::Serialize;
use tokio::time::Instant;

use super::client::Client;
use super::config::SyncConfig;
use super::effect::{Consequence, Effect};
use super::reader::Reader;
use super::report::{
    Action, KindOutcome, KindReport, Outcome, Report, ReportItem, SegmentReport, TargetingReport,
    Warning, body,
};
use super::revision::InForce;

pub(crate) use declared::{Declared, Here};
pub(crate) use experiments::running_on;
pub(crate) use look::{look, plan};
pub(crate) use measured::against;
pub(crate) use origin::Origin;
pub use sighting::Sighting;
pub(crate) use task::{Stage, Task, Work};
pub(crate) use unproved::Unproved;

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
    pub(super) async fn look_for_experiments(&mut self, client: Arc<Client>, config: &SyncConfig) {
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
}

/// The due changes, segment by segment, and the number of segments that match their declaration.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        body(f, &self.report)?;
        writeln!(f, "{}", self.report.headline())
    }
}
