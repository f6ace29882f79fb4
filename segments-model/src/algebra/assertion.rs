//! Assertions about audiences, which are proved.

use std::fmt;

use super::{Algebra, Answer, Expression, Witness};
use crate::{AttributeRef, ContextKind};

/// An assertion about audiences.
///
/// ```
/// use segments_model::algebra::{Algebra, Assertion, Domain, Expression};
/// use segments_model::{Draft, draft};
///
/// let all = draft::DraftRule { everyone: true, ..Default::default() };
/// let all = Draft { key: "all".into(), name: "All".into(), rules: Some(vec![all]), ..Draft::default() };
/// let (all, _) = all.parse().unwrap();
/// let algebra = Algebra::new([&all], &|_, _| Domain::UNKNOWN).as_declared();
/// let wrong = Assertion::Nobody(Expression::segment("all"));
/// assert_eq!(wrong.prove(&algebra)[0].to_string(), r#"`all` has a member: `{"kind":"user","key":"u"}`"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assertion {
    /// No context is in two of them.
    Disjoint(Vec<Expression>),
    /// Every context of the first is in the second.
    Subset(Expression, Expression),
    /// Every context of the whole is in one of the parts.
    Covers(Expression, Vec<Expression>),
    /// All have the same members.
    Equal(Vec<Expression>),
    /// No context is in it.
    Nobody(Expression),
    /// Every context of a kind is in exactly one of the parts or, if there is a part for the rest, in at
    /// most one.
    Partition {
        /// The kind.
        kind: ContextKind,
        /// The attributes that every context of the kind has.
        always: Vec<AttributeRef>,
        /// The parts.
        parts: Vec<Expression>,
        /// Whether there is a part for everybody else.
        otherwise: bool,
    },
}

/// A mistake in an assertion.
#[derive(Debug, Clone, PartialEq)]
pub struct Disproof {
    /// The words that the context is in, and where it is not.
    claim: String,
    found: String,
    /// A counterexample; `None` if the assertion could only not be proved.
    pub witness: Option<Box<Witness>>,
}

/// The claim that is wrong, with the context that proves it.
impl fmt::Display for Disproof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            claim,
            found,
            witness,
        } = self;
        match witness {
            Some(witness) => write!(f, "{}", found.replace("{}", &witness.to_string())),
            None => write!(
                f,
                "cannot prove or refute that {claim}; write simpler rules, or test it with examples"
            ),
        }
    }
}

impl Assertion {
    /// Returns the keys of its segments, in the order of writing.
    #[must_use]
    pub fn segments(&self) -> Vec<&str> {
        let expressions: Vec<&Expression> = match self {
            Self::Disjoint(parts) | Self::Equal(parts) | Self::Partition { parts, .. } => {
                parts.iter().collect()
            }
            Self::Subset(inner, outer) => vec![inner, outer],
            Self::Covers(whole, parts) => std::iter::once(whole).chain(parts).collect(),
            Self::Nobody(expression) => vec![expression],
        };
        expressions
            .into_iter()
            .flat_map(Expression::segments)
            .collect()
    }

    /// Proves the assertion, or returns its mistakes. If there are thousands of claims, such as many
    /// pairs of audiences, not all are proved, and only the first mistakes are returned.
    #[must_use]
    pub fn prove(&self, algebra: &Algebra<'_>) -> Vec<Disproof> {
        let mut disproofs = Vec::new();
        for (number, claim) in self.claims().enumerate() {
            let answer = match number {
                0..MOST_CLAIMS => algebra.example(&claim.contrary()),
                _ => Answer::Unknown,
            };
            let witness = match answer {
                Answer::Nobody => continue,
                Answer::Unknown => None,
                Answer::Example(witness) => Some(witness),
            };
            let (claim, found) = claim.in_words();
            disproofs.push(Disproof {
                claim,
                found,
                witness,
            });
            if number >= MOST_CLAIMS || disproofs.len() == MOST_DISPROOFS {
                break;
            }
        }
        disproofs
    }

    /// The claims to prove.
    fn claims(&self) -> Box<dyn Iterator<Item = Claim<'_>> + '_> {
        match self {
            Self::Disjoint(parts) => Box::new((0..parts.len()).flat_map(|at| {
                let right = &parts[at];
                parts[..at]
                    .iter()
                    .map(move |left| Claim::Disjoint(left, right))
            })),
            Self::Subset(inner, outer) => Box::new(std::iter::once(Claim::Inside(inner, outer))),
            Self::Covers(whole, parts) => Box::new(std::iter::once(Claim::Cover(whole, parts))),
            Self::Equal(parts) => Box::new(parts.windows(2).flat_map(|pair| {
                let (left, right) = (&pair[0], &pair[1]);
                [(left, right), (right, left)].map(|(one, other)| Claim::Same {
                    pair: (left, right),
                    one,
                    other,
                })
            })),
            Self::Nobody(expression) => Box::new(std::iter::once(Claim::Nobody(expression))),
            Self::Partition {
                kind,
                always,
                parts,
                otherwise,
            } => {
                let whole = Whole { kind, always };
                let apart = (0..parts.len()).flat_map(move |at| {
                    let right = &parts[at];
                    parts[..at]
                        .iter()
                        .map(move |left| Claim::Apart(whole, left, right))
                });
                let complete = (!otherwise).then_some(Claim::Complete(whole, parts));
                Box::new(apart.chain(complete))
            }
        }
    }
}

/// Everybody whom a partition is about.
#[derive(Clone, Copy)]
struct Whole<'a> {
    kind: &'a ContextKind,
    always: &'a [AttributeRef],
}

impl Whole<'_> {
    fn expression(self) -> Expression {
        Expression::Kind {
            kind: self.kind.clone(),
            with: self.always.to_vec(),
        }
    }
}

/// As many claims of one assertion are proved.
const MOST_CLAIMS: usize = 10_000;
/// The number of disproofs to report.
const MOST_DISPROOFS: usize = 20;

/// One thing that an assertion says.
enum Claim<'a> {
    Disjoint(&'a Expression, &'a Expression),
    Inside(&'a Expression, &'a Expression),
    Cover(&'a Expression, &'a [Expression]),
    /// That of a pair the one has nobody whom the other has not.
    Same {
        pair: (&'a Expression, &'a Expression),
        one: &'a Expression,
        other: &'a Expression,
    },
    Nobody(&'a Expression),
    /// Two parts of a partition have nobody in common.
    Apart(Whole<'a>, &'a Expression, &'a Expression),
    /// The parts of a partition leave nobody out.
    Complete(Whole<'a>, &'a [Expression]),
}

impl Claim<'_> {
    /// The audience that has to be empty.
    fn contrary(&self) -> Expression {
        match *self {
            Self::Disjoint(left, right) => left.clone() & right.clone(),
            Self::Inside(inner, outer) => inner.clone() & !outer.clone(),
            Self::Cover(whole, parts) => whole.clone() & !Expression::Any(parts.to_vec()),
            Self::Same { one, other, .. } => one.clone() & !other.clone(),
            Self::Nobody(expression) => expression.clone(),
            Self::Apart(whole, left, right) => whole.expression() & left.clone() & right.clone(),
            Self::Complete(whole, parts) => whole.expression() & !Expression::Any(parts.to_vec()),
        }
    }

    /// The claim, and the consequence if it is wrong, with `{}` for the context.
    fn in_words(&self) -> (String, String) {
        match *self {
            Self::Disjoint(left, right) | Self::Apart(_, left, right) => (
                format!("`{left}` and `{right}` are disjoint"),
                format!("`{left}` and `{right}` are not disjoint: both have {{}}"),
            ),
            Self::Inside(inner, outer) => (
                format!("`{inner}` is inside `{outer}`"),
                format!("`{inner}` is not inside `{outer}`: only `{inner}` has {{}}"),
            ),
            Self::Complete(whole, parts) => {
                let (said, kind) = (listed(parts), whole.kind);
                let (leave, lack) = match parts {
                    [_] => ("leaves", "it does not have"),
                    _ => ("leave", "none of them has"),
                };
                (
                    format!("every context of kind `{kind}` is in one of {said}"),
                    format!(
                        "{said} {leave} contexts of kind `{kind}` out: {lack} {{}}; add a part, or `otherwise`"
                    ),
                )
            }
            Self::Cover(whole, parts) => {
                let said = listed(parts);
                (
                    format!("{said} cover `{whole}`"),
                    format!("{said} do not cover `{whole}`: none of them has {{}}"),
                )
            }
            Self::Same {
                pair: (left, right),
                one,
                ..
            } => (
                format!("`{left}` and `{right}` have the same members"),
                format!(
                    "`{left}` and `{right}` do not have the same members: only `{one}` has {{}}"
                ),
            ),
            Self::Nobody(expression) => (
                format!("`{expression}` has no members"),
                format!("`{expression}` has a member: {{}}"),
            ),
        }
    }
}

fn listed(parts: &[Expression]) -> String {
    let said: Vec<String> = parts.iter().map(|part| format!("`{part}`")).collect();
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Domain;
    use crate::{Definition, everyone};

    #[test]
    fn of_millions_of_pairs_some_are_proved_and_a_few_are_told() {
        let all = Definition::builder("all").rule(everyone()).build().unwrap();
        let algebra = Algebra::new([&all], &|_, _| Domain::UNKNOWN).as_declared();
        let of = |part: Expression| Assertion::Disjoint(vec![part; 3_000]);
        let everybody = Expression::segment("all");
        assert_eq!(of(everybody.clone()).prove(&algebra).len(), MOST_DISPROOFS);
        let nobody = everybody.clone() & !everybody;
        let unproved = of(nobody).prove(&algebra);
        assert_eq!(unproved.len(), 1);
        assert!(unproved[0].witness.is_none(), "{}", unproved[0]);
    }
}
