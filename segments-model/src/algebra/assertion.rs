//! What authors say of audiences, to be proved.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::{Algebra, Answer, Domains, Expression, Witness};
use crate::{Code, Definition, Finding, Place};

/// What an author says of audiences.
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
}

/// What is wrong with an assertion.
#[derive(Debug, Clone, PartialEq)]
pub struct Disproof {
    /// The words that the context is in, and where it is not.
    claim: String,
    found: String,
    /// A context that proves it wrong; none if it could only not be proved.
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
                "it cannot be told whether {claim}; write simpler rules, or test it with examples"
            ),
        }
    }
}

/// What is wrong with assertions about segments, everywhere and in each environment that has something of its
/// own: the place of the assertion, and what there is to say. What was said is not said again elsewhere.
///
/// ```
/// use segments_model::algebra::{Assertion, Domain, Expression, prove};
/// use segments_model::{Definition, everyone};
///
/// let all = Definition::builder("all").rule(everyone()).build().unwrap();
/// let wrong = Assertion::Nobody(Expression::segment("all"));
/// let found = prove(&[&wrong], &[&all], &|_, _| Domain::UNKNOWN);
/// assert_eq!((found[0].0, found[0].1.code.name()), (0, "assertion-fails"));
/// ```
#[must_use]
pub fn prove(
    assertions: &[&Assertion],
    segments: &[&Definition],
    domains: Domains<'_>,
) -> Vec<(usize, Finding)> {
    let mut said: BTreeSet<(usize, String)> = BTreeSet::new();
    let mut found = Vec::new();
    if assertions.is_empty() {
        return found;
    }
    for environment in Definition::environments_of(segments.iter().copied()) {
        let there = segments.iter().map(|it| it.in_environment(environment));
        let there: Vec<Cow<'_, Definition>> = there.collect();
        let algebra = Algebra::new(there.iter().map(Cow::as_ref), domains).as_declared();
        for (at, assertion) in assertions.iter().enumerate() {
            for disproof in assertion.prove(&algebra) {
                let text = disproof.to_string();
                if !said.insert((at, text.clone())) {
                    continue;
                }
                let code = match disproof.witness {
                    Some(_) => Code::AssertionFails,
                    None => Code::AssertionUnproved,
                };
                let message = match environment {
                    Some(environment) => format!("in `{environment}`, {text}"),
                    None => text,
                };
                found.push((at, Finding::new(code, Place::Segment, message)));
            }
        }
    }
    found
}

impl Assertion {
    /// The keys of its segments, in the order of writing.
    #[must_use]
    pub fn segments(&self) -> Vec<&str> {
        let expressions: Vec<&Expression> = match self {
            Self::Disjoint(parts) | Self::Equal(parts) => parts.iter().collect(),
            Self::Subset(inner, outer) => vec![inner, outer],
            Self::Covers(whole, parts) => std::iter::once(whole).chain(parts).collect(),
            Self::Nobody(expression) => vec![expression],
        };
        expressions
            .into_iter()
            .flat_map(Expression::segments)
            .collect()
    }

    /// Proves it, or says what is wrong.
    #[must_use]
    pub fn prove(&self, algebra: &Algebra<'_>) -> Vec<Disproof> {
        let mut disproofs = Vec::new();
        let mut nobody = |expression: Expression, claim: String, found: String| {
            let witness = match algebra.example(&expression) {
                Answer::Nobody => return,
                Answer::Unknown => None,
                Answer::Example(witness) => Some(witness),
            };
            disproofs.push(Disproof {
                claim,
                found,
                witness,
            });
        };
        match self {
            Self::Disjoint(parts) => {
                for (at, right) in parts.iter().enumerate() {
                    for left in &parts[..at] {
                        nobody(
                            left.clone() & right.clone(),
                            format!("`{left}` and `{right}` are disjoint"),
                            format!("`{left}` and `{right}` are not disjoint: both have {{}}"),
                        );
                    }
                }
            }
            Self::Subset(inner, outer) => nobody(
                inner.clone() & !outer.clone(),
                format!("`{inner}` is inside `{outer}`"),
                format!("`{inner}` is not inside `{outer}`: only `{inner}` has {{}}"),
            ),
            Self::Covers(whole, parts) => {
                let said: Vec<String> = parts.iter().map(|part| format!("`{part}`")).collect();
                let said = said.join(", ");
                nobody(
                    whole.clone() & !Expression::Any(parts.clone()),
                    format!("{said} cover `{whole}`"),
                    format!("{said} do not cover `{whole}`: none of them has {{}}"),
                );
            }
            Self::Equal(parts) => {
                for pair in parts.windows(2) {
                    let [left, right] = pair else { continue };
                    for (one, other) in [(left, right), (right, left)] {
                        nobody(
                            one.clone() & !other.clone(),
                            format!("`{left}` and `{right}` have the same members"),
                            format!(
                                "`{left}` and `{right}` do not have the same members: only `{one}` has {{}}"
                            ),
                        );
                    }
                }
            }
            Self::Nobody(expression) => nobody(
                expression.clone(),
                format!("`{expression}` has no members"),
                format!("`{expression}` has a member: {{}}"),
            ),
        }
        disproofs
    }
}
