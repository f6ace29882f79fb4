//! The time of day as the service tells it.

use std::sync::atomic::{AtomicI64, Ordering};

use http::HeaderMap;
use http::header::DATE;
use segments_model::{Expiry, date};

use super::clock::Clock;

/// The time of day of the service, by the header `Date` of its answers; that of the process, as long as none had
/// one. Expiring targets go by the service's clock: a process whose clock is behind would list a context again that
/// the service has taken off.
#[derive(Debug, Default)]
pub(crate) struct ServiceClock {
    /// By how many milliseconds it is ahead of the process.
    ahead: AtomicI64,
}

impl ServiceClock {
    /// Takes the time of an answer.
    pub(crate) fn learn(&self, headers: &HeaderMap, own: &Clock) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(date::parse_http) {
            let ahead = date.saturating_sub(milliseconds(own));
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }

    /// The time of day in milliseconds since 1970.
    pub(crate) fn now(&self, own: &Clock) -> i64 {
        let ahead = self.ahead.load(Ordering::Relaxed);
        milliseconds(own).saturating_add(ahead)
    }
}

fn milliseconds(clock: &Clock) -> i64 {
    Expiry::from(clock.now()).milliseconds()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_service_is_right_about_the_time() {
        let own = Clock::new(|| UNIX_EPOCH + Duration::from_secs(100));
        let service = ServiceClock::default();
        assert_eq!(service.now(&own), 100_000);
        let mut headers = HeaderMap::new();
        for (date, expected) in [
            ("Thu, 01 Jan 1970 00:05:00 GMT", 300_000),
            ("Thu, 01 Jan 1970 00:00:30 GMT", 30_000),
            ("soon", 30_000),
        ] {
            headers.insert(DATE, HeaderValue::from_static(date));
            service.learn(&headers, &own);
            assert_eq!(service.now(&own), expected, "{date}");
        }
    }
}
