//! Regular expressions in the part of the syntax that every LaunchDarkly SDK reads the same way.
//!
//! The Go SDK and the service use RE2, the Rust SDK the `regex` crate, other SDKs their language's
//! own engine. Look-around and back-references exist in some of them only; where a pattern does not
//! compile, the clause never matches, and its negation always does.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use thiserror::Error;

/// Why a text is not a portable regular expression.
///
/// See the example of [`check`].
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidPattern {
    /// It does not parse.
    #[error(
        "`{pattern}` is not a regular expression: {problem}; write `\\` before a character that stands for itself"
    )]
    Syntax {
        /// The pattern.
        pattern: String,
        /// What the parser says.
        problem: String,
    },
    /// Look-ahead or look-behind.
    #[error(
        "`{0}` has look-around, which not every LaunchDarkly SDK supports; write two clauses, one of them negated"
    )]
    LookAround(String),
    /// A back-reference.
    #[error(
        "`{0}` has a back-reference, which not every LaunchDarkly SDK supports; write the alternatives out"
    )]
    BackReference(String),
    /// It parses, and is too much for an engine to prepare.
    #[error(
        "`{0}` repeats more than every LaunchDarkly SDK can prepare; allow any number with `*` or `+`, or ask for less"
    )]
    TooLarge(String),
}

crate::readable_debug! {
    enum InvalidPattern {
        Syntax { pattern, problem },
        LookAround(pattern),
        BackReference(pattern),
        TooLarge(pattern),
    }
}

/// The most times that RE2 and Go repeat something with `{n}`, counted through nesting.
const REPETITIONS: u64 = 1000;

/// How much may be prepared, in ranges of characters. The `regex` crate gives up at 10 MB, which is
/// some 170,000 of them; where it does, the clause never matches.
const RANGES: u64 = 100_000;

/// What a pattern without any regular expression in it is better written as.
///
/// See the example of [`literal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// The text stands anywhere.
    Contains(String),
    /// The text stands at the start.
    StartsWith(String),
    /// The text stands at the end.
    EndsWith(String),
    /// The text is everything.
    Is(String),
}

/// Whether all SDKs can compile the pattern.
///
/// # Errors
///
/// [`InvalidPattern`] tells what they cannot.
///
/// ```
/// use segments_model::pattern;
///
/// assert!(pattern::check(r"^[a-z]+@company\.com$").is_ok());
/// assert!(pattern::check("***").is_err());
/// assert!(pattern::check("(?!x)y").unwrap_err().to_string().contains("look-around"));
/// ```
pub fn check(pattern: &str) -> Result<(), InvalidPattern> {
    let hir = parse(pattern)?;
    if repetitions(&hir) > REPETITIONS || ranges(&hir) > RANGES {
        return Err(InvalidPattern::TooLarge(pattern.to_owned()));
    }
    Ok(())
}

/// How often `{n}` repeats what is innermost.
fn repetitions(hir: &Hir) -> u64 {
    let inner = hir.kind().subs().iter().map(repetitions).max().unwrap_or(1);
    match hir.kind() {
        HirKind::Repetition(repetition) => inner.saturating_mul(times(repetition)),
        _ => inner,
    }
}

/// How many ranges of characters an engine has to tell apart once everything is written out.
fn ranges(hir: &Hir) -> u64 {
    let inner = hir.kind().subs().iter().map(ranges);
    let inner = inner.fold(0, u64::saturating_add);
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(Class::Unicode(class)) => class.ranges().len() as u64,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() as u64,
        HirKind::Repetition(repetition) => inner.saturating_mul(times(repetition)),
        _ => inner.saturating_add(1),
    }
}

fn times(repetition: &Repetition) -> u64 {
    u64::from(repetition.max.unwrap_or(repetition.min).max(1))
}

/// What the pattern looks for if it is only a literal text, perhaps anchored.
///
/// ```
/// use segments_model::pattern::{Literal, literal};
///
/// assert_eq!(literal(r"@company\.com$"), Some(Literal::EndsWith("@company.com".to_owned())));
/// assert_eq!(literal("a+"), None);
/// ```
#[must_use]
pub fn literal(pattern: &str) -> Option<Literal> {
    use regex_syntax::hir::Look;
    let hir = parse(pattern).ok()?;
    let text = |kind: &HirKind| match kind {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(str::to_owned),
        _ => None,
    };
    match hir.kind() {
        kind @ HirKind::Literal(_) => text(kind).map(Literal::Contains),
        HirKind::Concat(parts) => match parts.iter().map(Hir::kind).collect::<Vec<_>>()[..] {
            [HirKind::Look(Look::Start), literal] => text(literal).map(Literal::StartsWith),
            [literal, HirKind::Look(Look::End)] => text(literal).map(Literal::EndsWith),
            [
                HirKind::Look(Look::Start),
                literal,
                HirKind::Look(Look::End),
            ] => text(literal).map(Literal::Is),
            _ => None,
        },
        _ => None,
    }
}

fn parse(pattern: &str) -> Result<Hir, InvalidPattern> {
    use regex_syntax::ast::ErrorKind;
    regex_syntax::parse(pattern).map_err(|error| {
        let pattern = pattern.to_owned();
        match &error {
            regex_syntax::Error::Parse(error) => match error.kind() {
                ErrorKind::UnsupportedLookAround => InvalidPattern::LookAround(pattern),
                ErrorKind::UnsupportedBackreference => InvalidPattern::BackReference(pattern),
                kind => InvalidPattern::Syntax {
                    pattern,
                    problem: kind.to_string(),
                },
            },
            regex_syntax::Error::Translate(error) => InvalidPattern::Syntax {
                pattern,
                problem: error.kind().to_string(),
            },
            _ => InvalidPattern::Syntax {
                pattern,
                problem: "it cannot be parsed".to_owned(),
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shared_subset_is_accepted() {
        for good in [
            "",
            "a|b",
            r"\d{2,3}",
            "(?i)abc",
            "[^a-z]",
            r"\bword\b",
            "日本",
            "(?P<name>a)",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_some_sdks_lack_is_refused() {
        assert!(matches!(
            check("(?=a)b"),
            Err(InvalidPattern::LookAround(_))
        ));
        assert!(matches!(
            check("(?<!a)b"),
            Err(InvalidPattern::LookAround(_))
        ));
        assert!(matches!(
            check(r"(a)\1"),
            Err(InvalidPattern::BackReference(_))
        ));
        for bad in ["***", "(", "[a", "a{2,1}", r"\"] {
            assert!(
                matches!(check(bad), Err(InvalidPattern::Syntax { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_grows_too_large_is_refused() {
        for bad in [
            "a{1001}",
            "(a{100}){11}",
            r"\w{1000}",
            "((a{1000}){1000}){1000}",
            "(a{65535}){65535}",
        ] {
            assert!(
                matches!(check(bad), Err(InvalidPattern::TooLarge(_))),
                "{bad}"
            );
        }
        for good in [
            "a{1000}",
            "(a{100}){10}",
            "a{5,}",
            r"^\w{1,64}@\w+$",
            "(a+)+",
            "((a*)*)*",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
    }

    /// A pattern that is accepted here and refused by the engine would match nobody, and its
    /// negation everybody.
    #[cfg(feature = "regex")]
    #[test]
    fn the_largest_that_is_accepted_can_be_prepared() {
        for unit in [
            "a",
            "日",
            ".",
            "(?s).",
            "[a-z]",
            r"\w",
            r"\W",
            r"\d",
            r"\pL",
            r"\PL",
            "[^a]",
            "(?i)k",
            "(?i)straße",
            r"(?:\w|\s|-)",
            r"(?:\w?\b)",
            r"(?:\w{1,8} )",
        ] {
            let repeated = |times: u64| format!("(?:{unit}){{{times}}}");
            let largest = (1..=REPETITIONS)
                .rev()
                .find(|times| check(&repeated(*times)).is_ok());
            let largest = repeated(largest.expect("once is always possible"));
            assert!(regex::Regex::new(&largest).is_ok(), "{largest}");
        }
    }

    #[test]
    fn literals_are_recognised() {
        assert_eq!(literal("abc"), Some(Literal::Contains("abc".to_owned())));
        assert_eq!(literal("^abc"), Some(Literal::StartsWith("abc".to_owned())));
        assert_eq!(literal("^abc$"), Some(Literal::Is("abc".to_owned())));
        for not in ["", "a.c", "(?i)abc", "a|b", "^", "(?m)^abc"] {
            assert_eq!(literal(not), None, "{not}");
        }
    }
}
