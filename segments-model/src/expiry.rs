//! When contexts go from a list by themselves: LaunchDarkly's *expiring targets*, `until` in a declaration.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use thiserror::Error;

use crate::date::{self, InvalidDate};

/// The moment at which LaunchDarkly takes a context off a list.
///
/// It is written as a day, which stands for its first moment in UTC, or as a moment in RFC 3339.
///
/// ```
/// use segments_model::Expiry;
///
/// let expiry = Expiry::parse("2027-01-31").unwrap();
/// assert_eq!(expiry, Expiry::parse("2027-01-31T01:00:00+01:00").unwrap());
/// assert_eq!(expiry.to_string(), "2027-01-31");
/// assert_eq!(Expiry::parse("2027-01-31T18:00:00Z").unwrap().to_string(), "2027-01-31T18:00:00Z");
/// assert!(Expiry::parse("next year").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expiry(i64);

/// Why a text is no [`Expiry`].
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InvalidExpiry {
    /// It is neither a day nor a moment.
    #[error(
        "`{text}` is not a date; write a date such as `2027-01-31`, or a time such as `2027-01-31T18:00:00Z`"
    )]
    Syntax {
        /// The text.
        text: String,
    },
    /// It is a moment that not everybody reads.
    #[error(transparent)]
    NotPortable(InvalidDate),
    /// It is before the moments that LaunchDarkly counts.
    #[error("`{text}` is before 1970; write the day on which the contexts leave the list")]
    Negative {
        /// The text.
        text: String,
    },
}

const MIDNIGHT: &str = "T00:00:00Z";

impl Expiry {
    /// Takes milliseconds since 1970, which is how LaunchDarkly counts.
    #[must_use]
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Reads a day or a moment.
    ///
    /// # Errors
    ///
    /// When the text is neither, or names a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, InvalidExpiry> {
        let is_day = text.len() == "2027-01-31".len() && !text.contains(['T', 't']);
        let moment = if is_day {
            date::parse(&format!("{text}{MIDNIGHT}"))
        } else {
            date::parse(text)
        };
        match moment {
            Ok(moment) if moment < 0 => Err(InvalidExpiry::Negative {
                text: text.to_owned(),
            }),
            Ok(moment) => Ok(Self(moment)),
            Err(error @ InvalidDate::NotPortable { .. }) => Err(InvalidExpiry::NotPortable(error)),
            Err(_) => Err(InvalidExpiry::Syntax {
                text: text.to_owned(),
            }),
        }
    }

    /// Returns the moment in milliseconds since 1970.
    #[must_use]
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// Returns whether it has come at a moment in milliseconds since 1970.
    ///
    /// ```
    /// use segments_model::Expiry;
    ///
    /// let expiry = Expiry::from_milliseconds(1_000);
    /// assert!(!expiry.has_passed(999) && expiry.has_passed(1_000));
    /// ```
    #[must_use]
    pub const fn has_passed(self, now: i64) -> bool {
        self.0 <= now
    }
}

/// A moment before 1970 is the first of 1970.
impl From<SystemTime> for Expiry {
    fn from(moment: SystemTime) -> Self {
        let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// As it is written: a day, if it is the first moment of one.
impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = date::format(self.0);
        f.write_str(moment.strip_suffix(MIDNIGHT).unwrap_or(&moment))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Expiry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "2027-01-31",
            "1970-01-01",
            "2027-01-31T18:00:00Z",
            "2027-01-31T18:00:00.250Z",
            "9999-12-31",
        ] {
            assert_eq!(Expiry::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "never",
            "2027",
            "2027-02-30",
            "2027-1-31",
            "31.01.2027",
            "2027-01-31T18:00",
            "2027-01-31 18:00:00Z",
            "1801353600000",
            "1969-12-31",
            "2027-01-31T18:00:00.1234Z",
        ] {
            assert!(Expiry::parse(text).is_err(), "{text}");
        }
    }
}
