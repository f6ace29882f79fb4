//! The reasons why the lists of a segment were not changed.

use segments_model::{ContextKind, MAX_TARGETS, SegmentKey};
use thiserror::Error;

use super::list_undo::ListUndo;
use crate::sync::change::TargetList;
use crate::sync::config::ConfigError;
use crate::sync::failed::FailedRequest;
use crate::sync::runtime::NoRuntime;

/// The reason why the lists of a segment were not changed. Nothing was changed, unless the error says so.
///
/// ```
/// use segments_runtime::model::SegmentKey;
/// use segments_runtime::sync::{ListError, TargetList};
///
/// let error = ListError::Declared { segment: SegmentKey::parse("staff")?, list: TargetList::Included };
/// assert!(error.to_string().ends_with("so the next sync would undo this; change the declaration"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Error)]
#[non_exhaustive]
pub enum ListError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no Tokio runtime.
    #[error(
        "cannot reach LaunchDarkly without a Tokio runtime: {0}; call it from one that is built with `enable_all`"
    )]
    Runtime(#[source] std::io::Error),
    /// A request failed. A failed write may have taken effect; you may apply the same change again.
    #[error(transparent)]
    Request(Box<FailedRequest>),
    /// The segment does not exist.
    #[error("there is no segment `{segment}` in {scope}; a sync creates it")]
    NoSegment {
        /// The segment.
        segment: SegmentKey,
        /// The project and the environment.
        scope: String,
    },
    /// A declaration manages the list.
    #[error(
        "the {} list of `{segment}` is declared, so the next sync would undo this; change the declaration", .list.name()
    )]
    Declared {
        /// The segment.
        segment: SegmentKey,
        /// The list.
        list: TargetList,
    },
    /// Another system manages the segment.
    #[error("`{system}` manages `{segment}`; change it there")]
    External {
        /// The segment.
        segment: SegmentKey,
        /// The system.
        system: String,
    },
    /// The project has no such kind of context.
    #[error(
        "the project `{project}` has no context kind `{kind}`, so no context can have it; a sync that uses the kind creates it"
    )]
    UnknownKind {
        /// The kind.
        kind: ContextKind,
        /// The project.
        project: String,
    },
    /// Somebody else changed the contexts since the change to undo.
    #[error(
        "{contexts} of the contexts were changed since on the lists of `{segment}`; check the lists, and make a new change"
    )]
    ChangedMeanwhile {
        /// The segment.
        segment: SegmentKey,
        /// How many contexts.
        contexts: usize,
    },
    /// The change to undo was made in another place.
    #[error(
        "the change was made in {made}, and the undo is applied to {asked}; use the configuration of the change"
    )]
    OtherEnvironment {
        /// Where the change was made.
        made: String,
        /// What is configured.
        asked: String,
    },
    /// Some requests took effect before one failed. You may apply the same change again, or undo it.
    #[error("{error}; some contexts were already changed, so apply the same change again")]
    Partly {
        /// What failed.
        #[source]
        error: Box<ListError>,
        /// The change that undoes this one.
        undo: Box<ListUndo>,
    },
    /// A key is empty.
    #[error("a key is empty; name each context by its key")]
    EmptyKey,
    /// There is nothing to change.
    #[error("no context is named; name at least one")]
    NoKeys,
    /// The change has more contexts than allowed.
    #[error(
        "{keys} contexts are named, but at most {most} are allowed at once; raise `at_most`, or name fewer"
    )]
    TooMany {
        /// How many are named.
        keys: usize,
        /// How many may be.
        most: usize,
    },
    /// The segment would list more contexts than it can.
    #[error(
        "`{segment}` would list {total} contexts, but at most {MAX_TARGETS} are allowed; use a big segment"
    )]
    TooLong {
        /// The segment.
        segment: SegmentKey,
        /// How many contexts would be listed.
        total: usize,
    },
    /// The expiry is not in the future.
    #[error("the expiry {until} has passed; name a later one")]
    Passed {
        /// The expiry.
        until: String,
    },
    /// Contexts that are removed cannot expire.
    #[error("contexts that are on no list have no expiry; remove the expiry")]
    NothingExpires,
    /// The big segment has another kind.
    #[error(
        "`{segment}` is a big segment of contexts of kind `{kind}`; name contexts of that kind"
    )]
    OtherKind {
        /// The segment.
        segment: SegmentKey,
        /// The kind of its members.
        kind: String,
    },
    /// A big segment has no such list, or no expiries.
    #[error("`{segment}` is a big segment, where {what}")]
    Big {
        /// The segment.
        segment: SegmentKey,
        /// What is not possible.
        what: &'static str,
    },
    /// The contexts could not be given their expiry, and were removed from the list again.
    #[error("the contexts could not be given their expiry, so they were not listed: {reason}")]
    NoExpiry {
        /// The service's message.
        reason: String,
    },
    /// The contexts are listed without the expiry, because they could not be removed again.
    #[error(
        "the contexts are listed, could not be given their expiry ({reason}), and could not be removed again; remove them"
    )]
    WithoutExpiry {
        /// The service's message.
        reason: String,
    },
}

segments_model::readable_debug! {
    enum ListError {
        Config(error),
        Runtime(error),
        Request(error),
        NoSegment { segment, scope },
        Declared { segment, list },
        External { segment, system },
        UnknownKind { kind, project },
        ChangedMeanwhile { segment, contexts },
        OtherEnvironment { made, asked },
        Partly { error, undo },
        EmptyKey,
        NoKeys,
        TooMany { keys, most },
        TooLong { segment, total },
        Passed { until },
        NothingExpires,
        OtherKind { segment, kind },
        Big { segment, what },
        NoExpiry { reason },
        WithoutExpiry { reason },
    }
}

impl From<NoRuntime> for ListError {
    fn from(NoRuntime(error): NoRuntime) -> Self {
        Self::Runtime(error)
    }
}

impl From<FailedRequest> for ListError {
    fn from(error: FailedRequest) -> Self {
        Self::Request(Box::new(error))
    }
}
