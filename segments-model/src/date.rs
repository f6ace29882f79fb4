//! Dates as LaunchDarkly's SDKs read them: milliseconds since 1970, or RFC 3339 text with date, time and
//! offset.
//!
//! SDKs read dates with their language's library, so [`parse`] accepts only what all of them accept: `T`
//! between date and time, `Z` or an offset of at most 14 hours (.NET), at most three digits of a fraction
//! (PHP), no leap second (Python), and the years 1 to 9999 (Python and .NET). A number of milliseconds
//! has to fit into the 64-bit nanoseconds of Go, and PHP does not read the first moment of 1970 as a date
//! in either form.

use thiserror::Error;

/// The reason why a text or a number is not a date in every SDK.
#[derive(Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InvalidDate {
    /// It is not a date and time.
    #[error("`{text}` is not an RFC 3339 date; {advice}")]
    Syntax {
        /// The text.
        text: String,
        /// The text to write.
        advice: String,
    },
    /// Only some SDKs read it as a date and time.
    #[error("`{text}` is a date only to some SDKs: {reason}; {advice}")]
    NotPortable {
        /// The text.
        text: String,
        /// Which SDKs do not read it.
        reason: &'static str,
        /// The text to write.
        advice: String,
    },
    /// Not a whole number of milliseconds.
    #[error("{0} is not a whole number of milliseconds, which Erlang takes for no date; write {1}")]
    Fraction(f64, f64),
    /// Before the year 1 or after the year 9999.
    #[error(
        "{0} is outside of the years 1 to 9999, the range of Python and .NET; write milliseconds since 1970"
    )]
    Range(f64),
}

crate::readable_debug! {
    enum InvalidDate {
        Syntax { text, advice },
        NotPortable { text, reason, advice },
        Fraction(number, whole),
        Range(number),
    }
}

/// Parses RFC 3339 text into milliseconds since 1970-01-01 UTC.
///
/// # Errors
///
/// If some SDK does not read it: a date without a time, a time without an offset, digits alone, a day
/// that does not exist, digits beyond milliseconds.
///
/// ```
/// use segments_model::date;
///
/// assert_eq!(date::parse("2024-01-01T00:00:00Z").unwrap(), 1_704_067_200_000);
/// assert_eq!(date::parse("2024-01-01T01:00:00.5+01:00").unwrap(), 1_704_067_200_500);
/// assert_eq!(
///     date::parse("2024-05-03").unwrap_err().to_string(),
///     "`2024-05-03` is not an RFC 3339 date; write `2024-05-03T00:00:00Z`"
/// );
/// ```
pub fn parse(text: &str) -> Result<i64, InvalidDate> {
    let Some(moment) = strict(text) else {
        return Err(InvalidDate::Syntax {
            text: text.to_owned(),
            advice: advice(text),
        });
    };
    let milliseconds = moment.milliseconds();
    match not_portable(text, milliseconds) {
        None => Ok(milliseconds),
        Some(reason) => Err(InvalidDate::NotPortable {
            text: text.to_owned(),
            reason,
            advice: if PORTABLE_RANGE.contains(&milliseconds) {
                format!("write `{}`", format(milliseconds))
            } else {
                "write a date in the years 1 to 9999".to_owned()
            },
        }),
    }
}

/// Which SDKs do not read a date that is right otherwise.
fn not_portable(text: &str, milliseconds: i64) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let fraction = text[19..].strip_prefix('.').map_or(0, |rest| {
        rest.bytes().take_while(u8::is_ascii_digit).count()
    });
    let offset =
        offset_minutes(text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()));
    if text.contains(['t', 'z']) {
        Some("PHP and Node only read capitals")
    } else if &bytes[17..19] == b"60" {
        Some("Python and Node have no second 60")
    } else if fraction > 3 {
        Some("PHP reads three digits of a fraction, and others truncate the rest")
    } else if offset.is_some_and(|offset| offset.abs() > 14 * 60) {
        Some(".NET reads offsets up to 14 hours")
    } else if text.ends_with("-00:00") {
        Some("some SDKs do not read an unknown offset")
    } else if text.starts_with("0000") || !PORTABLE_RANGE.contains(&milliseconds) {
        Some("Python and .NET only have the years 1 to 9999")
    } else {
        None
    }
}

/// Returns whether a number of milliseconds is a date in every SDK.
///
/// # Errors
///
/// If it has a fraction, or lies outside of the years 1 to 9999.
///
/// ```
/// assert!(segments_model::date::check_number(1_704_067_200_000.0).is_ok());
/// assert!(segments_model::date::check_number(0.5).is_err());
/// ```
pub fn check_number(milliseconds: f64) -> Result<(), InvalidDate> {
    #[allow(clippy::cast_precision_loss, reason = "well below 2^53")]
    let [first, last] = [*PORTABLE_RANGE.start(), *PORTABLE_RANGE.end()].map(|end| end as f64);
    if !(first..=last).contains(&milliseconds) {
        Err(InvalidDate::Range(milliseconds))
    } else if milliseconds.fract() != 0.0 {
        Err(InvalidDate::Fraction(milliseconds, milliseconds.trunc()))
    } else {
        Ok(())
    }
}

/// The years 1 to 9999.
const PORTABLE_RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// A date that all SDKs read, but not as the same point in time.
///
/// Example: [`ambiguity_of_number`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AmbiguousDate {
    /// The first moment of 1970, in either form.
    #[error(
        "PHP does not read the first moment of 1970 as a date; write the next millisecond, 1 or `1970-01-01T00:00:00.001Z`"
    )]
    Zero,
    /// A number of milliseconds that overflows Go's nanoseconds.
    #[error(
        "{number} is a different date in Go, whose nanoseconds overflow after the year 2262; write `{text}`"
    )]
    Nanoseconds {
        /// The number.
        number: i64,
        /// The same moment as a text.
        text: String,
    },
}

/// Returns how SDKs differ about a text that is a date, if they do.
///
/// ```
/// use segments_model::date::ambiguity_of_text;
///
/// assert!(ambiguity_of_text("1970-01-01T01:00:00+01:00").is_some());
/// assert_eq!(ambiguity_of_text("9999-12-31T23:59:59Z"), None);
/// ```
#[must_use]
pub fn ambiguity_of_text(text: &str) -> Option<AmbiguousDate> {
    (parse(text) == Ok(0)).then_some(AmbiguousDate::Zero)
}

/// Returns how SDKs differ about a number of milliseconds, if they do.
///
/// ```
/// use segments_model::date::ambiguity_of_number;
///
/// let never = ambiguity_of_number(253_402_300_799_000.0).unwrap();
/// assert!(never.to_string().ends_with("write `9999-12-31T23:59:59Z`"));
/// assert_eq!(ambiguity_of_number(1_704_067_200_000.0), None);
/// ```
#[must_use]
pub fn ambiguity_of_number(milliseconds: f64) -> Option<AmbiguousDate> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "what is too large stays too large"
    )]
    let number = milliseconds as i64;
    if number == 0 {
        return Some(AmbiguousDate::Zero);
    }
    let is_held = number.checked_mul(1_000_000).is_some();
    (!is_held && PORTABLE_RANGE.contains(&number)).then(|| AmbiguousDate::Nanoseconds {
        number,
        text: format(number),
    })
}

/// A point in time as SDKs compare it: to the nanosecond, with leap seconds between the last second of a
/// minute and the next minute.
///
/// ```
/// use segments_model::date::Moment;
///
/// let midnight = Moment::from_milliseconds(1_704_067_200_000);
/// assert_eq!(Moment::parse("2024-01-01T01:00:00+01:00"), Some(midnight));
/// assert!(Moment::parse("2024-01-01T00:00:00.000000001Z").unwrap() > midnight);
/// assert_eq!(Moment::parse("2024-01-01"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    milliseconds: i64,
    /// Nanoseconds beyond them; a million and more inside a leap second, which has no
    /// milliseconds of its own.
    nanoseconds: u32,
}

/// The first and the last millisecond that the SDK's dates can hold (`DateTime<Utc>` of chrono).
const SDK_RANGE: std::ops::RangeInclusive<i64> = -8_334_601_228_800_000..=8_210_266_876_799_999;

impl Moment {
    /// Returns the point in time this number of milliseconds after 1970-01-01 UTC.
    #[must_use]
    #[inline]
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self {
            milliseconds,
            nanoseconds: 0,
        }
    }

    /// Converts a number of milliseconds, like the Rust SDK: the fraction is truncated, and numbers
    /// outside the years -262143 to 262142 are not dates.
    #[must_use]
    pub fn from_number(milliseconds: f64) -> Option<Self> {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "cutting the fraction off is meant, and what is too large stays too large"
        )]
        let whole = milliseconds as i64;
        (SDK_RANGE.contains(&whole) && !milliseconds.is_nan())
            .then_some(Self::from_milliseconds(whole))
    }

    /// Parses RFC 3339 text as liberally as the Rust SDK: a space may replace the `T`, and the minus sign
    /// U+2212 a hyphen. [`parse`] refuses both, because other SDKs do.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        rfc3339(text)
    }

    /// Returns milliseconds since 1970-01-01 UTC, truncated.
    #[must_use]
    #[inline]
    pub const fn milliseconds(self) -> i64 {
        self.milliseconds
    }
}

/// Returns whether a number of milliseconds is probably meant as seconds: a date in the first months of
/// 1970 that, read as seconds, lies between 1990 and 2100.
///
/// ```
/// assert!(segments_model::date::looks_like_seconds(1_704_067_200.0));
/// assert!(!segments_model::date::looks_like_seconds(1_704_067_200_000.0));
/// ```
#[must_use]
pub fn looks_like_seconds(milliseconds: f64) -> bool {
    (631_152_000.0..4_102_444_800.0).contains(&milliseconds)
}

/// Formats milliseconds as RFC 3339 text in UTC, with a fraction only if there is one.
///
/// ```
/// assert_eq!(segments_model::date::format(1_704_067_200_000), "2024-01-01T00:00:00Z");
/// ```
#[must_use]
pub fn format(milliseconds: i64) -> String {
    let (days, of_day) = (
        milliseconds.div_euclid(86_400_000),
        milliseconds.rem_euclid(86_400_000),
    );
    let (year, month, day) = civil(days);
    let (seconds, fraction) = (of_day / 1000, of_day % 1000);
    let fraction = if fraction == 0 {
        String::new()
    } else {
        format!(".{fraction:03}")
    };
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{fraction}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Writes a moment as the header `Date` of HTTP does, without its milliseconds.
///
/// ```
/// assert_eq!(segments_model::date::http(784_111_777_999), "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
#[must_use]
pub fn http(milliseconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let days = milliseconds.div_euclid(86_400_000);
    let (year, month, day) = civil(days);
    let name = |names: &[&'static str], at: i64| {
        let name = usize::try_from(at).ok().and_then(|at| names.get(at));
        name.copied().unwrap_or_default()
    };
    let (weekday, month) = (name(&DAYS, days.rem_euclid(7)), name(&MONTHS, month - 1));
    let second = milliseconds.rem_euclid(86_400_000) / 1000;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Reads what [`http`] writes.
///
/// ```
/// use segments_model::date::parse_http;
///
/// assert_eq!(parse_http("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
/// assert_eq!(parse_http("yesterday"), None);
/// ```
#[must_use]
pub fn parse_http(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once(", ")?;
    let [day, month, year, time, "GMT"] = rest.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    parse(&format!("{year}-{month:02}-{day}T{time}Z")).ok()
}

fn advice(text: &str) -> String {
    let completed = [
        format!("{text}T00:00:00Z"),
        format!("{text}Z"),
        text.replacen(' ', "T", 1),
        format!("{}Z", text.replacen(' ', "T", 1)),
    ];
    if let Some(suggestion) = completed
        .into_iter()
        .find(|candidate| parse_silently(candidate))
    {
        return format!("write `{suggestion}`");
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("write milliseconds as a number, {text} without quotes");
    }
    "write a date, a time and an offset, as in `2024-05-03T00:00:00Z`".to_owned()
}

/// Parses RFC 3339 text that only this crate reads, in the years that everybody has; `None` if it is something else.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let milliseconds = strict(text)?.milliseconds();
    PORTABLE_RANGE
        .contains(&milliseconds)
        .then_some(milliseconds)
}

fn parse_silently(text: &str) -> bool {
    strict(text).is_some_and(|moment| not_portable(text, moment.milliseconds()).is_none())
}

/// RFC 3339, without the liberties of some SDKs.
fn strict(text: &str) -> Option<Moment> {
    let moment = rfc3339(text)?;
    (text.is_ascii() && text.as_bytes()[10] != b' ').then_some(moment)
}

fn rfc3339(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bytes.get(from..to)?;
        digits.iter().all(u8::is_ascii_digit).then(|| {
            digits
                .iter()
                .fold(0, |n, digit| n * 10 + i64::from(digit - b'0'))
        })
    };
    let mark = |at: usize, marks: &[u8]| {
        bytes
            .get(at)
            .filter(|byte| marks.contains(byte))
            .map(|_| ())
    };

    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    mark(4, b"-")?;
    mark(7, b"-")?;
    mark(10, b"Tt ")?;
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    mark(13, b":")?;
    mark(16, b":")?;
    if !(1..=12).contains(&month)
        || day < 1
        || day > days_in(year, month)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let mut at = 19;
    let mut nanoseconds = 0;
    if bytes.get(at) == Some(&b'.') {
        let digits = bytes[at + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        for place in 0..9 {
            let digit = if place < digits {
                bytes[at + 1 + place] - b'0'
            } else {
                0
            };
            nanoseconds = nanoseconds * 10 + i64::from(digit);
        }
        if digits == 0 {
            return None;
        }
        at += 1 + digits;
    }
    let offset = offset_minutes(text.get(at..)?)?;

    let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - i64::from(offset);
    // A leap second is what is left over after the 59th: its nanoseconds go on from there.
    let (second, milliseconds) = match second {
        60 => (59, 999),
        second => (second, nanoseconds / 1_000_000),
    };
    let beyond = match (bytes[17], nanoseconds) {
        (b'6', nanoseconds) => nanoseconds + 1_000_000,
        (_, nanoseconds) => nanoseconds % 1_000_000,
    };
    Some(Moment {
        milliseconds: (minutes * 60 + second) * 1000 + milliseconds,
        nanoseconds: u32::try_from(beyond).ok()?,
    })
}

/// `Z`, or a sign, hours and minutes.
fn offset_minutes(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let [h1, h2, b':', m1, m2] = *digits.as_bytes() else {
        return None;
    };
    let number = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
    };
    let (hours, minutes) = (number(h1, h2)?, number(m1, m2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, counted in years that start in March so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) = (
        of_year - (153 * shifted + 2) / 5 + 1,
        (shifted + 2) % 12 + 1,
    );
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc3339_is_read() {
        for (text, milliseconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.999Z", 999),
            ("1970-01-01T00:00:00.1-01:30", 5_400_100),
            ("2000-02-29T12:00:00Z", 951_825_600_000),
            ("1969-12-31T23:59:59Z", -1000),
        ] {
            assert_eq!(parse(text).unwrap(), milliseconds, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "2024-05-03",
            "12:00:00Z",
            "2024-05-03T00:00:00",
            "1704067200000",
            "2024-13-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-05-03T24:00:00Z",
            "2024-05-03T00:00:00.Z",
            "2024-05-03T00:00:00+0100",
            "2024-05-03T00:00:00+24:00",
            "yesterday",
            "２０24-05-03",
            "2024-05-03 00:00:00Z",
            "2024-05-03T00:00:00\u{2212}01:00",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_only_some_sdks_read_is_refused_with_the_same_moment() {
        for (bad, advice) in [
            ("2024-05-03t00:00:00Z", "write `2024-05-03T00:00:00Z`"),
            ("2024-05-03T00:00:00z", "write `2024-05-03T00:00:00Z`"),
            (
                "2024-05-03T00:00:00.123456Z",
                "write `2024-05-03T00:00:00.123Z`",
            ),
            ("2024-05-03T00:00:00+15:00", "write `2024-05-02T09:00:00Z`"),
            ("2024-05-03T00:00:00-00:00", "write `2024-05-03T00:00:00Z`"),
            ("2016-12-31T23:59:60Z", "write `2016-12-31T23:59:59.999Z`"),
            (
                "0000-01-01T00:00:00Z",
                "write a date in the years 1 to 9999",
            ),
            (
                "0001-01-01T00:00:00+01:00",
                "write a date in the years 1 to 9999",
            ),
            (
                "9999-12-31T23:59:59-01:00",
                "write a date in the years 1 to 9999",
            ),
        ] {
            let said = parse(bad).unwrap_err().to_string();
            assert!(said.ends_with(advice), "{said}");
        }
        for (bad, good) in [
            (1.5, 1.0),
            (-62_135_596_800_001.0, 0.0),
            (253_402_300_800_000.0, 0.0),
        ] {
            assert!(
                check_number(bad).is_err() && check_number(good).is_ok(),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_is_another_moment_in_some_sdks_is_told() {
        for (ambiguous, plain) in [
            (-9_223_372_036_855.0, -9_223_372_036_854.0),
            (9_223_372_036_855.0, 9_223_372_036_854.0),
            (253_402_300_799_999.0, 1.0),
            (0.0, -1.0),
            (-0.0, 1.0),
        ] {
            assert!(ambiguity_of_number(ambiguous).is_some(), "{ambiguous}");
            assert_eq!(ambiguity_of_number(plain), None, "{plain}");
        }
    }

    #[test]
    fn moments_take_what_the_rust_sdk_takes() {
        let plain = Moment::parse("2024-05-03T01:00:00Z").unwrap();
        assert_eq!(Moment::parse("2024-05-03 01:00:00Z"), Some(plain));
        assert_eq!(
            Moment::parse("2024-05-03T00:00:00\u{2212}01:00"),
            Some(plain)
        );
        let [last, leap, later, next] = [
            "2016-12-31T23:59:59.9999Z",
            "2016-12-31T23:59:60Z",
            "2016-12-31T23:59:60.5Z",
            "2017-01-01T00:00:00Z",
        ]
        .map(|text| Moment::parse(text).unwrap());
        assert!(last < leap && leap < later && later < next);
        assert_eq!(
            Moment::from_number(-0.9),
            Some(Moment::from_milliseconds(0))
        );
        assert_eq!(Moment::from_number(8.3e15), None);
        assert_eq!(Moment::from_number(f64::INFINITY), None);
    }

    #[test]
    fn advice_is_something_that_parses() {
        let message = |text| parse(text).unwrap_err().to_string();
        assert!(message("2024-05-03T10:00:00").ends_with("write `2024-05-03T10:00:00Z`"));
        assert!(message("2024-05-03 10:00:00").ends_with("write `2024-05-03T10:00:00Z`"));
        assert!(
            message("1704067200000")
                .ends_with("write milliseconds as a number, 1704067200000 without quotes")
        );
    }

    proptest! {
        #[test]
        fn format_and_parse_are_inverse(milliseconds in -62_135_596_800_000_i64..253_402_300_800_000) {
            prop_assert_eq!(parse(&format(milliseconds)).unwrap(), milliseconds);
        }

        #[test]
        fn no_text_panics(text in "[0-9TtZz:.+ -]{0,30}|.{0,30}") {
            let _ = parse(&text);
        }
    }
}
