//! The rate limit, shared by all requests of the process to one service with one token.
//!
//! The headers are those of LaunchDarkly's API overview, *Rate limiting*: limits count requests in
//! windows, for the account, for the token and for the route, and any subset of the headers may be
//! present.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

use super::base_uri::BaseUri;
use super::clock::{Clock, after};
use super::token::AccessToken;

/// A longer window is ignored: one of the clocks is wrong. (The windows are documented as ten seconds;
/// sixty have been seen.)
const LONGEST_WINDOW: Duration = Duration::from_secs(90);

/// How long to wait when the service says "later" and names a moment that makes no sense, such as
/// one in the past.
const FLOOR: Duration = Duration::from_millis(250);

/// The longest time to wait because the service asks for it. A service that names a longer one is
/// refusing, or is wrong.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// How many requests are left in each window.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<HashMap<String, Window>>);

#[derive(Debug, Clone, Copy)]
struct Window {
    left: u64,
    ends: Instant,
}

const ACCOUNT: &str = "account";
const TOKEN: &str = "token";

impl Limiter {
    /// The one limiter for this service and token.
    pub(crate) fn shared(base_uri: &BaseUri, token: &AccessToken) -> Arc<Self> {
        /// By the service's address and what tells tokens apart.
        type Limiters = HashMap<(String, u64), Weak<Limiter>>;
        static LIMITERS: OnceLock<Mutex<Limiters>> = OnceLock::new();
        let mut limiters = LIMITERS
            .get_or_init(Mutex::default)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        limiters.retain(|_, limiter| limiter.strong_count() > 0);
        let name = (base_uri.to_string(), token.fingerprint());
        if let Some(limiter) = limiters.get(&name).and_then(Weak::upgrade) {
            return limiter;
        }
        let limiter = Arc::new(Limiter::default());
        limiters.insert(name, Arc::downgrade(&limiter));
        limiter
    }

    /// Takes one request out of every window that it counts in, or says how long to wait before
    /// asking again.
    pub(crate) fn take(&self, route: &str, now: Instant) -> Result<(), Duration> {
        let mut windows = self.lock();
        windows.retain(|_, window| window.ends > now);
        let names = [ACCOUNT, TOKEN, route];
        let wait = names
            .iter()
            .filter_map(|name| windows.get(*name))
            .filter(|window| window.left == 0)
            .map(|window| window.ends - now)
            .max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        for name in names {
            if let Some(window) = windows.get_mut(name) {
                window.left -= 1;
            }
        }
        Ok(())
    }

    /// Learns from an answer. For a 429, says how long the service wants to be left alone.
    pub(crate) fn learn(
        &self,
        route: &str,
        limited: bool,
        headers: &HeaderMap,
        clock: &Clock,
        now: Instant,
    ) -> Option<Duration> {
        let mut windows = self.lock();
        let mut longest = None;
        for (name, left, ends) in [
            (ACCOUNT, "x-ratelimit-global-remaining", "x-ratelimit-reset"),
            (
                TOKEN,
                "x-ratelimit-auth-token-remaining",
                "x-ratelimit-auth-token-reset",
            ),
            (route, "x-ratelimit-route-remaining", "x-ratelimit-reset"),
        ] {
            let Some(left) = number(headers, left) else {
                continue;
            };
            let until = number(headers, ends).map_or(Duration::ZERO, |moment| clock.until(moment));
            let until = match until {
                Duration::ZERO => FLOOR,
                until if until > LONGEST_WINDOW => FLOOR,
                until => until,
            };
            let ends = after(now, until);
            // Answers come out of order; within one window the count only falls.
            let left = match windows.get(name) {
                Some(known) if after(known.ends, FLOOR) > ends => known.left.min(left),
                _ => left,
            };
            windows.insert(name.to_owned(), Window { left, ends });
            if left == 0 {
                longest = longest.max(Some(until));
            }
        }
        if !limited {
            return None;
        }
        let asked = number(headers, "retry-after").map(Duration::from_secs);
        let wait = longest.max(asked).unwrap_or_default();
        let wait = wait.clamp(FLOOR, LONGEST_WAIT);
        // Everybody waits, not only the request that found out.
        let window = Window {
            left: 0,
            ends: after(now, wait),
        };
        windows.insert(route.to_owned(), window);
        Some(wait)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Window>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number of a header. One that is beyond what fits is the largest that does.
fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    const SECOND: Duration = Duration::from_secs(1);

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    /// A clock that stands at 100 seconds after 1970.
    fn clock() -> Clock {
        Clock::new(|| UNIX_EPOCH + 100 * SECOND)
    }

    #[test]
    fn an_empty_window_makes_everybody_wait_for_its_end() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        let two_left = headers(&[
            ("X-RateLimit-Global-Remaining", "2"),
            ("X-RateLimit-Reset", "107000"),
        ]);
        assert_eq!(limiter.learn("r", false, &two_left, &clock(), now), None);
        assert_eq!(limiter.take("r", now), Ok(()));
        assert_eq!(limiter.take("other", now), Ok(()));
        assert_eq!(limiter.take("r", now), Err(7 * SECOND));
        assert_eq!(limiter.take("r", now + 8 * SECOND), Ok(()));
    }

    #[test]
    fn a_routes_window_is_the_routes_alone() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        let none_left = headers(&[
            ("x-ratelimit-route-remaining", "0"),
            ("x-ratelimit-reset", "105000"),
        ]);
        limiter.learn("r", false, &none_left, &clock(), now);
        assert_eq!(limiter.take("r", now), Err(5 * SECOND));
        assert_eq!(limiter.take("other", now), Ok(()));
    }

    #[test]
    fn the_token_has_a_window_of_its_own() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        let none_left = headers(&[
            ("x-ratelimit-reset", "101000"),
            ("x-ratelimit-auth-token-remaining", "0"),
            ("x-ratelimit-auth-token-reset", "104000"),
        ]);
        limiter.learn("r", false, &none_left, &clock(), now);
        assert_eq!(limiter.take("other", now), Err(4 * SECOND));
    }

    #[test]
    fn moments_that_make_no_sense_do_not_hang_anybody() {
        let day = 24 * 3600 * 1000;
        for reset in [0, 99_000, 100_000, 100_000 + day, u64::MAX] {
            let (limiter, now) = (Limiter::default(), Instant::now());
            let stale = headers(&[
                ("x-ratelimit-global-remaining", "0"),
                ("x-ratelimit-reset", &reset.to_string()),
            ]);
            let wait = limiter.learn("r", true, &stale, &clock(), now);
            assert_eq!(wait, Some(FLOOR), "{reset}");
            assert_eq!(limiter.take("r", now), Err(FLOOR), "{reset}");
        }
    }

    #[test]
    fn retry_after_is_in_seconds() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        let later = headers(&[("Retry-After", "3")]);
        let wait = limiter.learn("r", true, &later, &clock(), now);
        assert_eq!(wait, Some(3 * SECOND));
        assert_eq!(limiter.take("r", now), Err(3 * SECOND));
    }

    #[test]
    fn a_429_without_headers_waits_a_little() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        let wait = limiter.learn("r", true, &HeaderMap::new(), &clock(), now);
        assert_eq!(wait, Some(FLOOR));
    }

    #[test]
    fn a_service_and_a_token_have_one_limiter() {
        let (base, token) = (BaseUri::default(), AccessToken::parse("api-a").unwrap());
        let first = Limiter::shared(&base, &token);
        assert!(Arc::ptr_eq(&first, &Limiter::shared(&base, &token)));
        let other = AccessToken::parse("api-b").unwrap();
        assert!(!Arc::ptr_eq(&first, &Limiter::shared(&base, &other)));
    }
}
