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

    /// Counts another one, and says of it how much was tried by now. What went wrong before says more
    /// than that there was no time to try it again.
    pub(crate) fn failed(&mut self, failed: FailedRequest) -> FailedRequest {
        self.count += failed.attempts;
        let failed = match self.last.take() {
            Some(before) if failed.error.is_lack_of_time() => before,
            _ => failed,
        };
        let failed = failed.after(self.count, self.since.elapsed());
        self.last = Some(failed.clone());
        failed
    }

    /// The last error, if nothing has succeeded since.
    pub(crate) fn give_up(&mut self) -> Option<FailedRequest> {
        self.last.take()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use segments_model::{ContextKind, EnvironmentKey, ProjectKey};

    use super::super::request::Scope;
    use super::super::request_error::{RequestError, ServiceError};
    use super::*;

    fn failed(attempts: u32, error: RequestError) -> FailedRequest {
        let scope = Scope {
            project: ProjectKey::from_static("shop"),
            environment: EnvironmentKey::from_static("production"),
        };
        let request = scope.put_kind(&ContextKind::parse("device").unwrap());
        FailedRequest::new(&request, attempts, Duration::ZERO, error)
    }

    fn server() -> RequestError {
        let refusal = ServiceError {
            status: 502,
            code: None,
            message: None,
            id: None,
        };
        RequestError::from_refusal(refusal, None)
    }

    #[test]
    fn a_lack_of_time_does_not_hide_what_went_wrong_before() {
        let late = [
            RequestError::Deadline(Duration::from_secs(6)),
            RequestError::NoBudget {
                wait: Duration::from_secs(9),
            },
        ];
        for late in late {
            let mut attempts = Attempts::new();
            assert_eq!(attempts.failed(failed(0, late.clone())).error, late);
            attempts.failed(failed(2, server()));
            let told = attempts.failed(failed(0, late));
            assert_eq!((told.error, told.attempts), (server(), 2));
            assert_eq!(attempts.give_up().unwrap().error, server());
        }
    }
}
