//! Attempts at a change that takes several requests.

use tokio::time::Instant;

use super::failed::FailedRequest;

/// How often a change was tried in vain, since when, and what went wrong last.
pub(crate) struct Attempts {
    since: Instant,
    pub(crate) count: u32,
    last: Option<FailedRequest>,
}

impl Attempts {
    pub(crate) fn new() -> Self {
        Self {
            since: Instant::now(),
            count: 0,
            last: None,
        }
    }

    /// Counts another one, and says of it how much was tried by now.
    pub(crate) fn failed(&mut self, failed: FailedRequest) -> FailedRequest {
        self.count += failed.attempts;
        let failed = failed.after(self.count, self.since.elapsed());
        self.last = Some(failed.clone());
        failed
    }

    /// The last error, if nothing has succeeded since.
    pub(crate) fn give_up(&mut self) -> Option<FailedRequest> {
        self.last.take()
    }
}
