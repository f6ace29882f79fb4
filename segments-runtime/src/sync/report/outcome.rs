//! The outcome for one resource.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use super::shown;
use super::{BusyRule, ItemError, Keep};
use crate::sync::change::Change;

/// The outcome for a segment, or for the targeting of an AI Config or a flag.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was as declared.
    Unchanged,
    /// It is as declared now.
    Applied(Action),
    /// It is not as declared, and nothing was changed: in a plan, in a verification, and in an apply that
    /// was stopped before.
    Planned(Action),
    /// There was no time to begin, so it is unchanged: a failure.
    NotBegun(Action),
    /// It has another owner and is left alone, as configured.
    Skipped,
    /// A newer revision of the declarations is in force; it is left alone.
    Superseded {
        /// The newer revision.
        revision: u64,
    },
    /// Another declaration of the same revision differs; nothing is written, because it is unknown which
    /// is newer: a failure.
    Conflict {
        /// The revision.
        revision: u64,
    },
    /// This owner created it and no longer declares it. It stays as it is, in force for everybody who
    /// uses it.
    Undeclared,
    /// It is no longer declared, and would be deleted if no check kept it.
    InUse {
        /// What does.
        because: Vec<Keep>,
    },
    /// It changed since the plan was made, so the changes that were shown are not the changes that it
    /// needs; nothing was written: a failure.
    Moved(Moved),
    /// Its changes wait for an approval.
    AwaitingApproval {
        /// The approval request's identifier.
        approval: String,
    },
    /// LaunchDarkly runs an experiment or a rollout on a declared rule. Nothing of the AI Config or flag
    /// is written or adopted, because earlier rules decide which contexts reach the rule. This is neither
    /// a failure nor drift. `override_running` (`--override-running`) writes anyway.
    Busy {
        /// The rules.
        rules: Vec<BusyRule>,
    },
    /// The service could not be reached.
    Unreachable,
    /// Refused: another owner, or contents that adoption would overwrite. Counts as a failure.
    Refused {
        /// Why.
        reason: RefusalReason,
        /// The differences.
        changes: Vec<Change>,
    },
    /// It could not be settled.
    Failed(ItemError),
}

/// A change of a resource, made or planned.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// Creates it.
    Create {
        /// The changes after its creation.
        changes: Vec<Change>,
    },
    /// Updates it.
    Update {
        /// How.
        changes: Vec<Change>,
    },
    /// Takes it over: it existed without an owner.
    Adopt {
        /// How it changes.
        changes: Vec<Change>,
    },
    /// Takes the place of a segment with another key: creates or completes this one, changes all
    /// references to the other one, and deletes that.
    Move {
        /// The key of the other one.
        from: String,
        /// The resources that reference the other one and will reference this one.
        users: Vec<String>,
        /// The differences from the other one.
        changes: Vec<Change>,
        /// The remaining changes that make it match its declaration.
        #[serde(skip)]
        due: Vec<Change>,
    },
    /// Deletes it: it is no longer declared.
    Delete {
        /// The contents that are lost with it.
        changes: Vec<Change>,
    },
}

/// The differences from the state that a plan was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Moved {
    /// The version that the plan read; `None` if it did not exist.
    pub from: Option<u64>,
    /// The current version; `None` if it does not exist.
    pub to: Option<u64>,
    /// The parts that differ, such as `rules`.
    pub fields: Vec<&'static str>,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, _) => f.write_str("somebody created it since the plan"),
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

/// The reason why a segment is refused.
#[derive(Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RefusalReason {
    /// It carries the tag of another owner.
    #[error(
        "it belongs to `{owner}`; if both programs declare it, give them one owner (`segments_runtime::owner!(\"{owner}\")` where it is declared, or `--owner {owner}`); if this is the former name of this program, set `formerly(\"{owner}\")` (`--formerly {owner}`)"
    )]
    OwnedBy {
        /// The other owner.
        owner: String,
    },
    /// It carries the tags of several owners.
    #[error(
        "it carries the tags of several owners ({}); remove all but its owner's", .owners.join(", ")
    )]
    Disputed {
        /// The owners.
        owners: Vec<String>,
    },
    /// It has no owner, but is neither empty nor as declared.
    #[error(
        "it exists with other contents; change the declaration to match, or take it over with `Adoption::Always` (`--adopt always`)"
    )]
    Different,
    /// It exists, and the configuration adopts no segments.
    #[error("it exists already, and `Adoption::Refuse` (`--adopt never`) adopts no segments")]
    Exists,
    /// Another system keeps it up to date.
    #[error("`{system}` manages it; change it there")]
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
    /// Returns whether the resource is not as it should be, without a reason that makes this acceptable.
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
    /// Returns whether LaunchDarkly is confirmed to match the declaration, so that it answers as this
    /// program does. Resources that are no longer declared count as in sync.
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
    /// Returns the changes.
    pub fn changes(&self) -> &[Change] {
        match self {
            Action::Create { changes }
            | Action::Update { changes }
            | Action::Adopt { changes }
            | Action::Delete { changes }
            | Action::Move { changes, .. } => changes,
        }
    }

    /// Returns the effects of taking the place of another segment, in words.
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

    /// Returns whether the other contains nothing new to a person who was shown this.
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
        let shown = |change| due.contains(change) || shown::show(due, change);
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
            if !changes.contains(change) && !shown::show(changes, change) {
                changes.push(change.clone());
            }
        }
    }
}
