//! Regular expressions in the part of the syntax that every LaunchDarkly SDK reads the same way.
//!
//! The Go SDK and the service use RE2, the Rust SDK the `regex` crate, other SDKs their language's
//! own engine. Look-around and back-references exist in some of them only; where a pattern does not
//! compile, the clause never matches, and its negation always does.

use regex_syntax::hir::HirKind;
use thiserror::Error;

/// Why a text is not a portable regular expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
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
}

/// What a pattern without any regular expression in it is better written as.
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
    parse(pattern).map(|_| ())
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
        HirKind::Concat(parts) => match parts
            .iter()
            .map(regex_syntax::hir::Hir::kind)
            .collect::<Vec<_>>()[..]
        {
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

fn parse(pattern: &str) -> Result<regex_syntax::hir::Hir, InvalidPattern> {
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
    fn literals_are_recognised() {
        assert_eq!(literal("abc"), Some(Literal::Contains("abc".to_owned())));
        assert_eq!(literal("^abc"), Some(Literal::StartsWith("abc".to_owned())));
        assert_eq!(literal("^abc$"), Some(Literal::Is("abc".to_owned())));
        for not in ["", "a.c", "(?i)abc", "a|b", "^", "(?m)^abc"] {
            assert_eq!(literal(not), None, "{not}");
        }
    }
}
