//! The outcomes for context kinds.

use std::fmt;

use serde::Serialize;

/// The outcome for a context kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KindReport {
    /// The kind.
    pub kind: String,
    /// The outcome.
    pub outcome: KindOutcome,
}

/// The outcome for a context kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KindOutcome {
    /// The project does not have it, and it would be created.
    Planned,
    /// It was created.
    Created,
    /// The project has it, but archived: people cannot pick it.
    Archived,
    /// It could not be created, for this reason. The service accepts segments of unknown kinds, so they
    /// are not stopped.
    Failed(String),
}

impl fmt::Display for KindReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = &self.kind;
        match &self.outcome {
            KindOutcome::Planned => write!(f, "+ context kind {kind}"),
            KindOutcome::Created => write!(f, "created context kind {kind}"),
            KindOutcome::Archived => write!(
                f,
                "context kind {kind} is archived: people cannot pick it in LaunchDarkly"
            ),
            KindOutcome::Failed(error) => f.write_str(error),
        }
    }
}
