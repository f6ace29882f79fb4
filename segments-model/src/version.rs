//! Semantic versions as LaunchDarkly's SDKs read them.
//!
//! Semantic Versioning 2.0, with two liberties that all SDKs share: the minor and patch numbers may
//! be missing and then count as zero, and build metadata does not take part in comparisons.

use std::cmp::Ordering;

use semver::Version;
use thiserror::Error;

/// Why a text is not a semantic version.
///
/// See the example of [`parse`].
#[derive(Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a semantic version; {}", self.advice())]
pub struct InvalidVersion {
    text: String,
    suggestion: Option<String>,
}

crate::readable_debug! {
    struct InvalidVersion { text, suggestion }
}

impl InvalidVersion {
    fn advice(&self) -> String {
        match &self.suggestion {
            Some(suggestion) => format!("write `{suggestion}`"),
            None => "write numbers as in `2.0.0`".to_owned(),
        }
    }

    /// The version that was probably meant.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

/// Reads a version.
///
/// # Errors
///
/// When it is not one: a leading `v`, leading zeros, more than three numbers.
///
/// ```
/// use segments_model::version;
///
/// assert_eq!(version::parse("2").unwrap(), version::parse("2.0.0").unwrap());
/// assert_eq!(version::parse("v2.0.0").unwrap_err().to_string(), "`v2.0.0` is not a semantic version; write `2.0.0`");
/// ```
pub fn parse(text: &str) -> Result<Version, InvalidVersion> {
    read(text).ok_or_else(|| InvalidVersion {
        text: text.to_owned(),
        suggestion: suggest(text),
    })
}

/// Compares by precedence: build metadata does not count.
///
/// ```
/// use segments_model::version::{compare, parse};
/// use std::cmp::Ordering;
///
/// let [a, b] = ["2.0.0+linux", "2.0.0+mac"].map(|text| parse(text).unwrap());
/// assert_eq!(compare(&a, &b), Ordering::Equal);
/// ```
#[must_use]
#[inline]
pub fn compare(left: &Version, right: &Version) -> Ordering {
    left.cmp_precedence(right)
}

/// Reads a version, as [`parse`] does, without a word about what is wrong with a text that is none.
/// A version with all three numbers is read without an allocation.
#[must_use]
pub fn read(text: &str) -> Option<Version> {
    if let Ok(version) = Version::parse(text) {
        return Some(version);
    }
    let numbers = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(numbers);
    match numbers.bytes().filter(|byte| *byte == b'.').count() {
        0 => Version::parse(&format!("{numbers}.0.0{rest}")).ok(),
        1 => Version::parse(&format!("{numbers}.0{rest}")).ok(),
        _ => None,
    }
}

fn suggest(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['v', 'V', '=']);
    let numbers = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(numbers);
    let numbers: Vec<&str> = numbers
        .split('.')
        .map(|number| match number.trim_start_matches('0') {
            "" if !number.is_empty() => "0",
            trimmed => trimmed,
        })
        .take(3)
        .collect();
    let suggestion = format!("{}{rest}", numbers.join("."));
    read(&suggestion).map(|_| suggestion)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_numbers_are_zero() {
        for (short, long) in [
            ("2", "2.0.0"),
            ("2.1", "2.1.0"),
            ("2-rc", "2.0.0-rc"),
            ("2.0-rc.1", "2.0.0-rc.1"),
            ("2+b", "2.0.0+b"),
        ] {
            assert_eq!(parse(short).unwrap(), parse(long).unwrap(), "{short}");
        }
    }

    #[test]
    fn what_is_no_version_gets_a_suggestion() {
        for (bad, suggestion) in [
            ("v2.0.0", Some("2.0.0")),
            ("02.0.0", Some("2.0.0")),
            ("2.0.0.1", Some("2.0.0")),
            ("2.00", Some("2.0")),
            ("", None),
            ("latest", None),
            ("2..0", None),
            ("2.x", None),
        ] {
            assert_eq!(parse(bad).unwrap_err().suggestion(), suggestion, "{bad:?}");
        }
    }

    #[test]
    fn pre_releases_come_first() {
        let order = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-rc.2",
            "1.0.0-rc.10",
            "1.0.0",
            "1.0.1",
        ]
        .map(|text| parse(text).unwrap());
        assert!(
            order
                .windows(2)
                .all(|pair| compare(&pair[0], &pair[1]) == Ordering::Less)
        );
    }
}
