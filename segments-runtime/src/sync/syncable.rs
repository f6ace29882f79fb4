//! The operations that a sync needs for a kind of resource.
//!
//! One function [decides](super::decide) about every kind, and one loop [converges](super::converge). A
//! new kind implements reading, comparing and writing, in its own module.

use std::fmt;

use segments_model::wire;
use serde_json::Value as Json;

use super::approval::Approvable;
use super::change::Change;
use super::config::Options;
use super::failed::FailedRequest;
use super::ownership::{Adoption, Claim};
use super::reader::Reader;
use super::report::{Action, BusyRule, ItemError, Moved, Outcome};
use super::revision::Revision;
use super::writer::Writer;

/// One declaration, and how the service is made to agree with it.
///
/// Decisions are pure functions of what is declared, what is there and what is configured, so that a
/// plan and its execution cannot disagree.
pub(crate) trait Syncable: fmt::Debug + Sync {
    /// The resource as the service shows it.
    type Remote: Versioned + Clone + fmt::Debug + Send + Sync;

    /// The loop's knowledge about how the service accepts patches.
    type Dialect: Default + Send;

    /// Whether an answer to a patch may show something else than readers are given, so that it is
    /// read once more at the end.
    const READS_AGAIN: bool = false;

    /// Whether the service refuses a patch to another version than the one that was seen.
    const GUARDED: bool = false;

    /// What to do, where there is no such resource: it is made with everything that is declared.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    fn missing(&self) -> Result<Action, ItemError> {
        let changes = Vec::new();
        Ok(Action::Create { changes })
    }

    /// Refuses a resource that no change can make as declared.
    ///
    /// # Errors
    ///
    /// When it is of another form, or lacks what people have to make.
    fn accept(&self, remote: &Self::Remote) -> Result<(), ItemError>;

    /// The owner of the resource.
    fn claim(&self, remote: &Self::Remote) -> Claim;

    /// The revision of the declaration.
    fn revision(&self) -> Option<&Revision>;

    /// The revisions that the resource shows.
    fn revisions(&self, remote: &Self::Remote) -> Vec<Revision>;

    /// Whether it is no longer declared, so that its marks are removed.
    fn ends(&self) -> bool {
        false
    }

    /// The experiments and rollouts that LaunchDarkly runs on the declared resource.
    ///
    /// # Errors
    ///
    /// When the resource lacks what is declared.
    fn busy(&self, _remote: &Self::Remote) -> Result<Vec<BusyRule>, ItemError> {
        Ok(Vec::new())
    }

    /// The system that manages the resource, if it is another one.
    fn keeper<'r>(&self, _remote: &'r Self::Remote) -> Option<&'r str> {
        None
    }

    /// The changes that make the resource match the declaration, and mark it as the owner's if `marked`.
    ///
    /// # Errors
    ///
    /// When a part has to change that the service does not let one name.
    fn changes(&self, remote: &Self::Remote, marked: bool) -> Result<Vec<Change>, ItemError>;

    /// Returns whether nothing that somebody else made is lost by the changes.
    fn keeps_everything(&self, _remote: &Self::Remote, changes: &[Change]) -> bool {
        changes.is_empty()
    }

    /// The outcome of an action: it is planned, unless it would exceed a limit or break a promise.
    ///
    /// # Errors
    ///
    /// When it would.
    fn permit(&self, _remote: Option<&Self::Remote>, action: Action) -> Result<Outcome, ItemError> {
        Ok(Outcome::Planned(action))
    }

    /// How to treat one that exists and is nobody's.
    fn adoption(&self, options: &Options) -> Adoption {
        options.adoption
    }

    /// Returns whether the resource is exactly as it was when the declaration was imported from it.
    fn is_as_imported(&self, _options: &Options, _remote: &Self::Remote) -> bool {
        false
    }

    /// How it is called in the log.
    fn name(&self) -> String;

    /// The parts of the resource, each with whether it is different from what a plan saw.
    fn parts(&self, from: &Self::Remote, to: &Self::Remote) -> Vec<(&'static str, bool)>;

    /// What is different from what a plan saw.
    fn moved(&self, from: Option<&Self::Remote>, to: Option<&Self::Remote>) -> Moved {
        let parts = from.zip(to).map(|(from, to)| self.parts(from, to));
        let parts = parts.unwrap_or_default().into_iter();
        let differ = parts.filter(|(_, differs)| *differs);
        Moved {
            from: from.map(Versioned::version),
            to: to.map(Versioned::version),
            fields: differ.map(|(name, _)| name).collect(),
        }
    }

    /// How many requests the changes take if nobody interferes.
    fn expected(&self, changes: &[Change], guarded: bool) -> usize;

    /// Reads the resource; `None` if it does not exist.
    fn read(
        &self,
        reader: &Reader,
    ) -> impl Future<Output = Result<Option<Self::Remote>, FailedRequest>> + Send;

    /// Sends the next request on the way, and returns the resource as the answer shows it.
    ///
    /// # Errors
    ///
    /// When the request fails, or nothing can be sent.
    fn send(
        &self,
        writer: &Writer,
        step: Step<'_, Self::Remote>,
        dialect: &mut Self::Dialect,
    ) -> impl Future<Output = Result<Self::Remote, ItemError>> + Send;

    /// The approval to request, with its instructions; `None` if approvals do not accept them.
    fn approvable(
        &self,
        _seen: &Self::Remote,
        _changes: &[Change],
    ) -> Option<(Approvable<'_>, Vec<Json>)> {
        None
    }

    /// Removes what was made a moment ago and could not be finished, and returns the error to tell.
    fn unmake(
        &self,
        _writer: &Writer,
        _made: &Self::Remote,
        error: ItemError,
    ) -> impl Future<Output = ItemError> + Send {
        std::future::ready(error)
    }
}

/// The next thing to do.
#[derive(Debug)]
pub(crate) struct Step<'a, R> {
    /// The resource as it was seen last; it is made if there was none.
    pub(crate) seen: Option<&'a R>,
    pub(crate) changes: &'a [Change],
    /// Whether the patch may apply only to the version that was seen.
    pub(crate) guarded: bool,
    /// The author of the changes, for the audit log.
    pub(crate) comment: String,
}

/// Something that counts its changes.
pub(crate) trait Versioned {
    /// How often it was changed.
    fn version(&self) -> u64;
}

impl Versioned for wire::Segment {
    fn version(&self) -> u64 {
        self.version
    }
}

impl Versioned for wire::Targeting {
    fn version(&self) -> u64 {
        self.version
    }
}
