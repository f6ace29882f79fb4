//! Timestamps.

use std::fmt;

use segments_model::date;

/// A point in time, in milliseconds since 1970-01-01 UTC, which is how LaunchDarkly compares dates.
///
/// [`SystemTime`](std::time::SystemTime) converts to it, and so do, with the features of the same names,
/// the types of jiff (`Timestamp`, `ZonedDateTime`), chrono (`DateTime` in any time zone) and time
/// (`OffsetDateTime`, `UtcDateTime`). Each is truncated to milliseconds, and each may also be a field of
/// a context itself. Dates without a time or a time zone cannot be converted.
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
    /// Creates a timestamp from milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns milliseconds since 1970-01-01 UTC.
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
