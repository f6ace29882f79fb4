//! What came of one segment, AI Config or flag.

use serde::Serialize;
use thiserror::Error;

use super::SegmentError;
use crate::sync::change::Change;

/// What came of a segment, or of what an AI Config or flag serves.
///
/// See the example of [`plan`](crate::sync::plan()).
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
/// See the example of [`plan`](crate::sync::plan()).
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
/// See the example of [`plan`](crate::sync::plan()).
#[derive(Clone, PartialEq, Eq, Error, Serialize)]
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

segments_model::readable_debug! {
    enum Refused {
        OwnedBy { owner },
        Different,
        Exists,
        External { system },
    }
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

impl Outcome {
    /// Whether LaunchDarkly was seen to have what is declared, so that it answers as this program does.
    /// What is declared no more says nothing against that.
    pub fn is_in_sync(&self) -> bool {
        matches!(
            self,
            Outcome::Unchanged | Outcome::Done(_) | Outcome::Kept { .. }
        )
    }

    pub(crate) fn is_done(&self) -> bool {
        matches!(self, Outcome::Done(_))
    }

    /// Whether it is a failure by the program's own mistake.
    pub(crate) fn is_own_mistake(&self) -> bool {
        match self {
            Outcome::Failed(error) => error.is_own_mistake(),
            other => other.is_failure(),
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
