//! When contexts go from a list by themselves: LaunchDarkly's *expiring targets*, `until` in a declaration.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use thiserror::Error;

use crate::{date, foreign};

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
    /// There is no text.
    #[error("the expiry is empty; {EXAMPLES}")]
    Empty,
    /// It is neither a day nor a moment.
    #[error("`{text}` is not a date; {EXAMPLES}")]
    Syntax {
        /// The text.
        text: String,
    },
    /// It is a day or a moment as people and other programs write them.
    #[error("`{text}` is not a date in RFC 3339; write `{meant}`")]
    Form {
        /// The text.
        text: String,
        /// What it says.
        meant: Expiry,
    },
    /// The month has no such day.
    #[error("`{text}` is no day of the calendar; write `{last}`, the last day of that month")]
    Day {
        /// The text.
        text: String,
        /// The last day of the month.
        last: Expiry,
    },
    /// It is before the moments that LaunchDarkly counts.
    #[error("`{text}` is before 1970; write the day on which the contexts leave the list")]
    Negative {
        /// The text.
        text: String,
    },
}

const EXAMPLES: &str =
    "write a date such as `2027-01-31`, or a time such as `2027-01-31T18:00:00Z`";
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
        let (text, written) = (text.trim(), text);
        match Self::read(text) {
            Some(Self(moment)) if moment < 0 => Err(InvalidExpiry::Negative {
                text: text.to_owned(),
            }),
            Some(expiry) if text == written => Ok(expiry),
            _ => Err(InvalidExpiry::of(text)),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let moment = date::moment(text);
        moment
            .or_else(|| date::moment(&format!("{text}{MIDNIGHT}")))
            .map(Self)
    }

    /// Takes a number as programs write moments: seconds or milliseconds since 1970; `None` if it is neither of a moment
    /// between 2001 and 2286.
    ///
    /// ```
    /// use segments_model::Expiry;
    ///
    /// assert_eq!(Expiry::from_number(1_801_353_600), Expiry::from_number(1_801_353_600_000));
    /// assert_eq!(Expiry::from_number(2027), None);
    /// ```
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        let milliseconds = match number {
            1_000_000_000..10_000_000_000 => number * 1000,
            1_000_000_000_000..10_000_000_000_000 => number,
            _ => return None,
        };
        Some(Self(milliseconds))
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
/// As [`Expiry::parse`].
impl std::str::FromStr for Expiry {
    type Err = InvalidExpiry;

    fn from_str(text: &str) -> Result<Self, InvalidExpiry> {
        Self::parse(text)
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = date::format(self.0);
        f.write_str(moment.strip_suffix(MIDNIGHT).unwrap_or(&moment))
    }
}

impl InvalidExpiry {
    fn of(text: &str) -> Self {
        let written = text.to_owned();
        if text.is_empty() {
            return Self::Empty;
        }
        if let Some(meant) = meant(text) {
            return Self::Form {
                text: written,
                meant,
            };
        }
        let last = text
            .get(..10)
            .filter(|_| foreign::date_alone(text))
            .and_then(last_of_month);
        match last {
            Some(last) => Self::Day {
                text: written,
                last,
            },
            None => Self::Syntax { text: written },
        }
    }
}

fn last_of_month(day: &str) -> Option<Expiry> {
    let number = day.get(8..)?.parse::<u8>().ok()?;
    let mut days = (28..number.min(32)).rev();
    days.find_map(|last| Expiry::read(&format!("{}{last}", &day[..8])))
}

/// What a date in another form says, if it says one thing.
fn meant(text: &str) -> Option<Expiry> {
    if let Ok(number) = text.parse()
        && let Some(expiry) = Expiry::from_number(number)
    {
        return Some(expiry);
    }
    let (day, time) = match text.split_once([' ', 'T', 't']) {
        Some((day, time)) => (day, time.trim()),
        None => (text, ""),
    };
    let day = in_order(day)?;
    let moments = match time {
        "" => vec![day],
        _ => ["", "Z", ":00Z", ":00:00Z"]
            .map(|rest| format!("{day}T{time}{rest}"))
            .into(),
    };
    moments
        .iter()
        .find_map(|moment| Expiry::read(moment))
        .filter(|it| it.0 >= 0)
}

/// A day as year, month and day.
fn in_order(day: &str) -> Option<String> {
    let apart = |sign: char| matches!(sign, '-' | '/' | '.' | '_');
    let parts: Vec<&str> = day.split(apart).collect();
    let number = |text: &str| text.parse::<u16>().ok();
    let (year, month, day) = match parts[..] {
        [all] if all.len() == 8 => (
            number(all.get(..4)?)?,
            number(all.get(4..6)?)?,
            number(all.get(6..)?)?,
        ),
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        // With points the day is first; with slashes that depends on the country, if both could be a month.
        [first, second, year] if year.len() == 4 => {
            let (first, second, year) = (number(first)?, number(second)?, number(year)?);
            match (first > 12, second > 12) {
                (true, false) => (year, second, first),
                (false, true) => (year, first, second),
                (false, false) if day.contains('.') || first == second => (year, second, first),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(format!("{year:04}-{month:02}-{day:02}"))
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
            "13/14/2027",
            "01/02/2027",
            "2027-13-01",
        ] {
            assert!(Expiry::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_told_as_a_date() {
        for (text, meant) in [
            ("2027-1-31", "2027-01-31"),
            ("31.01.2027", "2027-01-31"),
            ("31/1/2027", "2027-01-31"),
            ("1/31/2027", "2027-01-31"),
            ("2027/01/31", "2027-01-31"),
            ("20270131", "2027-01-31"),
            (" 2027-01-31", "2027-01-31"),
            ("2027-01-31T18:00:00", "2027-01-31T18:00:00Z"),
            ("2027-01-31 18:00", "2027-01-31T18:00:00Z"),
            ("2027-01-31 18:00:00Z", "2027-01-31T18:00:00Z"),
            ("31.01.2027 18:00", "2027-01-31T18:00:00Z"),
            ("1801353600000", "2027-01-31"),
            ("1801353600", "2027-01-31"),
        ] {
            let error = Expiry::parse(text).unwrap_err().to_string();
            let written = text.trim();
            let expected = format!("`{written}` is not a date in RFC 3339; write `{meant}`");
            assert_eq!(error, expected);
            assert!(Expiry::parse(meant).is_ok());
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_told_with_the_last() {
        for (text, last) in [
            ("2027-02-30", "2027-02-28"),
            ("2028-02-31T18:00:00Z", "2028-02-29"),
            ("2027-04-31", "2027-04-30"),
        ] {
            let error = Expiry::parse(text).unwrap_err();
            assert_eq!(
                error,
                InvalidExpiry::Day {
                    text: text.to_owned(),
                    last: Expiry::parse(last).unwrap()
                }
            );
        }
    }
}
