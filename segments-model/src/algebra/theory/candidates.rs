//! Candidates: values such that if any value passes, one of them does.
//!
//! Tests of numbers, dates and versions cut an ordered set into intervals: single values, and the ranges
//! between them. All values of an interval pass the same tests, so one of each is enough; the first value
//! after a bound stands for the interval after it. Further candidates are added only for readability.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use semver::{BuildMetadata, Prerelease, Version};

use super::test::Test;
use crate::date::{self, Moment};
use crate::{Number, Value, version};

/// A number of each piece, the most readable first.
pub(crate) fn numbers(tests: &[Test<'_>]) -> Vec<f64> {
    let mut bounds = vec![0.0];
    for test in tests {
        match test {
            Test::OneOf { others, .. } => {
                bounds.extend(others.iter().filter_map(|value| match value {
                    Value::Number(number) => Some(number.get()),
                    _ => None,
                }));
            }
            Test::Numbers(_, numbers) => bounds.extend(numbers),
            Test::Moments(_, moments) => {
                for moment in moments {
                    #[allow(
                        clippy::cast_precision_loss,
                        reason = "dates are far below 2^53 milliseconds"
                    )]
                    let at = moment.milliseconds() as f64;
                    // Fractions are cut off, towards zero.
                    bounds.extend([at - 1.0, at, at + 1.0]);
                }
                // Beyond these there are no dates.
                bounds.extend([-8_334_601_228_800_001.0, 8_210_266_876_800_000.0]);
            }
            _ => {}
        }
    }
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    let mut found: Vec<Number> = Vec::with_capacity(bounds.len() * 6);
    let mut add = |number: f64| found.extend(Number::new(number));
    for (at, bound) in bounds.iter().copied().enumerate() {
        for number in [bound, bound.next_up(), bound.next_down()] {
            add(number);
        }
        // Whole ones, of which percentages can be taken.
        for number in [bound.floor() + 1.0, bound.ceil() - 1.0] {
            add(number);
        }
        if let Some(next) = bounds.get(at + 1) {
            add(bound / 2.0 + next / 2.0);
        }
    }
    found.sort_unstable();
    found.dedup();
    found.sort_by_cached_key(|number| {
        let text = number.to_string();
        (
            text.len() - usize::from(text.starts_with('-')),
            text.starts_with('-'),
        )
    });
    found.into_iter().map(Number::get).collect()
}

/// A version of each piece, the most readable first.
pub(crate) fn versions(tests: &[Test<'_>]) -> Vec<Version> {
    let mut bounds: Vec<Version> = Vec::new();
    for test in tests {
        match test {
            Test::Versions(_, versions) => bounds.extend(versions.iter().cloned()),
            Test::OneOf { texts, .. } => {
                bounds.extend(texts.iter().filter_map(|text| version::read(text)));
            }
            _ => {}
        }
    }
    let plain = |major, minor, patch| Version::new(major, minor, patch);
    let mut found = vec![plain(1, 0, 0), plain(0, 0, 0)];
    found.extend(Version::parse("0.0.0-0"));
    for bound in bounds {
        let Version {
            major,
            minor,
            patch,
            ..
        } = bound;
        found.extend(after(&bound));
        let bumped = [
            major.checked_add(1).map(|major| plain(major, 0, 0)),
            minor.checked_add(1).map(|minor| plain(major, minor, 0)),
            patch.checked_add(1).map(|patch| plain(major, minor, patch)),
            patch.checked_sub(1).map(|patch| plain(major, minor, patch)),
            minor.checked_sub(1).map(|minor| plain(major, minor, 0)),
            major.checked_sub(1).map(|major| plain(major, 0, 0)),
            Some(plain(major, minor, patch)),
        ];
        found.extend(bumped.into_iter().flatten());
        found.push(Version {
            build: BuildMetadata::EMPTY,
            ..bound
        });
    }
    found.sort_unstable();
    found.dedup();
    found.sort_by_cached_key(|version| {
        let text = version.to_string();
        (text.len(), text)
    });
    found
}

/// The first version after another one.
fn after(version: &Version) -> Option<Version> {
    if !version.pre.is_empty() {
        // What goes on is later than what does not, and 0 is the least to go on with.
        let pre = Prerelease::new(&format!("{}.0", version.pre)).ok()?;
        return Some(Version {
            pre,
            build: BuildMetadata::EMPTY,
            ..version.clone()
        });
    }
    let mut next = version.clone();
    next.build = BuildMetadata::EMPTY;
    next.pre = Prerelease::new("0").ok()?;
    match next.patch.checked_add(1) {
        Some(patch) => next.patch = patch,
        None => {
            next.patch = 0;
            next.minor = next.minor.checked_add(1)?;
        }
    }
    Some(next)
}

/// The texts of a version: the shortest, and as many others as there may be texts to avoid.
pub(crate) fn spellings(version: &Version, avoided: usize) -> impl Iterator<Item = String> {
    let bare = version.clone();
    let others = (0..avoided).map(move |number| format!("{bare}+{number}"));
    std::iter::once(version.to_string()).chain(others)
}

/// A date of each piece, as a text, the most readable first.
pub(crate) fn dates(tests: &[Test<'_>]) -> Vec<String> {
    let mut bounds: BTreeSet<i64> = BTreeSet::new();
    for test in tests {
        match test {
            Test::Moments(_, moments) => {
                bounds.extend(moments.iter().map(|moment| moment.milliseconds()));
            }
            Test::OneOf { texts, .. } => {
                let moments = texts.iter().filter_map(|text| Moment::parse(text));
                bounds.extend(moments.map(Moment::milliseconds));
            }
            _ => {}
        }
    }
    let mut found = vec!["2025-01-01T00:00:00Z".to_owned()];
    for bound in &bounds {
        const DAY: i64 = 86_400_000;
        for moment in [*bound, bound + DAY, bound - DAY, bound + 1000, bound + 1] {
            found.push(date::format(moment));
        }
        // Finer than any bound that a clause can have.
        let written = date::format(*bound);
        let written = written.trim_end_matches('Z');
        found.push(if written.contains('.') {
            format!("{written}000001Z")
        } else {
            format!("{written}.000000001Z")
        });
    }
    // Before and after all that a clause can be about.
    found.push("0000-01-01T00:00:00+23:59".to_owned());
    found.push("9999-12-31T23:59:59-23:59".to_owned());
    found.retain(|text| Moment::parse(text).is_some());
    let mut seen = BTreeSet::new();
    found.retain(|text| seen.insert(text.clone()));
    found.sort_by_key(String::len);
    found
}

/// The texts of a date: as it stands, and with more zeros than there are texts to avoid.
pub(crate) fn date_spellings(date: &str, avoided: usize) -> impl Iterator<Item = String> {
    let end = date[19..]
        .find(['Z', '+', '-'])
        .map_or(date.len(), |at| at + 19);
    let (moment, offset) = (date[..end].to_owned(), date[end..].to_owned());
    let mark = if moment.contains('.') { "" } else { "." };
    let others =
        (0..avoided).map(move |zeros| format!("{moment}{mark}{}{offset}", "0".repeat(zeros + 1)));
    std::iter::once(date.to_owned()).chain(others)
}

/// Texts that may pass, put together of what the tests that have to pass say, and plain ones.
pub(crate) fn texts(pass: &[&Test<'_>]) -> Vec<String> {
    use crate::Operator::{Contains, EndsWith, StartsWith};
    const FEW: usize = 4;
    let of = |wanted| {
        let tests = pass.iter().filter_map(move |test| match test {
            Test::Texts {
                operator, texts, ..
            } if *operator == wanted => Some(texts),
            _ => None,
        });
        tests.flatten().copied().take(FEW)
    };
    let or_nothing = |texts: Vec<&'_ str>| -> Vec<String> {
        if texts.is_empty() {
            return vec![String::new()];
        }
        texts.into_iter().map(str::to_owned).collect()
    };
    let starts = or_nothing(of(StartsWith).collect());
    let ends = or_nothing(of(EndsWith).collect());
    let inside: String = of(Contains).collect();
    let mut found = Vec::new();
    for start in &starts {
        for end in &ends {
            if !inside.is_empty() || !start.is_empty() || !end.is_empty() {
                found.push(format!("{start}{end}"));
                found.push(format!("{start}{inside}{end}"));
                found.push(format!("{start}a{end}"));
            }
        }
        found.extend(of(Contains).map(|inside| format!("{start}{inside}")));
    }
    found.extend(["a", "b", "c", "x", "y", "z", "other", "A", "0", "1"].map(str::to_owned));
    found
}

/// Compares by what people read faster.
pub(crate) fn readable(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_between_a_version_and_the_next() {
        let versions = [
            "0.0.0-0",
            "0.0.0-0.0",
            "1.0.0-a",
            "1.0.0-a.0",
            "1.0.0-a.a",
            "1.0.0-rc.1",
            "1.0.0-rc.1.0",
            "1.0.0",
            "1.0.1-0",
            "1.0.1-0.0",
            "1.0.1",
            "1.1.0-0",
            "1.1.0",
            "2.0.0",
        ];
        let versions = versions.map(|text| Version::parse(text).unwrap());
        for version in &versions {
            let next = after(version).unwrap();
            assert!(version < &next);
            for other in &versions {
                assert!(
                    other <= version || other >= &next,
                    "{version} {other} {next}"
                );
            }
        }
        let last = Version::new(1, 2, u64::MAX);
        assert_eq!(after(&last).unwrap().to_string(), "1.3.0-0");
    }

    #[test]
    fn spellings_mean_the_same() {
        let [date, fraction] = ["2024-05-03T01:00:00+01:00", "2024-05-03T01:00:00.5Z"];
        for text in [date, fraction] {
            let all: Vec<String> = date_spellings(text, 3).collect();
            assert_eq!(all.len(), 4);
            assert!(
                all.iter()
                    .all(|it| Moment::parse(it) == Moment::parse(text)),
                "{all:?}"
            );
        }
    }
}
