//! What came of a sync: the outcome of every segment.

use std::fmt::{self, Write};
use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, SegmentKey, Visible};
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::change::Change;
use super::config::SyncMode;
use super::error::{RequestError, SyncError};

/// What came of a sync. Its `Display` is for people: what was done to which segment, and nothing
/// about the segments that were as declared but their number.
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
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SegmentReport {
    /// The segment.
    pub key: SegmentKey,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a segment.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was as declared.
    Unchanged,
    /// It is as declared now.
    Done(Action),
    /// It is not as declared, and nothing was done about it: in a plan and in a verification.
    Due(Action),
    /// It belongs to somebody else and is left alone, as configured.
    Skipped,
    /// A newer revision of the declarations is in force; it is left alone.
    Superseded {
        /// The newer revision.
        revision: u64,
    },
    /// It is declared no more, and would be deleted if nothing used it.
    Kept {
        /// What uses it.
        used_by: Vec<String>,
    },
    /// Its changes wait for an approval.
    Pending {
        /// The approval request's identifier.
        approval: String,
    },
    /// The service could not be reached.
    NotReached,
    /// It belongs to somebody else or has other contents, and is left alone: a failure.
    Refused {
        /// Why.
        reason: Refused,
        /// What differs.
        changes: Vec<Change>,
    },
    /// It could not be settled.
    Failed(SegmentError),
}

/// Something that is done to a segment, or due.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// It is made.
    Create {
        /// What it is given after it is made.
        changes: Vec<Change>,
    },
    /// It is changed.
    Update {
        /// How.
        changes: Vec<Change>,
    },
    /// It existed without an owner, and is taken over.
    Adopt {
        /// How it changes.
        changes: Vec<Change>,
    },
    /// It is declared no more, and is deleted.
    Delete,
}

/// Why a segment is left to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Refused {
    /// It carries the tag of another owner.
    #[error(
        "it belongs to `{owner}`; declare it in one place, or take it over with `Adoption::Always`"
    )]
    OwnedBy {
        /// The other owner.
        owner: String,
    },
    /// Nobody owns it, but it is neither empty nor as declared.
    #[error(
        "it exists with other contents; make the declaration equal, or take it over with `Adoption::Always`"
    )]
    Different,
    /// It exists, and the configuration takes none over.
    #[error("it exists already, and `Adoption::Refuse` takes none over")]
    Exists,
    /// Another system keeps it up to date.
    #[error("`{system}` keeps it; change it there")]
    External {
        /// The other system.
        system: String,
    },
}

/// Why a segment could not be settled.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// A request failed.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The lists would be longer than the service allows.
    #[error(
        "{count} contexts are listed and a standard segment holds {limit}; declare it as a big segment, or put the condition into an attribute and a rule"
    )]
    TooManyTargets {
        /// How many contexts would be listed.
        count: usize,
        /// How many may be.
        limit: usize,
    },
    /// It is a big segment and is declared as a standard one, or the other way round.
    #[error(
        "it is {found} and is declared as {declared}; the service cannot change that: declare it under another key, or delete it first"
    )]
    OtherForm {
        /// What it is.
        found: String,
        /// What it is declared as.
        declared: String,
    },
    /// The service took the changes and still shows something else.
    #[error(
        "after {patches} patches the service still shows something else ({}); sync again, and look who else writes",
        .left.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    )]
    NotConverged {
        /// How many patches were sent.
        patches: usize,
        /// What still differs.
        left: Vec<Change>,
    },
    /// A segment that one of its rules asks does not exist.
    #[error("it asks segment `{key}`, which could not be made")]
    WaitsFor {
        /// The missing segment.
        key: String,
    },
    /// Context kinds that it uses do not exist in the project.
    #[error("the project has no context kind {}; create them, or set `ContextKinds::Create`", .kinds.join(", "))]
    MissingKinds {
        /// The kinds.
        kinds: Vec<String>,
    },
}

impl Serialize for SegmentError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            error: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            refusal: Option<&'a super::error::Refusal>,
        }
        let refusal = match self {
            SegmentError::Request(error) => error.refusal(),
            _ => None,
        };
        let error = self.to_string();
        Fields { error, refusal }.serialize(serializer)
    }
}

/// What was done about a context kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KindReport {
    /// The kind.
    pub kind: String,
    /// What was done.
    pub outcome: KindOutcome,
}

/// What was done about a context kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KindOutcome {
    /// The project does not have it, and it would be made.
    Due,
    /// It was made.
    Created,
    /// The project has it, but archived: people cannot pick it.
    Archived,
    /// It could not be made. The service takes segments of unknown kinds, so they are not stopped.
    Failed(String),
}

impl Outcome {
    /// Whether the segment is not as it should be, and nothing and nobody says that this is right.
    pub fn is_failure(&self) -> bool {
        match self {
            Outcome::Refused { .. } | Outcome::Failed(_) => true,
            Outcome::Unchanged
            | Outcome::Done(_)
            | Outcome::Due(_)
            | Outcome::Skipped
            | Outcome::Superseded { .. }
            | Outcome::Kept { .. }
            | Outcome::Pending { .. }
            | Outcome::NotReached => false,
        }
    }
}

impl Action {
    /// The changes that belong to it.
    pub fn changes(&self) -> &[Change] {
        match self {
            Action::Create { changes } | Action::Update { changes } | Action::Adopt { changes } => {
                changes
            }
            Action::Delete => &[],
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
        format!("{project}/{environment}: {}", Summary(&self.segments))
    }

    /// The outcome of one segment.
    pub fn outcome(&self, key: &str) -> Option<&Outcome> {
        let mut segments = self.segments.iter();
        let segment = segments.find(|segment| segment.key == *key)?;
        Some(&segment.outcome)
    }

    /// The segments that failed.
    pub fn failures(&self) -> impl Iterator<Item = &SegmentReport> {
        self.segments
            .iter()
            .filter(|segment| segment.outcome.is_failure())
    }

    /// The segments that a plan or a verification found to differ.
    pub fn drifted(&self) -> impl Iterator<Item = &SegmentReport> {
        let drifted = |outcome: &Outcome| matches!(outcome, Outcome::Due(_));
        self.segments
            .iter()
            .filter(move |segment| drifted(&segment.outcome) || segment.outcome.is_failure())
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

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.reached {
            return writeln!(f, "{}", self.headline());
        }
        body(f, &self.segments, &self.kinds)?;
        write!(f, "{}; ", self.headline())?;
        match self.requests() {
            1 => f.write_str("1 request")?,
            more => write!(f, "{more} requests")?,
        }
        match self.writes() {
            0 => f.write_str(", none of them a write")?,
            1 => f.write_str(", 1 of them a write")?,
            more => write!(f, ", {more} of them writes")?,
        }
        writeln!(f, ", {:.1} s", self.elapsed.as_secs_f64())
    }
}

/// Everything that is not as it was or should be, line by line.
pub(crate) fn body(
    f: &mut fmt::Formatter<'_>,
    segments: &[SegmentReport],
    kinds: &[KindReport],
) -> fmt::Result {
    for kind in kinds {
        writeln!(f, "{kind}")?;
    }
    for segment in segments {
        if !matches!(segment.outcome, Outcome::Unchanged) {
            writeln!(f, "{segment}")?;
        }
    }
    Ok(())
}

impl fmt::Display for KindReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = &self.kind;
        match &self.outcome {
            KindOutcome::Due => write!(f, "+ context kind {kind}"),
            KindOutcome::Created => write!(f, "created context kind {kind}"),
            KindOutcome::Archived => write!(
                f,
                "context kind {kind} is archived: people cannot pick it in LaunchDarkly"
            ),
            KindOutcome::Failed(error) => {
                write!(f, "could not create context kind {kind}: {error}")
            }
        }
    }
}

impl fmt::Display for SegmentReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        match &self.outcome {
            Outcome::Unchanged => write!(f, "  {key}"),
            Outcome::Done(action) => {
                let verb = match action {
                    Action::Create { .. } => "created",
                    Action::Update { .. } => "updated",
                    Action::Adopt { .. } => "adopted",
                    Action::Delete => "deleted",
                };
                write!(f, "{verb} {key}")?;
                changes(f, action.changes())
            }
            Outcome::Due(action) => {
                let sign = match action {
                    Action::Create { .. } => "+",
                    Action::Update { .. } => "~",
                    Action::Adopt { .. } => "~ adopt",
                    Action::Delete => "-",
                };
                write!(f, "{sign} {key}")?;
                changes(f, action.changes())
            }
            Outcome::Skipped => write!(f, "skipped {key}: it is not managed by this program"),
            Outcome::Superseded { revision } => {
                write!(
                    f,
                    "left {key} alone: revision {revision} is in force, which is newer"
                )
            }
            Outcome::Kept { used_by } => {
                write!(
                    Visible(f),
                    "kept {key}, which is declared no more: used by {}",
                    used_by.join(", ")
                )
            }
            Outcome::Pending { approval } => {
                write!(
                    Visible(f),
                    "pending {key}: approval request {approval} is open"
                )
            }
            Outcome::NotReached => write!(f, "not reached {key}"),
            Outcome::Refused { reason, changes: c } => {
                write!(Visible(&mut *f), "refused {key}: {reason}")?;
                changes(f, c)
            }
            Outcome::Failed(error) => write!(f, "failed {key}: {error}"),
        }
    }
}

fn changes(f: &mut fmt::Formatter<'_>, changes: &[Change]) -> fmt::Result {
    for change in changes {
        write!(f, "\n    {change}")?;
    }
    Ok(())
}

/// How many segments came to what, in a few words.
pub(crate) struct Summary<'a>(pub(crate) &'a [SegmentReport]);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for segment in self.0 {
            let word = match &segment.outcome {
                Outcome::Unchanged => "unchanged",
                Outcome::Done(Action::Create { .. }) => "created",
                Outcome::Done(Action::Update { .. }) => "updated",
                Outcome::Done(Action::Adopt { .. }) => "adopted",
                Outcome::Done(Action::Delete) => "deleted",
                Outcome::Due(Action::Create { .. }) => "to create",
                Outcome::Due(Action::Update { .. }) => "to update",
                Outcome::Due(Action::Adopt { .. }) => "to adopt",
                Outcome::Due(Action::Delete) => "to delete",
                Outcome::Skipped => "skipped",
                Outcome::Superseded { .. } => "superseded",
                Outcome::Kept { .. } => "kept",
                Outcome::Pending { .. } => "pending",
                Outcome::NotReached => "not reached",
                Outcome::Refused { .. } => "refused",
                Outcome::Failed(_) => "failed",
            };
            match counts.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => counts.push((word, 1)),
            }
        }
        if counts.is_empty() {
            return f.write_str("no segments");
        }
        for (index, (word, count)) in counts.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{count} {word}")?;
        }
        Ok(())
    }
}
