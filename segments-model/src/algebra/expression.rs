//! Combinations of segments.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use thiserror::Error;

use super::formula::{Formula, Index};
use crate::{AttributeRef, ContextKind, InvalidName, SegmentKey};

/// An audience that combines segments.
///
/// ```
/// use segments_model::algebra::Expression;
///
/// let one = Expression::segment("paid") & !Expression::segment("staff");
/// assert_eq!(one.to_string(), "paid & !staff");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// The members of a segment.
    Segment(String),
    /// The earlier members of a segment.
    Earlier(String),
    /// Everybody else.
    Not(Box<Expression>),
    /// The contexts in all of these; everybody if there are none.
    All(Vec<Expression>),
    /// The contexts in any of these; nobody if there are none.
    Any(Vec<Expression>),
    /// Every context of a kind that has certain attributes, with any values.
    Kind {
        /// The kind.
        kind: ContextKind,
        /// The attributes.
        with: Vec<AttributeRef>,
    },
}

impl Expression {
    /// Returns the members of a segment.
    #[must_use]
    pub fn segment(key: impl Into<String>) -> Self {
        Self::Segment(key.into())
    }

    /// Returns the earlier members of a segment.
    ///
    /// Example: [`Algebra::with_earlier`](super::Algebra::with_earlier).
    #[must_use]
    pub fn earlier(key: impl Into<String>) -> Self {
        Self::Earlier(key.into())
    }

    /// Parses an expression: keys of segments with `&`, `|`, `!` and parentheses, where `!` binds closest
    /// and `|` least.
    ///
    /// # Errors
    ///
    /// If the text is not an expression.
    ///
    /// ```
    /// use segments_model::algebra::Expression;
    ///
    /// let read = Expression::parse("paid & !(staff | testers)").unwrap();
    /// assert_eq!(read.to_string(), "paid & !(staff | testers)");
    /// assert_eq!(
    ///     Expression::parse("paid staff").unwrap_err().to_string(),
    ///     "`staff` follows a segment; write `&` or `|` before it"
    /// );
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidExpression> {
        let mut reader = Reader {
            rest: text,
            depth: 0,
        };
        let read = reader.any()?;
        match reader.next() {
            None => Ok(read),
            Some(word) => Err(InvalidExpression::Follows(word.to_owned())),
        }
    }

    /// Returns the keys of its segments, in the order of writing.
    #[must_use]
    pub fn segments(&self) -> Vec<&str> {
        match self {
            Self::Segment(key) | Self::Earlier(key) => vec![key],
            Self::Kind { .. } => Vec::new(),
            Self::Not(inner) => inner.segments(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::segments).collect(),
        }
    }

    pub(crate) fn formula(&self, formula: &mut Formula<'_>) -> Index {
        match self {
            Self::Segment(key) => formula.segment(0, key),
            Self::Earlier(key) => formula.segment(1, key),
            Self::Kind { kind, with } => {
                let mut all = vec![formula.kind(kind)];
                all.extend(with.iter().map(|attribute| formula.has(kind, attribute)));
                formula.all(all)
            }
            Self::Not(inner) => {
                let inner = inner.formula(formula);
                formula.not(inner)
            }
            Self::All(parts) => {
                let parts = parts.iter().map(|part| part.formula(formula)).collect();
                formula.all(parts)
            }
            Self::Any(parts) => {
                let parts = parts.iter().map(|part| part.formula(formula)).collect();
                formula.any(parts)
            }
        }
    }

    /// Returns whether the members are known from those of the segments.
    #[cfg(feature = "eval")]
    pub(crate) fn holds(&self, single: Single<'_>) -> Option<bool> {
        match self {
            Self::Segment(_) | Self::Earlier(_) | Self::Kind { .. } => single(self),
            Self::Not(inner) => Some(!inner.holds(single)?),
            Self::All(parts) => of_parts(parts, true, single),
            Self::Any(parts) => of_parts(parts, false, single),
        }
    }

    fn is_single(&self) -> bool {
        !matches!(self, Self::All(_) | Self::Any(_))
    }
}

/// Says whether an expression without parts holds.
#[cfg(feature = "eval")]
pub(crate) type Single<'s> = &'s dyn Fn(&Expression) -> Option<bool>;

#[cfg(feature = "eval")]
fn of_parts(parts: &[Expression], neutral: bool, single: Single<'_>) -> Option<bool> {
    let mut whole = Some(neutral);
    for part in parts {
        match part.holds(single) {
            Some(value) if value == neutral => {}
            Some(value) => return Some(value),
            None => whole = None,
        }
    }
    whole
}

/// The reason why a text is not an expression over segments.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidExpression {
    /// A segment is expected instead.
    #[error("`{0}` stands where a segment is expected; write the key of one")]
    Unexpected(String),
    /// The text ends where a segment is expected.
    #[error("the expression ends where a segment is expected; write the key of one")]
    Ends,
    /// An operator is missing before this.
    #[error("`{0}` follows a segment; write `&` or `|` before it")]
    Follows(String),
    /// A parenthesis is not closed.
    #[error("a parenthesis is never closed; write `)`")]
    Unclosed,
    /// The key is not a valid segment key.
    #[error(transparent)]
    Key(#[from] InvalidName),
    /// The nesting is too deep.
    #[error("the expression is nested more than {DEEPEST} times; move parts of it to segments")]
    Deep,
}

/// How deep expressions may be nested.
const DEEPEST: usize = 64;

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
    /// The next word or sign.
    fn peek(&self) -> Option<&'t str> {
        let rest = self.rest.trim_start();
        let first = rest.chars().next()?;
        let sign = |c: char| "&|!()".contains(c) || c.is_whitespace();
        let end = if sign(first) {
            first.len_utf8()
        } else {
            rest.find(sign).unwrap_or(rest.len())
        };
        Some(&rest[..end])
    }

    fn next(&mut self) -> Option<&'t str> {
        let word = self.peek()?;
        self.rest = &self.rest.trim_start()[word.len()..];
        Some(word)
    }

    fn any(&mut self) -> Result<Expression, InvalidExpression> {
        self.parts("|", Self::all, Expression::Any)
    }

    fn all(&mut self) -> Result<Expression, InvalidExpression> {
        self.parts("&", Self::one, Expression::All)
    }

    fn parts(
        &mut self,
        sign: &str,
        part: fn(&mut Self) -> Result<Expression, InvalidExpression>,
        whole: fn(Vec<Expression>) -> Expression,
    ) -> Result<Expression, InvalidExpression> {
        let first = part(self)?;
        if self.peek() != Some(sign) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.peek() == Some(sign) {
            self.next();
            parts.push(part(self)?);
        }
        Ok(whole(parts))
    }

    fn one(&mut self) -> Result<Expression, InvalidExpression> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(InvalidExpression::Deep);
        }
        let read = match self.next() {
            None => return Err(InvalidExpression::Ends),
            Some("!") => !self.one()?,
            Some("(") => {
                let inner = self.any()?;
                if self.next() != Some(")") {
                    return Err(InvalidExpression::Unclosed);
                }
                inner
            }
            Some(sign @ ("&" | "|" | ")")) => {
                return Err(InvalidExpression::Unexpected(sign.to_owned()));
            }
            Some(key) => Expression::segment(String::from(SegmentKey::parse(key.to_owned())?)),
        };
        self.depth -= 1;
        Ok(read)
    }
}

impl BitAnd for Expression {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }
}

impl BitOr for Expression {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self::Any(vec![self, other])
    }
}

impl Not for Expression {
    type Output = Self;
    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// As assertions in `segments.toml` write it.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(key) | Self::Earlier(key) => f.write_str(key),
            Self::Kind { kind, .. } => write!(f, "every {kind}"),
            Self::Not(inner) if inner.is_single() => write!(f, "!{inner}"),
            Self::Not(inner) => write!(f, "!({inner})"),
            Self::All(parts) | Self::Any(parts) => {
                let sign = if matches!(self, Self::All(_)) {
                    " & "
                } else {
                    " | "
                };
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        f.write_str(sign)?;
                    }
                    if part.is_single() {
                        write!(f, "{part}")?;
                    } else {
                        write!(f, "({part})")?;
                    }
                }
                Ok(())
            }
        }
    }
}
