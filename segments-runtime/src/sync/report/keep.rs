//! The reasons why a segment is not deleted.

use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

/// The reason why a segment that is no longer declared is not deleted. A deletion cannot be undone, so
/// everything that is not proved to be unused is a reason.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(
    tag = "reason",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
#[non_exhaustive]
pub enum Keep {
    /// Something uses it.
    #[error("used by {what}")]
    UsedBy {
        /// What it is, such as `flag new-page`.
        what: String,
    },
    /// Something may use it: the service does not say, or not completely.
    #[error("it is unknown whether {what} use it: {why}")]
    Unknown {
        /// The resources that may use it, such as `AI Configs`.
        what: &'static str,
        /// The problem with the response.
        why: String,
    },
    /// It carries another owner's tag, too.
    #[error("it carries the owner's tag of {}", named(.owners))]
    OwnedBy {
        /// All owners whose tags it carries.
        owners: Vec<String>,
    },
    /// It no longer carries an owner's tag.
    #[error("it no longer carries the owner's tag")]
    Unowned,
    /// It is protected.
    #[error(
        "it is protected (tag `protected-segment`); remove `protect` from its declaration first"
    )]
    Protected,
    /// A newer declaration created it.
    #[error("revision {revision} declares it, which is newer than this program's declarations")]
    Newer {
        /// Its revision.
        revision: u64,
    },
    /// A declaration of the same revision created it, and this one lacks it.
    #[error(
        "another declaration of revision {revision} declares it, and it is unknown which is newer; raise the revision"
    )]
    SameRevision {
        /// The revision.
        revision: u64,
    },
    /// A newer declaration is in force, which may still declare it.
    #[error("revision {revision} is in force, which is newer than this program's declarations")]
    Superseded {
        /// The newer revision.
        revision: u64,
    },
    /// It was created a moment ago, perhaps by a program that is being deployed.
    #[error("it was created less than {} ago (`prune_grace`)", span(*.grace))]
    Young {
        /// How old a segment has to be.
        #[serde(serialize_with = "seconds")]
        grace: Duration,
    },
    /// The service does not say when it was created.
    #[error("the service does not say when it was created, which `prune_grace` needs")]
    OfUnknownAge,
    /// Too large a share of the owner's segments would be deleted at once.
    #[error("{count} of {of} segments would be deleted, and at most {limit} may be at once {how}")]
    TooMany {
        /// The number that are no longer declared.
        count: usize,
        /// How many the owner has.
        of: usize,
        /// How many may go.
        limit: usize,
        /// The setting that allows more.
        #[serde(skip)]
        how: &'static str,
    },
    /// Nothing is declared, which is more likely a program that was linked without its segments.
    #[error("no segment is declared at all, so nothing is deleted")]
    NothingDeclared,
    /// Somebody changed it since it was read.
    #[error("it changed since it was read (version {from}, now {to})")]
    Changed {
        /// The version that was looked at.
        from: u64,
        /// The version that it has.
        to: u64,
    },
}

fn named(owners: &[String]) -> String {
    let owners: Vec<_> = owners.iter().map(|owner| format!("`{owner}`")).collect();
    owners.join(" and ")
}

/// In the largest unit that says it exactly.
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{time:?}"),
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_secs())
}
