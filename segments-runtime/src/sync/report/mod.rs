//! What came of a sync: the outcome of every segment.

mod failure;
mod kind;
mod outcome;
mod words;

use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, Resource, SegmentKey};
use serde::{Serialize, Serializer};

use super::config::SyncMode;
use super::error::SyncError;

pub use failure::SegmentError;
pub use kind::{KindOutcome, KindReport};
pub use outcome::{Action, Outcome, Refused};

pub(crate) use words::{Summary, body};

/// What came of a sync. Its `Display` is for people: what was done to which segment, and nothing
/// about the segments that were as declared but their number.
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The project.
    pub project: ProjectKey,
    /// The environment.
    pub environment: EnvironmentKey,
    /// What the sync was allowed to do.
    pub mode: SyncMode,
    /// Whether the service could be reached. If not, and the configuration says to go on, no
    /// segment was looked at.
    pub reached: bool,
    /// Every declared segment in the order of declaration, then those that are declared no more.
    pub segments: Vec<SegmentReport>,
    /// Every declared AI Config and flag, in the order of declaration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targetings: Vec<TargetingReport>,
    /// What was done about context kinds.
    pub kinds: Vec<KindReport>,
    /// How many requests were sent, those of the plan included.
    pub requests: Requests,
    /// How long it took, in seconds.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

fn seconds<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(elapsed.as_secs_f64())
}

/// How many requests were sent, repetitions included.
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Requests {
    /// Those that only read.
    pub reads: usize,
    /// Those that may change something.
    pub writes: usize,
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

/// What came of one segment.
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SegmentReport {
    /// The segment.
    pub key: SegmentKey,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of what one AI Config or flag serves.
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct TargetingReport {
    /// The AI Config or flag.
    #[serde(flatten)]
    pub resource: Resource,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A segment, an AI Config or a flag, and what came of it. Its `Display` is that of the report that
/// it is from.
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Settled<'a> {
    /// What it is, if it is no segment: an AI Config or a flag.
    pub resource: Option<&'a Resource>,
    /// The key.
    pub key: &'a str,
    /// What came of it.
    pub outcome: &'a Outcome,
}

impl SegmentReport {
    /// The segment among everything that was settled.
    pub fn settled(&self) -> Settled<'_> {
        Settled {
            resource: None,
            key: self.key.as_str(),
            outcome: &self.outcome,
        }
    }
}

impl TargetingReport {
    /// The AI Config or flag among everything that was settled.
    pub fn settled(&self) -> Settled<'_> {
        Settled {
            resource: Some(&self.resource),
            key: self.resource.key(),
            outcome: &self.outcome,
        }
    }
}

impl Report {
    /// How many requests were sent.
    pub fn requests(&self) -> usize {
        self.requests.reads + self.requests.writes
    }

    /// How many of them could change something.
    pub fn writes(&self) -> usize {
        self.requests.writes
    }

    /// Where, and how many segments came to what: `shop/production: 2 to create, 5 unchanged`.
    pub fn headline(&self) -> String {
        let Report {
            project,
            environment,
            ..
        } = self;
        if !self.reached {
            return format!("{project}/{environment}: not reached");
        }
        format!("{project}/{environment}: {}", Summary(self))
    }

    /// The outcome of one segment.
    pub fn outcome(&self, key: &str) -> Option<&Outcome> {
        let mut segments = self.segments.iter();
        let segment = segments.find(|segment| segment.key == *key)?;
        Some(&segment.outcome)
    }

    /// Everything: the segments, then the AI Configs and flags.
    pub fn settled(&self) -> impl Iterator<Item = Settled<'_>> {
        let segments = self.segments.iter().map(SegmentReport::settled);
        segments.chain(self.targetings.iter().map(TargetingReport::settled))
    }

    /// What failed.
    pub fn failures(&self) -> impl Iterator<Item = Settled<'_>> {
        self.settled().filter(|it| it.outcome.is_failure())
    }

    /// What a plan or a verification found to differ.
    pub fn drifted(&self) -> impl Iterator<Item = Settled<'_>> {
        self.settled()
            .filter(|it| matches!(it.outcome, Outcome::Due(_)) || it.outcome.is_failure())
    }

    /// What the report is about, in a word.
    pub(crate) fn subject(&self) -> &'static str {
        match (self.segments.is_empty(), self.targetings.is_empty()) {
            (_, true) => "segments",
            (true, false) => "AI Configs and flags",
            (false, false) => "segments, AI Configs and flags",
        }
    }

    /// The report, or an error that carries it if something failed.
    pub(crate) fn complete(self) -> Result<Self, SyncError> {
        if self.failures().next().is_some() {
            return Err(SyncError::Incomplete(Box::new(self)));
        }
        Ok(self)
    }

    /// Makes an error of a verification that found a difference: for health checks and CI.
    pub fn in_sync(self) -> Result<Self, SyncError> {
        if self.drifted().next().is_none() {
            Ok(self)
        } else {
            Err(SyncError::Drift(Box::new(self)))
        }
    }
}
