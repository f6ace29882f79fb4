//! What came of a sync: the outcome of every segment.

use std::fmt::{self, Write};
use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, Resource, SegmentKey, Visible};
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::change::Change;
use super::config::SyncMode;
use super::error::{RequestError, SyncError};

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

/// What came of a segment, or of what an AI Config or flag serves.
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was as declared.
    Unchanged,
    /// It is as declared now.
    Done(Action),
    /// It is not as declared, and nothing was done about it: in a plan, in a verification, and in an
    /// apply that was stopped before it came to this.
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
        /// What uses it, or may.
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
///
/// See the example of [`plan`](super::plan()).
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
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Refused {
    /// It carries the tag of another owner.
    #[error(
        "it belongs to `{owner}`; declare it in one place, or take it over with `Adoption::Always` (`--adopt always`)"
    )]
    OwnedBy {
        /// The other owner.
        owner: String,
    },
    /// Nobody owns it, but it is neither empty nor as declared.
    #[error(
        "it exists with other contents; make the declaration equal, or take it over with `Adoption::Always` (`--adopt always`)"
    )]
    Different,
    /// It exists, and the configuration takes none over.
    #[error("it exists already, and `Adoption::Refuse` (`--adopt never`) takes none over")]
    Exists,
    /// Another system keeps it up to date.
    #[error("`{system}` keeps it; change it there")]
    External {
        /// The other system.
        system: String,
    },
}

/// Why a segment could not be settled.
///
/// See the example of [`plan`](super::plan()).
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
    /// Variations are declared that the AI Config or flag does not have.
    #[error("the {what} has no variation {}", unknown_variations(.unknown, .existing))]
    UnknownVariations {
        /// What it is.
        what: &'static str,
        /// Their keys.
        unknown: Vec<String>,
        /// Those that it has.
        existing: Vec<String>,
    },
    /// There is no such AI Config or flag, or the token does not see it.
    #[error(
        "there is no such {what} in the project; make it in LaunchDarkly, with {}", listed(.variations)
    )]
    NoResource {
        /// What it would be.
        what: &'static str,
        /// The variations that are declared.
        variations: Vec<String>,
    },
    /// The service shows no targeting for the environment.
    #[error("it has no environment `{environment}`; check LAUNCHDARKLY_ENVIRONMENT")]
    NoEnvironment {
        /// The environment.
        environment: String,
    },
    /// Context kinds that it uses do not exist in the project.
    #[error("the project has no context kind {}; create them, or set `ContextKinds::Create`", .kinds.join(", "))]
    MissingKinds {
        /// The kinds.
        kinds: Vec<String>,
    },
}

fn listed(keys: &[String]) -> String {
    let plural = if keys.len() == 1 { "" } else { "s" };
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    format!("variation{plural} {}", keys.join(", "))
}

/// Each with a suggestion if one is close, and then all that there are.
fn unknown_variations(unknown: &[String], existing: &[String]) -> String {
    let names = || existing.iter().map(String::as_str);
    let say = |key: &String| match segments_model::did_you_mean(key, names()) {
        Some(meant) => format!("`{key}` (did you mean `{meant}`?)"),
        None => format!("`{key}`"),
    };
    let unknown: Vec<_> = unknown.iter().map(say).collect();
    let has = if existing.is_empty() {
        "it has none".to_owned()
    } else {
        format!("it has the {}", listed(existing))
    };
    format!("{}; {has}", unknown.join(", "))
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
///
/// See the example of [`plan`](super::plan()).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KindReport {
    /// The kind.
    pub kind: String,
    /// What was done.
    pub outcome: KindOutcome,
}

/// What was done about a context kind.
///
/// See the example of [`plan`](super::plan()).
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

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.reached {
            return writeln!(f, "{}", self.headline());
        }
        body(f, self)?;
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
pub(crate) fn body(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    for kind in &report.kinds {
        writeln!(f, "{kind}")?;
    }
    for settled in report.settled() {
        if !matches!(settled.outcome, Outcome::Unchanged) {
            writeln!(f, "{settled}")?;
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
        self.settled().fmt(f)
    }
}

impl fmt::Display for TargetingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settled().fmt(f)
    }
}

/// The key of a segment, or what the resource is and its key.
struct Name<'a>(Settled<'a>);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.resource {
            Some(resource) => write!(f, "{resource}"),
            None => f.write_str(self.0.key),
        }
    }
}

impl fmt::Display for Settled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = Name(*self);
        match self.outcome {
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

/// How many segments, AI Configs and flags came to what, in a few words.
pub(crate) struct Summary<'a>(pub(crate) &'a Report);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for settled in self.0.settled() {
            let word = match settled.outcome {
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
