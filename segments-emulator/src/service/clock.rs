//! The time of the service.

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

/// A moment as RFC 3339 has it, in milliseconds since 1970.
pub(crate) fn rfc3339(moment: i64) -> String {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let (day, rest) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    // Years that begin in March end with the day that only some of them have.
    let day = day + 719_468;
    let (era, day_of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (second, milli) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_a_date() {
        for (moment, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_650_034_857_526, "2022-04-15T15:00:57.526Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (LAST, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(rfc3339(moment), expected);
        }
    }

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
