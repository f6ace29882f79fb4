//! The time that the service believes it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last moment that a clock shows, in milliseconds since 1970: the end of the year 9999, after
/// which dates have no usual form.
const LAST: i64 = 253_402_300_799_999;

/// The machine's clock, moved forward by what a test asked for.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: Duration,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .saturating_add(self.ahead);
        i64::try_from(now.as_millis()).map_or(LAST, |now| now.min(LAST))
    }

    /// Moves the clock forward, at most to the end of the year 9999.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead = self.ahead.saturating_add(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_stops_at_its_last_moment() {
        let mut clock = Clock::default();
        let begin = clock.now();
        for by in [
            Duration::from_millis(u64::MAX),
            Duration::MAX,
            Duration::MAX,
        ] {
            clock.advance(by);
            assert_eq!(clock.now(), LAST);
        }
        assert!((1..LAST).contains(&begin));
    }
}
