//! Retries.

use std::time::Duration;

use super::clock::Clock;
use super::request::Repeat;
use super::request_error::{Effect, RequestError};

/// When and how often a request is retried. Waits always end at the sync's deadline.
///
/// | event | reading, deleting, putting a context kind | creating, patching |
/// |---|---|---|
/// | no connection | retried | retried |
/// | 429 | retried, after the time that the service names | the same |
/// | connection lost, response truncated, not JSON, 500 to 599 | retried | **not** retried: the segment is read, and only what is still missing is sent |
/// | any other refusal | not retried | not retried |
///
/// A conflict with another writer (409 `optimistic_locking_error`) is not retried either: the segment is
/// read, and what is still missing is sent.
///
/// The wait doubles from [`first`](Self::first) to [`longest`](Self::longest) and is drawn evenly between
/// zero and that ("full jitter"), so that replicas that failed together do not retry together.
///
/// ```
/// use segments_runtime::sync::RetryPolicy;
///
/// let never = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
/// # let _ = never;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The maximum number of attempts; at least one.
    pub attempts: u32,
    /// The first wait, before jitter.
    pub first: Duration,
    /// The longest wait, before jitter.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 8,
            first: Duration::from_millis(200),
            longest: Duration::from_secs(5),
        }
    }
}

/// HTML instead of JSON mostly means a wrong address, which a retry does not correct.
const NOT_JSON_ATTEMPTS: u32 = 3;

impl RetryPolicy {
    /// How long to wait before sending again after `sent` attempts; `None` to give up.
    pub(crate) fn wait(
        &self,
        sent: u32,
        repeat: Repeat,
        error: &RequestError,
        clock: &Clock,
    ) -> Option<Duration> {
        let attempts = match error {
            RequestError::UnexpectedResponse { .. } => self.attempts.min(NOT_JSON_ATTEMPTS),
            _ => self.attempts,
        };
        let again = match error.effect() {
            Effect::None => true,
            Effect::Unknown => repeat == Repeat::Harmless,
            Effect::Refused => false,
        };
        if !again || sent >= attempts {
            return None;
        }
        let named = match error {
            RequestError::RateLimited { wait, .. } => wait.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        Some(named.saturating_add(self.pause(sent, clock)))
    }

    /// The wait after `sent` attempts, drawn by chance.
    pub(crate) fn pause(&self, sent: u32, clock: &Clock) -> Duration {
        let doubled = 2_u32.saturating_pow(sent.saturating_sub(1));
        clock.up_to(self.first.saturating_mul(doubled).min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::super::request_error::ServiceError;
    use super::*;

    fn refused(status: u16) -> RequestError {
        let refusal = ServiceError {
            status,
            code: None,
            message: None,
            id: None,
        };
        RequestError::from_refusal(refusal, Some(Duration::from_secs(3)))
    }

    fn lost() -> RequestError {
        RequestError::ResponseLost {
            host: String::new(),
            cause: String::new(),
        }
    }

    fn again(repeat: Repeat, error: &RequestError) -> bool {
        let clock = Clock::default().seeded(1);
        RetryPolicy::default()
            .wait(1, repeat, error, &clock)
            .is_some()
    }

    #[test]
    fn the_table_of_the_documentation_holds() {
        use Repeat::{Harmless, LookFirst};
        let unreachable = RequestError::Unreachable {
            host: String::new(),
            cause: String::new(),
        };
        for repeat in [Harmless, LookFirst] {
            assert!(again(repeat, &unreachable));
            assert!(again(repeat, &refused(429)));
            for status in [400, 401, 403, 404, 405, 409, 422] {
                assert!(!again(repeat, &refused(status)), "{status}");
            }
        }
        for status in [500, 502, 503, 504] {
            assert!(again(Harmless, &refused(status)), "{status}");
            assert!(!again(LookFirst, &refused(status)), "{status}");
        }
        assert!(again(Harmless, &lost()) && !again(LookFirst, &lost()));
    }

    #[test]
    fn waits_grow_and_are_drawn_by_chance() {
        let policy = RetryPolicy::default();
        let clock = Clock::default().seeded(7);
        for sent in 1..30 {
            let most = Duration::from_millis(200)
                .saturating_mul(2_u32.saturating_pow(sent - 1))
                .min(policy.longest);
            assert!(policy.pause(sent, &clock) <= most);
        }
        let draws: Vec<_> = (0..20).map(|_| policy.pause(5, &clock)).collect();
        assert!(draws.windows(2).any(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_time_that_the_service_names_is_the_least() {
        let clock = Clock::default().seeded(7);
        let wait = RetryPolicy::default().wait(1, Repeat::LookFirst, &refused(429), &clock);
        assert!(wait.unwrap() >= Duration::from_secs(3));
    }

    #[test]
    fn attempts_are_counted() {
        let policy = RetryPolicy {
            attempts: 2,
            ..RetryPolicy::default()
        };
        let clock = Clock::default();
        assert!(policy.wait(1, Repeat::Harmless, &lost(), &clock).is_some());
        assert!(policy.wait(2, Repeat::Harmless, &lost(), &clock).is_none());
    }
}
