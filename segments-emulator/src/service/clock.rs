//! The time that the service believes it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
            + self.ahead;
        i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead = self.ahead.saturating_add(by);
    }
}
