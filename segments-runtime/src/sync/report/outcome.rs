//! What came of one segment, AI Config or flag.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use super::{BusyRule, ItemError, Keep};
use crate::sync::change::Change;
use crate::sync::expiries;

/// What came of a segment, or of what an AI Config or flag serves.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was as declared.
    Unchanged,
    /// It is as declared now.
    Applied(Action),
    /// It is not as declared, and nothing was done about it: in a plan, in a verification, and in an
    /// apply that was stopped before it came to this.
    Planned(Action),
    /// There was no time to begin with it, so it is as it was: a failure.
    NotBegun(Action),
    /// It belongs to somebody else and is left alone, as configured.
    Skipped,
    /// A newer revision of the declarations is in force; it is left alone.
    Superseded {
        /// The newer revision.
        revision: u64,
    },
    /// Another declaration of the same revision says something else; nothing is written, because
    /// nobody can tell which is newer: a failure.
    Conflict {
        /// The revision.
        revision: u64,
    },
    /// This owner made it and declares it no more. It stays as it is, in force for everybody who
    /// uses it.
    Undeclared,
    /// It is declared no more, and would be deleted if nothing spoke against it.
    InUse {
        /// What does.
        because: Vec<Keep>,
    },
    /// It is not any more as it was when the plan was made, so that what was shown is not what would
    /// be done; nothing was written: a failure.
    Moved(Moved),
    /// Its changes wait for an approval.
    AwaitingApproval {
        /// The approval request's identifier.
        approval: String,
    },
    /// LaunchDarkly runs an experiment or a rollout on a rule that is declared. Nothing of the AI Config
    /// or flag is written or adopted, because what stands before a rule decides who reaches it. It is
    /// neither a failure nor drift. `override_running` (`--override-running`) writes all the same.
    Busy {
        /// The rules.
        rules: Vec<BusyRule>,
    },
    /// The service could not be reached.
    Unreachable,
    /// It belongs to somebody else or has other contents, and is left alone: a failure.
    Refused {
        /// Why.
        reason: RefusalReason,
        /// What differs.
        changes: Vec<Change>,
    },
    /// It could not be settled.
    Failed(ItemError),
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
    /// It takes the place of a segment with another key: it is made or completed, everything that asks the
    /// other one asks it, and the other one is deleted.
    Move {
        /// The key of the other one.
        from: String,
        /// What asks the other one and is pointed to it.
        users: Vec<String>,
        /// What is not as it was in the other one.
        changes: Vec<Change>,
        /// What it still takes to make it as declared.
        #[serde(skip)]
        due: Vec<Change>,
    },
    /// It is declared no more, and is deleted.
    Delete {
        /// What is lost with it.
        changes: Vec<Change>,
    },
}

/// What is different from what a plan was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Moved {
    /// The version that the plan saw; `None` if there was nothing.
    pub from: Option<u64>,
    /// The version that there is now; `None` if there is nothing.
    pub to: Option<u64>,
    /// What is not as it was, such as `rules`.
    pub fields: Vec<&'static str>,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, _) => f.write_str("somebody made it since the plan"),
            (_, None) => f.write_str("somebody deleted it since the plan"),
            (Some(from), Some(to)) => {
                let fields = match &self.fields[..] {
                    [] => "nothing that is shown".to_owned(),
                    fields => fields.join(", "),
                };
                write!(
                    f,
                    "somebody changed {fields} since the plan (version {from}, now {to})"
                )
            }
        }
    }
}

/// Why a segment is left to somebody else.
#[derive(Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RefusalReason {
    /// It carries the tag of another owner.
    #[error(
        "it belongs to `{owner}`; if both programs declare it, give them one owner (`segments_runtime::owner!(\"{owner}\")` where it is declared, or `--owner {owner}`), and if this program was called so, say `formerly(\"{owner}\")` (`--formerly {owner}`)"
    )]
    OwnedBy {
        /// The other owner.
        owner: String,
    },
    /// It carries the tags of several owners.
    #[error(
        "it carries the tags of several owners ({}); remove those that are not its owner's", .owners.join(", ")
    )]
    Disputed {
        /// The owners.
        owners: Vec<String>,
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
    enum RefusalReason {
        OwnedBy { owner },
        Disputed { owners },
        Different,
        Exists,
        External { system },
    }
}

impl Outcome {
    /// Returns whether the segment is not as it should be, and nothing and nobody says that this is right.
    pub fn is_failure(&self) -> bool {
        match self {
            Outcome::Refused { .. }
            | Outcome::Conflict { .. }
            | Outcome::Moved(_)
            | Outcome::NotBegun(_)
            | Outcome::Failed(_) => true,
            Outcome::Unchanged
            | Outcome::Applied(_)
            | Outcome::Planned(_)
            | Outcome::Skipped
            | Outcome::Superseded { .. }
            | Outcome::Undeclared
            | Outcome::InUse { .. }
            | Outcome::AwaitingApproval { .. }
            | Outcome::Busy { .. }
            | Outcome::Unreachable => false,
        }
    }
}

impl Outcome {
    /// Returns whether LaunchDarkly was seen to have what is declared, so that it answers as this program does.
    /// What is declared no more says nothing against that.
    pub fn is_in_sync(&self) -> bool {
        matches!(
            self,
            Outcome::Unchanged | Outcome::Applied(_) | Outcome::Undeclared | Outcome::InUse { .. }
        )
    }

    pub(crate) fn is_done(&self) -> bool {
        matches!(self, Outcome::Applied(_))
    }

    /// Returns whether it is a failure by the program's own mistake.
    pub(crate) fn is_own_mistake(&self) -> bool {
        match self {
            Outcome::Failed(error) => error.is_own_mistake(),
            // Somebody else changed it.
            Outcome::Moved(_) | Outcome::NotBegun(_) => false,
            other => other.is_failure(),
        }
    }

    /// Returns whether it is as declared, as far as is known: so it exists.
    pub(crate) fn is_settled(&self) -> bool {
        match self {
            Outcome::Unchanged => true,
            Outcome::Applied(action) => !matches!(action, Action::Delete { .. }),
            _ => false,
        }
    }
}

impl Action {
    /// The changes that belong to it.
    pub fn changes(&self) -> &[Change] {
        match self {
            Action::Create { changes }
            | Action::Update { changes }
            | Action::Adopt { changes }
            | Action::Delete { changes }
            | Action::Move { changes, .. } => changes,
        }
    }

    /// What happens around a segment that takes the place of another one, in words.
    #[must_use]
    pub fn moves(&self) -> Vec<String> {
        let Action::Move { from, users, .. } = self else {
            return Vec::new();
        };
        let users = users.iter();
        let users = users.map(|user| format!("{user} references it instead of {from}"));
        users.chain([format!("delete {from}")]).collect()
    }

    /// The changes that it takes.
    pub(crate) fn due(&self) -> &[Change] {
        match self {
            Action::Move { due, .. } => due,
            other => other.changes(),
        }
    }

    /// Returns whether a segment is made by this.
    pub(crate) fn makes(&self) -> bool {
        matches!(self, Action::Create { .. } | Action::Move { .. })
    }

    /// Returns whether somebody who was shown this has seen the other: nothing in it is new to them.
    pub(crate) fn shows(&self, other: &Action) -> bool {
        let same_deed = matches!(
            (self, other),
            (
                Action::Create { .. },
                Action::Create { .. } | Action::Update { .. }
            ) | (Action::Update { .. }, Action::Update { .. })
                | (
                    Action::Adopt { .. },
                    Action::Adopt { .. } | Action::Update { .. }
                )
                | (Action::Delete { .. }, Action::Delete { .. })
                | (
                    Action::Move { .. },
                    Action::Create { .. } | Action::Update { .. }
                )
        );
        let due = self.due();
        let shown = |change| due.contains(change) || expiries::show(due, change);
        same_deed && other.changes().iter().all(shown)
    }

    /// Tells of what had to be done beside it.
    pub(crate) fn add(&mut self, other: &Action) {
        let (Action::Create { changes }
        | Action::Update { changes }
        | Action::Adopt { changes }
        | Action::Delete { changes }
        | Action::Move { changes, .. }) = self;
        for change in other.changes() {
            if !changes.contains(change) && !expiries::show(changes, change) {
                changes.push(change.clone());
            }
        }
    }
}
