//! Semantic versions as all of LaunchDarkly's SDKs read them.
//!
//! Semantic Versioning 2.0, with two extensions that all SDKs share: the minor and patch numbers may be
//! missing and then count as zero, and build metadata does not affect comparisons. There is one
//! restriction: the SDKs for Java and .NET store each number in 32 bits, so they do not read a text with
//! a larger number as a version, and the negated clause lets everybody in. Ruby's SDK splits a
//! pre-release at hyphens as well as at dots, and so orders some versions differently.

use std::cmp::Ordering;

use semver::Version;
use thiserror::Error;

/// The largest version number in every SDK: 2^31 - 1.
pub const LARGEST: u64 = 2_147_483_647;

/// The maximum length of a version in every SDK; Node's SDK refuses longer ones.
pub const LONGEST: usize = 256;

/// The reason why a text is not a version in every SDK.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidVersion {
    /// The text is not a version, regardless of its numbers.
    #[error("`{text}` is not a semantic version; {}", advice(.text, .suggestion.as_deref()))]
    Syntax {
        /// The text.
        text: String,
        /// The same version as it should be written.
        suggestion: Option<String>,
    },
    /// A number is too large for some SDKs.
    #[error(
        "`{text}` is a version only in some SDKs: {number} is more than 2147483647, the limit of Java and .NET; write smaller numbers, or declare the attribute as a string"
    )]
    TooLarge {
        /// The text.
        text: String,
        /// The number.
        number: String,
    },
    /// The text is too long for some SDKs.
    #[error("this version has {0} characters, and Node reads 256; leave the build metadata out")]
    TooLong(usize),
}

/// The advice if no other version can be meant: one with fewer numbers, or without leading zeros, would
/// match other contexts.
fn advice(text: &str, suggestion: Option<&str>) -> String {
    if let Some(suggestion) = suggestion {
        return format!("write `{suggestion}`");
    }
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = numbers.split('.').collect();
    let digits = |number: &&str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    if let Some((least, below)) = range(text) {
        return match below {
            Some(below) => format!(
                "it is a range; write two clauses, not earlier than `{least}` and earlier than `{below}`"
            ),
            None => format!("the comparison is the operator; write `{least}`"),
        };
    }
    if numbers.iter().all(digits) {
        if let Some(zero) = numbers.iter().find(|n| n.len() > 1 && n.starts_with('0')) {
            return format!(
                "`{zero}` has a leading zero, so an attribute with such a value is not a version either; declare the attribute as a string"
            );
        }
        if numbers.len() > 3 {
            return "it has more than three numbers, so an attribute with such a value is not a version either; declare the attribute as a string".to_owned();
        }
    }
    "write numbers as in `2.0.0`".to_owned()
}

/// The version that a range of npm or Cargo begins with, and the one that it ends before: `2.*`, `^2.1`, `>=2.0.0`.
fn range(text: &str) -> Option<(String, Option<String>)> {
    let bare = text.trim_start_matches(['>', '<', '=', '~', '^', ' ']);
    let sign = text[..text.len() - bare.len()].trim();
    let mut parts: Vec<&str> = bare.split('.').collect();
    let is_wild = |part: &&str| matches!(*part, "*" | "x" | "X");
    let wild = parts.iter().position(is_wild);
    parts.truncate(wild.unwrap_or(parts.len()));
    let numbers: Option<Vec<u64>> = parts.iter().map(|part| part.parse().ok()).collect();
    let numbers = numbers.filter(|numbers| (1..=3).contains(&numbers.len()))?;
    let version = |numbers: &[u64]| {
        let number = |at: usize| numbers.get(at).copied().unwrap_or_default();
        format!("{}.{}.{}", number(0), number(1), number(2))
    };
    let next = |at: usize| {
        let mut numbers = numbers[..=at].to_vec();
        numbers[at] += 1;
        version(&numbers)
    };
    let below = match (sign, wild) {
        (_, Some(_)) => Some(next(numbers.len() - 1)),
        ("^", None) => {
            let first = numbers.iter().position(|number| *number > 0);
            Some(next(first.unwrap_or(numbers.len() - 1)))
        }
        ("~", None) => Some(next(1.min(numbers.len() - 1))),
        (">" | ">=" | "<" | "<=" | "==", None) => None,
        _ => return None,
    };
    Some((version(&numbers), below))
}

crate::readable_debug! {
    enum InvalidVersion {
        Syntax { text, suggestion },
        TooLarge { text, number },
        TooLong(length),
    }
}

impl InvalidVersion {
    /// Returns the version as it should be written.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::Syntax { suggestion, .. } => suggestion.as_deref(),
            Self::TooLarge { .. } | Self::TooLong(_) => None,
        }
    }
}

/// Parses a version.
///
/// # Errors
///
/// If it is not a version in every SDK: a leading `v`, leading zeros, more than three numbers, a number
/// beyond [`LARGEST`].
///
/// ```
/// use segments_model::version;
///
/// assert_eq!(version::parse("2").unwrap(), version::parse("2.0.0").unwrap());
/// assert_eq!(version::parse("v2.0.0").unwrap_err().to_string(), "`v2.0.0` is not a semantic version; write `2.0.0`");
/// assert!(version::parse("1.0.20240503123456789").is_err(), "Java and .NET have no such number");
/// ```
pub fn parse(text: &str) -> Result<Version, InvalidVersion> {
    let Some(version) = read(text) else {
        // What is no version only because of its size is none to `read` as well.
        return Err(too_large(text).unwrap_or_else(|| InvalidVersion::Syntax {
            text: text.to_owned(),
            suggestion: suggest(text),
        }));
    };
    if text.len() > LONGEST {
        return Err(InvalidVersion::TooLong(text.len()));
    }
    match too_large(text) {
        Some(error) => Err(error),
        None => Ok(version),
    }
}

/// The first number that some SDKs do not hold; build metadata is not compared.
fn too_large(text: &str) -> Option<InvalidVersion> {
    let compared = text.split('+').next().unwrap_or_default();
    let mut numbers = compared.split(['.', '-']);
    let number = numbers.find(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits && part.parse().map_or(true, |number: u64| number > LARGEST)
    })?;
    // Whether it would be a version otherwise.
    read(&compared.replace(number, "1"))?;
    Some(InvalidVersion::TooLarge {
        text: text.to_owned(),
        number: number.to_owned(),
    })
}

/// The message for a version that all SDKs read, but order differently.
///
/// Example: [`ambiguity`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is ordered differently in Ruby, which splits a pre-release at hyphens, too; write a pre-release without hyphens, as in `1.0.0-rc.1`"
)]
pub struct AmbiguousVersion(String);

/// Returns how SDKs differ about the order of a version, if they do.
///
/// ```
/// use segments_model::version::ambiguity;
///
/// assert!(ambiguity("1.0.0-rc-1").is_some());
/// assert_eq!(ambiguity("1.0.0-rc.1+linux-x64"), None);
/// ```
#[must_use]
pub fn ambiguity(text: &str) -> Option<AmbiguousVersion> {
    let divided = read(text).is_some_and(|version| version.pre.contains('-'));
    divided.then(|| AmbiguousVersion(text.to_owned()))
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

/// Parses a version like [`parse`], without an error message. A version with all three numbers is parsed
/// without an allocation.
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

/// The version without what people write around one.
fn suggest(text: &str) -> Option<String> {
    let bare = text.trim().trim_start_matches(['v', 'V', '=']).trim_start();
    (bare != text && parse(bare).is_ok()).then(|| bare.to_owned())
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
    fn what_is_no_version_gets_a_suggestion_only_if_it_means_the_same() {
        for (bad, suggestion) in [
            ("v2.0.0", Some("2.0.0")),
            (" 2.0 ", Some("2.0")),
            ("=2", Some("2")),
            ("02.0.0", None),
            ("1.2.3.4", None),
            ("2024.05.03", None),
            ("v2024.05.03", None),
            ("2.00", None),
            ("", None),
            ("latest", None),
            ("2..0", None),
            ("2.x", None),
        ] {
            assert_eq!(parse(bad).unwrap_err().suggestion(), suggestion, "{bad:?}");
        }
        let said = |text| parse(text).unwrap_err().to_string();
        assert_eq!(
            said("2024.05.03"),
            "`2024.05.03` is not a semantic version; `05` has a leading zero, so an attribute with such a value is not a version either; declare the attribute as a string"
        );
        assert_eq!(
            said("1.2.3.4"),
            "`1.2.3.4` is not a semantic version; it has more than three numbers, so an attribute with such a value is not a version either; declare the attribute as a string"
        );
    }

    #[test]
    fn ranges_are_two_clauses() {
        let said = |text| parse(text).unwrap_err().to_string();
        for (text, least, below) in [
            ("2.*", "2.0.0", "3.0.0"),
            ("2.1.x", "2.1.0", "2.2.0"),
            ("^2.1", "2.1.0", "3.0.0"),
            ("^0.2.3", "0.2.3", "0.3.0"),
            ("~2.1.4", "2.1.4", "2.2.0"),
        ] {
            let message = format!(
                "`{text}` is not a semantic version; it is a range; write two clauses, not earlier than `{least}` and earlier than `{below}`"
            );
            assert_eq!(said(text), message);
        }
        assert_eq!(
            said(">= 2.0"),
            "`>= 2.0` is not a semantic version; the comparison is the operator; write `2.0.0`"
        );
        assert_eq!(range("latest"), None);
        assert_eq!(range("2.0.0.0"), None);
    }

    #[test]
    fn numbers_are_those_that_every_sdk_holds() {
        for good in [
            "2147483647.0.0",
            "1.0.0-2147483647",
            "1.0.0+99999999999999999999",
            "1-a99999999999",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for (bad, number) in [
            ("1.0.20240503123456789", "20240503123456789"),
            ("1.0.202302104298", "202302104298"),
            ("2147483648", "2147483648"),
            ("1.99999999999999999999999", "99999999999999999999999"),
            ("1.0.0-rc.2147483648", "2147483648"),
        ] {
            let found = parse(bad);
            let Err(InvalidVersion::TooLarge { number: found, .. }) = found else {
                panic!("{bad}: {found:?}");
            };
            assert_eq!(found, number);
        }
        let long = format!("1.0.0+{}", "a".repeat(251));
        assert_eq!(parse(&long), Err(InvalidVersion::TooLong(257)));
    }

    #[test]
    fn hyphens_divide_pre_releases_in_some_sdks() {
        for divided in ["1.0.0-x-2", "2--", "2.1-rc.a-b+c"] {
            assert!(parse(divided).is_ok(), "{divided}");
            assert!(ambiguity(divided).is_some(), "{divided}");
        }
        for whole in ["1.0.0-rc.1+linux-x64", "2", "2-rc", "no-version"] {
            assert_eq!(ambiguity(whole), None, "{whole}");
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
