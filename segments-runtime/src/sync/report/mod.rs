//! The result of a sync: the outcome of every segment.

mod busy;
mod failure;
mod keep;
mod kind;
mod measured;
mod outcome;
pub(super) mod shown;
mod words;

use std::collections::HashMap;
use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, Resource, SegmentKey};
use serde::{Serialize, Serializer};

use super::config::SyncMode;
use super::effect::{Consequence, Effect};
use super::failed::FailedRequest;
use super::let_go::LetGo;
use crate::prompt::PromptFinding;

pub use busy::{BusyRule, Warning};
pub use failure::ItemError;
pub use keep::Keep;
pub use kind::{KindOutcome, KindReport};
pub use measured::Measured;
pub use outcome::{Action, Moved, Outcome, RefusalReason};

pub use words::ONLY_FORM;

pub(crate) use words::{Summary, body};

/// The result of a sync. `Display` is for people: the changes of each segment, and only the number of
/// segments that were as declared.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The project.
    pub project: ProjectKey,
    /// The environment.
    pub environment: EnvironmentKey,
    /// The mode of the sync.
    pub mode: SyncMode,
    /// Whether the environment could be read. If not, and the configuration says to
    /// [continue](crate::sync::Unreachable::Continue), no segment was checked.
    pub reached: bool,
    /// The reason why the environment could not be read, if so.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_words")]
    pub cause: Option<Box<FailedRequest>>,
    /// Every declared segment in the order of declaration, then those that are no longer declared.
    pub segments: Vec<SegmentReport>,
    /// Every declared AI Config and flag, in the order of declaration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targetings: Vec<TargetingReport>,
    /// Every declared metric, then every declared experiment, in the order of declaration, and this owner's
    /// others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<MeasuredReport>,
    /// The outcomes for context kinds.
    pub kinds: Vec<KindReport>,
    /// The effects on segments, AI Configs and flags that reference changed segments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<Consequence>,
    /// Warnings to read before applying. Only a [plan](crate::sync::plan()) has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Variables and attributes that prompts in LaunchDarkly use and this program does not provide. Only
    /// a [verification](SyncMode::Verify) checks them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<PromptFinding>,
    /// The number of requests, including those of the plan.
    pub requests: Requests,
    /// The duration, serialized in seconds.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

fn seconds<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(elapsed.as_secs_f64())
}

#[allow(clippy::ref_option, reason = "the shape that serde asks for")]
fn in_words<S: Serializer>(
    cause: &Option<Box<FailedRequest>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match cause {
        Some(cause) => serializer.collect_str(cause),
        None => serializer.serialize_none(),
    }
}

/// Numbers of requests, including retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Requests {
    /// The requests that only read.
    pub reads: usize,
    /// The requests that may change something.
    pub writes: usize,
}

impl std::ops::AddAssign for Requests {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::ops::Sub for Requests {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            reads: self.reads - other.reads,
            writes: self.writes - other.writes,
        }
    }
}

impl std::ops::Add for Requests {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            reads: self.reads + other.reads,
            writes: self.writes + other.writes,
        }
    }
}

/// The result for one segment.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SegmentReport {
    /// The segment.
    pub key: SegmentKey,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The parts that were declared before, are no longer declared, and stay as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub let_go: Vec<LetGo>,
    /// The effect of the changes on the audience.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// The result for the targeting of one AI Config or flag.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct TargetingReport {
    /// The AI Config or flag.
    #[serde(flatten)]
    pub resource: Resource,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The parts that were declared before, are no longer declared, and stay as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub let_go: Vec<LetGo>,
    /// The effect of the changes on served variations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// The result for one metric or experiment.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MeasuredReport {
    /// The metric or the experiment.
    #[serde(flatten)]
    pub measured: Measured,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A segment, an AI Config, a flag, a metric or an experiment, with its outcome. `Display` prints its
/// lines of the report.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ReportItem<'a> {
    /// The AI Config or flag, if it is one.
    pub resource: Option<&'a Resource>,
    /// The metric or experiment, if it is one.
    pub measured: Option<&'a Measured>,
    /// The key.
    pub key: &'a str,
    /// The outcome.
    pub outcome: &'a Outcome,
    /// The parts that were declared before, are no longer declared, and stay as they are.
    pub let_go: &'a [LetGo],
    /// The effect of the changes on the audience, or on served variations.
    pub effect: Option<&'a Effect>,
}

impl ReportItem<'_> {
    /// Returns whether LaunchDarkly is confirmed to match the declaration, and no part was let go.
    #[must_use]
    pub fn is_in_sync(&self) -> bool {
        self.outcome.is_in_sync() && self.let_go.is_empty()
    }

    /// Returns how the command line names it: a segment by its key, anything else by what it is, too, as in
    /// `flag/new-page`, `ai-config/assistant`, `metric/checkout-total` or `experiment/careful-answers`.
    #[must_use]
    pub fn path(&self) -> String {
        match (self.resource, self.measured) {
            (Some(resource), _) => resource.path(),
            (None, Some(measured)) => measured.path(),
            (None, None) => self.key.to_owned(),
        }
    }

    /// Returns whether there is something to say about it.
    #[must_use]
    pub fn is_worth_telling(&self) -> bool {
        !matches!(self.outcome, Outcome::Unchanged) || !self.let_go.is_empty()
    }
}

impl SegmentReport {
    /// Returns the segment as an item of the report.
    pub fn settled(&self) -> ReportItem<'_> {
        ReportItem {
            resource: None,
            measured: None,
            key: self.key.as_str(),
            outcome: &self.outcome,
            let_go: &self.let_go,
            effect: self.effect.as_ref(),
        }
    }
}

impl TargetingReport {
    /// Returns the AI Config or flag as an item of the report.
    pub fn settled(&self) -> ReportItem<'_> {
        ReportItem {
            resource: Some(&self.resource),
            measured: None,
            key: self.resource.key(),
            outcome: &self.outcome,
            let_go: &self.let_go,
            effect: self.effect.as_ref(),
        }
    }
}

impl MeasuredReport {
    /// Returns the metric or the experiment as an item of the report.
    pub fn settled(&self) -> ReportItem<'_> {
        ReportItem {
            resource: None,
            measured: Some(&self.measured),
            key: self.measured.key(),
            outcome: &self.outcome,
            let_go: &[],
            effect: None,
        }
    }
}

/// Where something stands in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    Segment(usize),
    Targeting(usize),
    Measured(usize),
}

impl Report {
    pub(crate) fn outcome_at(&self, row: Row) -> &Outcome {
        match row {
            Row::Segment(place) => &self.segments[place].outcome,
            Row::Targeting(place) => &self.targetings[place].outcome,
            Row::Measured(place) => &self.measured[place].outcome,
        }
    }

    pub(crate) fn item_at(&self, row: Row) -> ReportItem<'_> {
        match row {
            Row::Segment(place) => self.segments[place].settled(),
            Row::Targeting(place) => self.targetings[place].settled(),
            Row::Measured(place) => self.measured[place].settled(),
        }
    }

    pub(crate) fn set_effect(&mut self, row: Row, effect: Option<Effect>) {
        match row {
            Row::Segment(place) => self.segments[place].effect = effect,
            Row::Targeting(place) => self.targetings[place].effect = effect,
            // What is measured moves nobody.
            Row::Measured(_) => {}
        }
    }

    pub(crate) fn outcome_mut(&mut self, row: Row) -> &mut Outcome {
        match row {
            Row::Segment(place) => &mut self.segments[place].outcome,
            Row::Targeting(place) => &mut self.targetings[place].outcome,
            Row::Measured(place) => &mut self.measured[place].outcome,
        }
    }

    pub(crate) fn key_at(&self, row: Row) -> &str {
        match row {
            Row::Segment(place) => self.segments[place].key.as_str(),
            Row::Targeting(place) => self.targetings[place].resource.key(),
            Row::Measured(place) => self.measured[place].measured.key(),
        }
    }

    /// Returns the number of requests.
    pub fn requests(&self) -> usize {
        self.requests.reads + self.requests.writes
    }

    /// Returns the number of requests that may have changed something.
    pub fn writes(&self) -> usize {
        self.requests.writes
    }

    /// Returns the outcome of one segment.
    pub fn outcome(&self, key: &str) -> Option<&Outcome> {
        let mut segments = self.segments.iter();
        let segment = segments.find(|segment| segment.key == *key)?;
        Some(&segment.outcome)
    }

    /// Iterates over all items: segments, then AI Configs and flags, then metrics and experiments.
    pub fn settled(&self) -> impl Iterator<Item = ReportItem<'_>> {
        let segments = self.segments.iter().map(SegmentReport::settled);
        let targetings = self.targetings.iter().map(TargetingReport::settled);
        let measured = self.measured.iter().map(MeasuredReport::settled);
        segments.chain(targetings).chain(measured)
    }

    /// Iterates over the failures.
    pub fn failures(&self) -> impl Iterator<Item = ReportItem<'_>> {
        self.settled().filter(|it| it.outcome.is_failure())
    }

    /// Iterates over the items that differ in a plan or a verification.
    pub fn drifted(&self) -> impl Iterator<Item = ReportItem<'_>> {
        self.settled()
            .filter(|it| matches!(it.outcome, Outcome::Planned(_)) || it.outcome.is_failure())
    }

    /// Returns whether it is proved that only the form of rules, lists or targeting changes: every
    /// audience stays the same, and every context is served the same.
    pub fn changes_form_only(&self) -> bool {
        let mut due = self
            .settled()
            .filter(|it| matches!(it.outcome, Outcome::Planned(_)));
        let says_so = self.settled().any(|it| !it.effect_in_words().is_empty());
        says_so && due.all(|it| it.effect.is_some_and(Effect::is_none))
    }

    /// Iterates over the AI Configs and flags that are left alone because LaunchDarkly runs an experiment
    /// or a rollout on a declared rule. This is neither a failure nor drift.
    pub fn busy(&self) -> impl Iterator<Item = ReportItem<'_>> {
        self.settled()
            .filter(|it| matches!(it.outcome, Outcome::Busy { .. }))
    }

    /// A report of an environment that could not be read.
    #[cfg(test)]
    pub(crate) fn unreached(config: &crate::SyncConfig) -> Self {
        Self {
            project: config.project().clone(),
            environment: config.environment().clone(),
            mode: SyncMode::Apply,
            reached: false,
            cause: None,
            segments: Vec::new(),
            targetings: Vec::new(),
            measured: Vec::new(),
            kinds: Vec::new(),
            consequences: Vec::new(),
            warnings: Vec::new(),
            prompts: Vec::new(),
            requests: Requests::default(),
            elapsed: Duration::ZERO,
        }
    }

    /// Takes over what this process did in an earlier round, and has seen to be as declared since.
    pub(crate) fn remember(&mut self, earlier: &Report) {
        let done = earlier.settled().filter(|it| it.outcome.is_done());
        let done: HashMap<String, &Outcome> = done.map(|it| (it.path(), it.outcome)).collect();
        for row in self.rows() {
            let known = done.get(&self.item_at(row).path());
            if let (Outcome::Unchanged, Some(known)) = (self.outcome_at(row), known) {
                *self.outcome_mut(row) = (*known).clone();
            }
        }
        for kind in &earlier.kinds {
            if !self.kinds.iter().any(|now| now.kind == kind.kind) {
                self.kinds.push(kind.clone());
            }
        }
    }

    /// Says of what is still due that it was not done, because the environment could not be read again.
    pub(crate) fn give_up(&mut self, failed: &FailedRequest) {
        for row in self.rows() {
            if let Outcome::Planned(_) = self.outcome_at(row) {
                *self.outcome_mut(row) = Outcome::Failed(failed.clone().into());
            }
        }
    }

    /// Where everything stands that was settled.
    fn rows(&self) -> impl Iterator<Item = Row> + use<> {
        let segments = (0..self.segments.len()).map(Row::Segment);
        let targetings = (0..self.targetings.len()).map(Row::Targeting);
        let measured = (0..self.measured.len()).map(Row::Measured);
        segments.chain(targetings).chain(measured)
    }

    /// What the report is about, in a word.
    pub(crate) fn subject(&self) -> &'static str {
        match (self.segments.is_empty(), self.targetings.is_empty()) {
            (_, true) if !self.measured.is_empty() => "segments, metrics and experiments",
            (_, false) if !self.measured.is_empty() => {
                "segments, AI Configs, flags, metrics and experiments"
            }
            (_, true) => "segments",
            (true, false) => "AI Configs and flags",
            (false, false) => "segments, AI Configs and flags",
        }
    }

    /// Returns whether LaunchDarkly could not be made to agree, or to tell, for a reason that is not the
    /// program's own mistake. Only with [`Unreachable::Continue`](crate::sync::Unreachable::Continue)
    /// is such a report no error.
    pub fn is_degraded(&self) -> bool {
        !self.reached || self.failures().next().is_some()
    }

    /// Whatever was not seen to be as declared: what differs or failed, and what is left to others or to
    /// a newer revision, waits for an approval, or was not reached. What is [busy](Self::busy) is not
    /// among it.
    pub fn out_of_sync(&self) -> impl Iterator<Item = ReportItem<'_>> {
        self.settled()
            .filter(|it| !it.is_in_sync() && !matches!(it.outcome, Outcome::Busy { .. }))
    }
}
