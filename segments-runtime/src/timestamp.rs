//! Moments.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use segments_model::date;

/// A moment, in milliseconds since 1970-01-01 UTC: what LaunchDarkly compares dates by.
///
/// ```
/// use segments_runtime::Timestamp;
///
/// let new_year = Timestamp::from_millis(1_704_067_200_000);
/// assert_eq!(new_year.to_string(), "2024-01-01T00:00:00Z");
/// assert_eq!("2024-01-01T01:00:00+01:00".parse::<Timestamp>().unwrap(), new_year);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Takes milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The moment that SDKs compare; `None` for one that their dates cannot hold.
    #[inline]
    pub(crate) fn moment(self) -> Option<date::Moment> {
        #[allow(
            clippy::cast_precision_loss,
            reason = "what a float cannot hold is beyond the SDKs' dates"
        )]
        date::Moment::from_number(self.0 as f64)
    }
}

/// As RFC 3339 text in UTC.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&date::format(self.0))
    }
}

impl std::str::FromStr for Timestamp {
    type Err = date::InvalidDate;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        date::parse(text).map(Self)
    }
}

/// Cut to whole milliseconds; moments that 64 bits of them cannot hold become the nearest that can.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_times_before_and_after_1970() {
        assert_eq!(
            Timestamp::from(UNIX_EPOCH + Duration::from_millis(5)).millis(),
            5
        );
        assert_eq!(
            Timestamp::from(UNIX_EPOCH - Duration::from_millis(5)).millis(),
            -5
        );
    }
}
