//! A request that failed for good.

use std::fmt;
use std::time::Duration;

use super::request::Request;
use super::request_error::RequestError;

/// A request that failed for good: its purpose, the error, and the attempts.
///
/// ```no_run
/// # async fn start(config: &segments_runtime::SyncConfig) {
/// use segments_runtime::sync::{RequestError, SyncError};
///
/// if let Err(SyncError::Read { error, .. }) = segments_runtime::sync(config).await {
///     println!("could not {}: {} attempts in {:?}", error.purpose, error.attempts, error.elapsed);
///     if let RequestError::Server(refusal) = &error.error {
///         println!("LaunchDarkly answered {}", refusal.status);
///     }
/// }
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedRequest {
    /// The purpose, such as ``create segment `beta` ``.
    pub purpose: String,
    /// The number of attempts; 0 if there was no time to send the request at all.
    pub attempts: u32,
    /// The time that it took, including the waits between attempts.
    pub elapsed: Duration,
    /// The error of the last attempt.
    pub error: RequestError,
    /// The action that the token's role has to allow, and on what.
    needs: String,
}

segments_model::readable_debug! {
    struct FailedRequest { purpose, attempts, elapsed, error, needs }
}

impl FailedRequest {
    pub(crate) fn new(
        request: &Request,
        attempts: u32,
        elapsed: Duration,
        error: RequestError,
    ) -> Self {
        Self {
            purpose: request.purpose.doing.clone(),
            attempts,
            elapsed,
            error,
            needs: request.purpose.needs.clone(),
        }
    }

    /// Returns whether there was no time to send it.
    pub(crate) fn never_sent(&self) -> bool {
        self.attempts == 0 && matches!(self.error, RequestError::Deadline(_))
    }

    /// A request whose answer was read, and is not what was asked for.
    pub(crate) fn answered(request: &Request, error: RequestError) -> Self {
        Self::new(request, 1, Duration::ZERO, error)
    }

    /// The same failure, at the end of several requests for one purpose.
    pub(crate) fn after(self, attempts: u32, elapsed: Duration) -> Self {
        Self {
            attempts: attempts.max(self.attempts),
            elapsed: elapsed.max(self.elapsed),
            ..self
        }
    }
}

/// The longest time that needs no log line.
const SHORT: Duration = Duration::from_millis(500);

/// One line: what was tried and for how long, why it failed, and what to do about it.
impl fmt::Display for FailedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}", self.purpose)?;
        if self.attempts > 1 || self.elapsed > SHORT {
            let plural = if self.attempts == 1 { "" } else { "s" };
            let (attempts, seconds) = (self.attempts, self.elapsed.as_secs_f64());
            write!(f, " ({attempts} attempt{plural} in {seconds:.1} s)")?;
        }
        match &self.error {
            RequestError::Forbidden(refusal) => write!(
                f,
                ": the access token may not do this ({refusal}); give it a role that allows {}",
                self.needs
            ),
            error => write!(f, ": {error}"),
        }
    }
}

impl std::error::Error for FailedRequest {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

#[cfg(test)]
mod tests {
    use segments_model::{ContextKind, EnvironmentKey, ProjectKey};

    use super::super::request::Scope;
    use super::super::request_error::ServiceError;
    use super::*;

    fn scope() -> Scope {
        Scope {
            project: ProjectKey::from_static("shop"),
            environment: EnvironmentKey::from_static("production"),
        }
    }

    fn refused(status: u16) -> RequestError {
        let refusal = ServiceError {
            status,
            code: Some("forbidden".to_owned()),
            message: Some("Access was denied".to_owned()),
            id: None,
        };
        RequestError::from_refusal(refusal, None)
    }

    #[test]
    fn a_403_names_the_role_of_what_was_tried() {
        let kind = ContextKind::parse("device").unwrap();
        let request = scope().put_kind(&kind);
        let failed = FailedRequest::new(&request, 1, Duration::ZERO, refused(403));
        assert_eq!(
            failed.to_string(),
            "cannot create context kind `device`: the access token may not do this (403 forbidden: Access was \
             denied); give it a role that allows `createContextKind` on `proj/shop:context-kind/*`"
        );
    }

    #[test]
    fn what_was_tried_in_vain_is_told_once() {
        let request = scope().list(0, 50);
        let failed = FailedRequest::new(&request, 4, Duration::from_secs(4), refused(502));
        let shown = failed.to_string();
        let start = "cannot list the segments of `shop/production` (4 attempts in 4.0 s): ";
        assert!(shown.starts_with(start) && shown.contains("502"), "{shown}");
    }
}
