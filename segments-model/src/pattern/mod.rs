//! Regular expressions in the dialect that every official LaunchDarkly SDK reads the same way.
//!
//! Each SDK uses the engine of its language. If an engine does not compile a pattern, the clause never
//! matches there, and its negation always does; if an engine reads it differently, the segment has other
//! members. So this module allows only what all of them share: [`Construct`] is the table, with the SDKs
//! that differ and what to write instead.

mod count;
mod dialect;
mod scan;

use std::fmt;

use regex_syntax::ast::Ast;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use thiserror::Error;

pub use dialect::{Construct, Standing};

/// The reason why a text is not a portable regular expression.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidPattern {
    /// The text does not parse.
    #[error(
        "`{pattern}` is not a regular expression: {problem}; write `\\` before a character that stands for itself"
    )]
    Syntax {
        /// The pattern.
        pattern: String,
        /// What the parser says.
        problem: String,
    },
    /// The text has a construct that not every SDK reads in the same way.
    #[error(
        "`{pattern}` has {}, `{found}`, {}; {}", .construct.title(), .construct.reason(), instead(*.construct, .rewrite.as_deref())
    )]
    NotPortable {
        /// The pattern.
        pattern: String,
        /// What it has.
        construct: Construct,
        /// The piece of the pattern.
        found: String,
        /// A pattern that says the same in every SDK, where there is one.
        rewrite: Option<String>,
    },
    /// The pattern parses, but is too large for an engine to compile.
    #[error(
        "`{0}` repeats more than every LaunchDarkly SDK can prepare; allow any number with `*` or `+`, or repeat less"
    )]
    TooLarge(String),
}

crate::readable_debug! {
    enum InvalidPattern {
        Syntax { pattern, problem },
        NotPortable { pattern, construct, found, rewrite },
        TooLarge(pattern),
    }
}

fn instead(construct: Construct, rewrite: Option<&str>) -> String {
    match rewrite {
        Some(rewrite) => format!("write `{rewrite}`"),
        None => construct.advice().to_owned(),
    }
}

/// A difference between SDKs about a pattern that all of them compile: on strings with line breaks, or on
/// non-ASCII strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    pattern: String,
    /// The strings on which they differ.
    pub standing: Standing,
    /// The constructs on which they differ, each once.
    pub constructs: Vec<Construct>,
    /// An equivalent pattern that every SDK reads in the same way, if there is one.
    pub rewrite: Option<String>,
}

/// What differs where, and what to write.
impl fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` has ", self.pattern)?;
        for (index, construct) in self.constructs.iter().enumerate() {
            let and = if index > 0 { ", and " } else { "" };
            write!(f, "{and}{}, {}", construct.title(), construct.reason())?;
        }
        if let Some(rewrite) = &self.rewrite {
            return write!(f, "; write `{rewrite}`");
        }
        let mut said: Vec<&str> = Vec::new();
        for advice in self.constructs.iter().map(|construct| construct.advice()) {
            if !said.contains(&advice) {
                let and = if said.is_empty() { "; " } else { ", and " };
                write!(f, "{and}{advice}")?;
                said.push(advice);
            }
        }
        Ok(())
    }
}

/// The most times that RE2 and Go repeat something with `{n}`, counted through nesting.
const REPETITIONS: u64 = 1000;

/// The longest pattern that is looked at, in bytes; the walk over one takes the square of its length.
const LONGEST: usize = 20_000;

/// How much may be prepared, in ranges of characters. The `regex` crate gives up at 10 MB, which is
/// some 170,000 of them; where it does, the clause never matches.
const RANGES: u64 = 100_000;

/// A simpler operator for a pattern without regular expression syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// The text may be anywhere.
    Contains(String),
    /// The text is at the start.
    StartsWith(String),
    /// The text is at the end.
    EndsWith(String),
    /// The text is the whole string.
    Is(String),
}

/// Checks that all SDKs read the pattern in the same way, and returns their differences on some strings.
///
/// # Errors
///
/// [`InvalidPattern`] names the construct that some of them cannot compile, or read differently.
///
/// ```
/// use segments_model::pattern;
///
/// assert_eq!(pattern::check("[a-z]+@company[.]com").unwrap(), []);
/// assert_eq!(
///     pattern::check("(?i)ann@").unwrap_err().to_string(),
///     "`(?i)ann@` has a flag, `(?i)`, which Node does not support; write `[aA][nN][nN]@`"
/// );
/// let ambiguous = pattern::check(r"\d+@").unwrap();
/// assert_eq!(ambiguous[0].rewrite.as_deref(), Some("[0-9]+@"));
/// ```
pub fn check(pattern: &str) -> Result<Vec<Ambiguity>, InvalidPattern> {
    if pattern.len() > LONGEST {
        return Err(InvalidPattern::TooLarge(pattern.to_owned()));
    }
    let scan = scan::scan(pattern);
    if let Some(found) = scan.of(Standing::Refused).next() {
        let rewrite = scan.rewrite(pattern, Standing::Refused);
        return Err(InvalidPattern::NotPortable {
            pattern: pattern.to_owned(),
            construct: found.construct,
            found: pattern[found.span.clone()].to_owned(),
            rewrite: rewrite.filter(|rewrite| compiles(rewrite)),
        });
    }
    let (ast, hir) = parse(pattern)?;
    if repetitions(&hir) > REPETITIONS || ranges(&hir) > RANGES {
        return Err(InvalidPattern::TooLarge(pattern.to_owned()));
    }
    let found = [Standing::LineBreaks, Standing::NonAscii];
    let found = found.into_iter().filter_map(|standing| {
        let mut constructs: Vec<Construct> = Vec::new();
        for found in scan.of(standing) {
            if !constructs.contains(&found.construct) {
                constructs.push(found.construct);
            }
        }
        let mut rewrite = scan.rewrite(pattern, standing);
        if standing == Standing::NonAscii && constructs.is_empty() && count::counts(&ast) {
            constructs.push(Construct::Counted);
            rewrite = None;
        }
        let pattern = pattern.to_owned();
        (!constructs.is_empty()).then_some(Ambiguity {
            pattern,
            standing,
            constructs,
            rewrite: rewrite.filter(|rewrite| is_free(rewrite, standing)),
        })
    });
    Ok(found.collect())
}

/// Returns whether a rewrite is one that the checks take.
fn compiles(rewrite: &str) -> bool {
    scan::scan(rewrite).of(Standing::Refused).next().is_none() && parse(rewrite).is_ok()
}

/// Returns whether SDKs do not differ on such texts.
fn is_free(pattern: &str, standing: Standing) -> bool {
    let counts = |ast: &Ast| standing == Standing::NonAscii && count::counts(ast);
    scan::scan(pattern).of(standing).next().is_none()
        && parse(pattern).is_ok_and(|(ast, _)| !counts(&ast))
}

/// The strings that some SDK treats as line breaks. If another clause excludes strings with one of them,
/// `^`, `$` and `.` have the same meaning in all SDKs.
pub const LINE_BREAKS: [&str; 5] = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"];

/// Returns the pattern between the slashes of JavaScript's, Perl's or Ruby's notation.
///
/// ```
/// use segments_model::pattern::undelimited;
///
/// assert_eq!(undelimited("/^a$/i").as_deref(), Some("^[aA]$"));
/// assert_eq!(undelimited("/users/"), None, "a path");
/// ```
#[must_use]
pub fn undelimited(pattern: &str) -> Option<String> {
    let (inside, flags) = pattern.strip_prefix('/')?.rsplit_once('/')?;
    let is_flags = flags.bytes().all(|flag| b"gimsuyx".contains(&flag));
    let has_marks = inside.contains(['^', '$', '*', '+', '?', '[', '(', '|', '\\']);
    if inside.is_empty() || !is_flags || flags.is_empty() && !has_marks {
        return None;
    }
    if !flags.contains('i') {
        return Some(inside.to_owned());
    }
    match check(&format!("(?i){inside}")) {
        Err(InvalidPattern::NotPortable {
            rewrite: Some(rewrite),
            ..
        }) => Some(rewrite),
        _ => Some(inside.to_owned()),
    }
}

/// Returns whether the pattern is found in every string.
///
/// ```
/// use segments_model::pattern::is_everywhere;
///
/// assert!(is_everywhere("a*") && is_everywhere("a|") && !is_everywhere("^a*$"));
/// ```
#[must_use]
pub fn is_everywhere(pattern: &str) -> bool {
    parse(pattern).is_ok_and(|(_, hir)| {
        let properties = hir.properties();
        properties.minimum_len() == Some(0) && properties.look_set().is_empty()
    })
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

/// Returns the literal text of a pattern without other syntax, possibly anchored.
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
    let (_, hir) = parse(pattern).ok()?;
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

fn parse(pattern: &str) -> Result<(Ast, Hir), InvalidPattern> {
    let wrong = |problem: String| InvalidPattern::Syntax {
        pattern: pattern.to_owned(),
        problem,
    };
    let ast = regex_syntax::ast::parse::Parser::new().parse(pattern);
    let ast = ast.map_err(|error| wrong(error.kind().to_string()))?;
    let hir = regex_syntax::hir::translate::Translator::new().translate(pattern, &ast);
    let hir = hir.map_err(|error| wrong(error.kind().to_string()))?;
    Ok((ast, hir))
}

#[cfg(test)]
mod tests;
