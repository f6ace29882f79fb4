//! The order of declarations, recorded by a file in the repository instead of a number that somebody has
//! to raise: like migrations, declarations have an order.

use std::fmt;

use super::definitions::Definitions;
use super::revision::digest_of_all;

/// The order of a program's declarations, one line for each: its number, the digest of the declarations,
/// and an optional comment. The last line is that of the program itself, which a test verifies; its
/// number is the [revision](super::SyncConfigBuilder::revision). Two branches that both append a line
/// conflict when they are merged, as their declarations do.
///
/// ```
/// use segments_runtime::sync::{Definitions, History};
///
/// // In a program: `segments_runtime::history!("segments.history")`.
/// let history = History::parse("1 a94a8fe5ccb1 the first audiences\n")?;
/// assert_eq!(history.revision(), 1);
///
/// // In a test of the program. What is declared is not what the last line says, so it says what to append.
/// let outdated = history.check(Definitions::default()).unwrap_err();
/// assert!(outdated.to_string().contains("append `2 "), "{outdated}");
/// # Ok::<(), segments_runtime::sync::InvalidHistory>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    revision: u64,
    digest: String,
}

/// The reason why a file is not a history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line} of the history is not `{number} <digest>`; each line has the next number and a digest of 12 hexadecimal digits"
)]
pub struct InvalidHistory {
    line: usize,
    number: u64,
}

/// The declarations do not match the last line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedHistory {
    line: String,
}

impl fmt::Display for OutdatedHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the declarations changed since the last line of the history; append `{}`",
            self.line
        )
    }
}

impl std::error::Error for OutdatedHistory {}

impl History {
    /// Parses the text of the file. Lines that begin with `#` are comments.
    ///
    /// # Errors
    ///
    /// If a line is not the next one.
    pub fn parse(text: &str) -> Result<Self, InvalidHistory> {
        let mut history = Self {
            revision: 0,
            digest: String::new(),
        };
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let number = history.revision + 1;
            let mut words = line.split_whitespace();
            let is_next = words.next() == Some(number.to_string().as_str());
            let digest = words.next().unwrap_or_default();
            let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            if !is_next || digest.len() != 12 || !digest.bytes().all(hexadecimal) {
                let line = at + 1;
                return Err(InvalidHistory { line, number });
            }
            history = Self {
                revision: number,
                digest: digest.to_owned(),
            };
        }
        Ok(history)
    }

    /// Returns the number of the last line; 0 if there is none.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Checks that the last line matches the declarations, in every environment. For a test of the
    /// program.
    ///
    /// # Errors
    ///
    /// If it does not match; the error contains the line to append.
    pub fn check<'a>(&self, declared: impl Into<Definitions<'a>>) -> Result<(), OutdatedHistory> {
        let declared = declared.into();
        let digest = digest_of_all(declared);
        if digest == self.digest {
            return Ok(());
        }
        let line = format!("{} {digest}", self.revision + 1);
        Err(OutdatedHistory { line })
    }
}

/// Reads the [`History`] of a file at compile time, as in `history!("../segments.history")`, relative to
/// the source file that contains the call.
///
/// # Panics
///
/// If the file is not a history; the message names the line.
///
/// Example: [`History`](crate::sync::History).
#[macro_export]
macro_rules! history {
    ($path:literal) => {
        match $crate::sync::History::parse(::core::include_str!($path)) {
            ::core::result::Result::Ok(history) => history,
            ::core::result::Result::Err(error) => ::core::panic!("{}: {error}", $path),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::{Definition, Draft, EnvironmentKey};

    fn nobody(name: &str) -> Definition {
        let draft = Draft {
            key: "staff".into(),
            name: name.into(),
            nobody: true,
            ..Draft::default()
        };
        draft.parse().unwrap().0
    }

    #[test]
    fn each_line_is_the_next() {
        let two = "# newest last\n1 a94a8fe5ccb1 first\n\n2 0123456789ab\n";
        assert_eq!(History::parse(two).unwrap().revision(), 2);
        assert_eq!(History::parse("").unwrap().revision(), 0);
        for (text, line) in [
            ("2 a94a8fe5ccb1\n", 1),
            ("1 a94a8fe5ccb1\n1 0123456789ab\n", 2),
            ("1 A94A8FE5CCB1\n", 1),
            ("1 a94a\n", 1),
            ("1\n", 1),
            ("<<<<<<< HEAD\n", 1),
        ] {
            let error = History::parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
        }
    }

    #[test]
    fn every_change_of_a_declaration_takes_a_line() {
        let mut text = String::new();
        let mut seen = Vec::new();
        let mut elsewhere = nobody("Staff");
        let there = nobody("Others").into();
        let staging = EnvironmentKey::from_static("staging");
        elsewhere.environments.insert(staging, there);
        let mut absent = elsewhere.clone();
        for there in absent.environments.values_mut() {
            there.absent = true;
        }
        for declared in [
            vec![],
            vec![nobody("Staff")],
            vec![nobody("Colleagues")],
            vec![elsewhere],
            vec![absent],
        ] {
            let history = History::parse(&text).unwrap();
            let outdated = history.check(&declared).unwrap_err();
            text.push_str(&outdated.line);
            text.push('\n');
            let history = History::parse(&text).unwrap();
            history.check(&declared).unwrap();
            assert!(!seen.contains(&history.digest));
            seen.push(history.digest);
        }
        assert_eq!(History::parse(&text).unwrap().revision(), 5);
    }
}
