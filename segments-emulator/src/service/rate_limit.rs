//! Rate limits: windows, counters, headers.

use std::collections::HashMap;
use std::time::Duration;

use hyper::header::{HeaderName, RETRY_AFTER};
use serde::{Deserialize, Serialize};

use crate::message::{ApiError, Request, Response};

/// The retry hint of a refusal, in one of LaunchDarkly's forms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Hint {
    /// No hint.
    #[default]
    None,
    /// `Retry-After`, in seconds: limits by address.
    RetryAfter {
        /// How long.
        seconds: u64,
    },
    /// `X-Ratelimit-Reset`, in milliseconds since 1970: limits of the account and of the route.
    Reset {
        /// How many milliseconds from now; less than 0 is a moment in the past, which users of the
        /// real service met.
        milliseconds: i64,
    },
    /// `X-Ratelimit-Auth-Token-Reset`, in milliseconds since 1970: limits of the token.
    TokenReset {
        /// How many milliseconds from now.
        milliseconds: i64,
    },
}

impl Hint {
    /// Returns an `X-Ratelimit-Reset` at this time from now.
    pub fn reset_in(wait: Duration) -> Self {
        Hint::Reset {
            milliseconds: i64::try_from(wait.as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// Returns an `X-Ratelimit-Reset` in the past.
    pub fn stale_reset() -> Self {
        Hint::Reset {
            milliseconds: -3_600_000,
        }
    }

    pub(crate) fn apply(&self, now: i64, response: &mut Response) {
        match *self {
            Hint::None => {}
            Hint::RetryAfter { seconds } => response.set(RETRY_AFTER, &seconds.to_string()),
            Hint::Reset { milliseconds } => response.set(
                HeaderName::from_static("x-ratelimit-reset"),
                &now.saturating_add(milliseconds).to_string(),
            ),
            Hint::TokenReset { milliseconds } => response.set(
                HeaderName::from_static("x-ratelimit-auth-token-reset"),
                &now.saturating_add(milliseconds).to_string(),
            ),
        }
    }
}

/// The number of requests in a window of time. `None` means no limit and no headers.
///
/// ```
/// use segments_emulator::RateLimits;
///
/// let limits = RateLimits { route: Some(5), ..RateLimits::default() };
/// assert_eq!(limits.window_ms, 10_000);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RateLimits {
    /// Requests of the whole account.
    pub global: Option<u32>,
    /// Requests of one method to one kind of resource.
    pub route: Option<u32>,
    /// Requests with one token.
    pub token: Option<u32>,
    /// Requests from one address; all of loopback is one address. A refusal has `Retry-After`; other
    /// responses have no headers.
    pub address: Option<u32>,
    /// The length of a window, in milliseconds.
    pub window_ms: u32,
    /// Whether the time of the next window lies in the past, as users of the real service have seen.
    pub stale_reset: bool,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            global: None,
            route: None,
            token: None,
            address: None,
            window_ms: 10_000,
            stale_reset: false,
        }
    }
}

/// The counters of the window that is on.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    pub(crate) limits: RateLimits,
    window: i64,
    counts: HashMap<String, u32>,
}

/// The limiter's verdict on a request: the headers of its response, and whether it is refused.
pub(crate) struct Verdict {
    headers: Vec<(&'static str, String)>,
    pub(crate) refused: bool,
}

impl RateLimiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Counts a request to a route, which is the pattern of its path.
    pub(crate) fn count(&mut self, request: &Request, route: &str, now: i64) -> Verdict {
        let length = i64::from(self.limits.window_ms.max(1));
        let window = now.div_euclid(length);
        if window != self.window {
            self.window = window;
            self.counts.clear();
        }
        let end = if self.limits.stale_reset {
            now.saturating_sub(length)
        } else {
            window.saturating_add(1).saturating_mul(length)
        };
        let mut verdict = Verdict {
            headers: Vec::new(),
            refused: false,
        };
        if let Some(limit) = self.limits.address {
            let count = self.counts.entry(String::new()).or_insert(0);
            *count = count.saturating_add(1);
            if *count > limit {
                verdict.refused = true;
                let seconds = end.saturating_sub(now).max(0).div_euclid(1000) + 1;
                verdict
                    .headers
                    .push((RETRY_AFTER.as_str(), seconds.to_string()));
            }
        }
        let route = format!("{} {route}", request.method);
        let token = request.header("authorization").unwrap_or_default();
        let scopes = [
            (
                self.limits.global,
                "global".to_owned(),
                "x-ratelimit-global-limit",
                "x-ratelimit-global-remaining",
                "x-ratelimit-reset",
            ),
            (
                self.limits.route,
                route,
                "x-ratelimit-route-limit",
                "x-ratelimit-route-remaining",
                "x-ratelimit-reset",
            ),
            (
                self.limits.token,
                format!("token {token}"),
                "x-ratelimit-auth-token-limit",
                "x-ratelimit-auth-token-remaining",
                "x-ratelimit-auth-token-reset",
            ),
        ];
        for (limit, scope, limit_header, remaining_header, reset_header) in scopes {
            let Some(limit) = limit else { continue };
            let count = self.counts.entry(scope).or_insert(0);
            *count = count.saturating_add(1);
            verdict.refused |= *count > limit;
            let remaining = limit.saturating_sub(*count);
            verdict.headers.push((limit_header, limit.to_string()));
            verdict
                .headers
                .push((remaining_header, remaining.to_string()));
            verdict.headers.push((reset_header, end.to_string()));
        }
        verdict
    }
}

impl Verdict {
    pub(crate) fn apply(&self, response: &mut Response) {
        for (name, value) in &self.headers {
            response.set(HeaderName::from_static(name), value);
        }
    }

    /// The refusal, if the request is one too many.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        if self.refused {
            Err(ApiError::rate_limited())
        } else {
            Ok(())
        }
    }
}
