//! Progress events for programs and tools.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::report::Outcome;
use serde::Deserialize;

/// A progress event.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ProgressEvent<'a> {
    /// Segments of the environment were read.
    Listed {
        /// How many, so far.
        read: usize,
        /// How many there are.
        total: usize,
    },
    /// A segment is settled.
    Settled {
        /// Its key.
        key: &'a str,
        /// The outcome.
        outcome: &'a Outcome,
        /// How many are settled by now.
        done: usize,
        /// How many there are to settle.
        total: usize,
    },
    /// A part of a list of members was read and is being sent.
    Uploaded {
        /// How many bytes, so far.
        bytes: u64,
    },
    /// The service is activating a list of members.
    Importing {
        /// The import's identifier.
        import: &'a str,
        /// How far it is.
        status: ImportStatus,
    },
    /// A request waits: for the rate limit, or before a retry.
    Waiting {
        /// For how long.
        wait: Duration,
    },
}

/// The callback, if there is one.
#[derive(Clone, Default)]
pub(crate) struct Progress(Option<Arc<Callback>>);

type Callback = dyn Fn(ProgressEvent<'_>) + Send + Sync;

impl Progress {
    pub(crate) fn new(callback: impl Fn(ProgressEvent<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(callback)))
    }

    pub(crate) fn tell(&self, event: ProgressEvent<'_>) {
        if let Some(callback) = &self.0 {
            callback(event);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "set" } else { "unset" })
    }
}

/// The status of an import (API documentation, *getBigSegmentImport*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImportStatus {
    /// The file is being read.
    Preparing,
    /// The import waits for an approval.
    PendingApproval,
    /// The import is about to take effect.
    Ready,
    /// The import is taking effect.
    InProgress,
    /// The import is in effect.
    Complete,
    /// The import was stopped, and has no effect.
    Stopped,
    /// A status that the service's documentation did not list when this was written.
    #[serde(other)]
    Other,
}
