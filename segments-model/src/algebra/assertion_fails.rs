use std::borrow::Cow;
use std::collections::BTreeSet;

use super::assertion::Assertion;
use super::{Algebra, Domains};
use crate::affected::affected;
use crate::code::code;
use crate::{Code, Definition, Finding, Place};

code! {
    /// An assertion does not hold, and a context proves it.
    /// [What is proved](proofs.md) says how to read it.
    ///
    /// ```toml,wrong
    /// [segments.free]
    /// excluded = {}
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["free"] }] }]
    ///
    /// [segments.young]
    /// excluded = {}
    /// rules = [{ clauses = [{ attribute = "age", op = "lessThan", values = [30] }] }]
    ///
    /// [[assertions]]
    /// disjoint = ["free", "young"]
    /// ```
    ///
    /// ```text
    /// error[assertion-fails]: `free` and `young` are not disjoint: both have `{"kind":"user","key":"u","age":0,"plan":"free"}`
    /// ```
    ///
    /// ```toml,right
    /// [segments.free]
    /// excluded = {}
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["free"] }] }]
    ///
    /// [segments.young]
    /// excluded = {}
    /// rules = [{ clauses = [
    ///   { attribute = "age", op = "lessThan", values = [30] },
    ///   { op = "segmentMatch", values = ["free"], negate = true },
    /// ] }]
    ///
    /// [[assertions]]
    /// disjoint = ["free", "young"]
    /// ```
    ASSERTION_FAILS = Error "assertion-fails";

    /// An assertion could not be proved or refuted.
    /// In this example, the patterns have too many states to compare within the budget.
    ///
    /// ```toml,wrong
    /// [segments.one]
    /// allow = ["pattern-line-breaks"]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ["^(?:a|b)*a(?:a|b){20}$"] }] }]
    ///
    /// [segments.other]
    /// allow = ["pattern-line-breaks"]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ["^(?:a|b)*b(?:a|b){20}$"] }] }]
    ///
    /// [[assertions]]
    /// disjoint = ["one", "other"]
    /// ```
    ///
    /// ```text
    /// warning[assertion-unproved]: cannot prove or refute that `one` and `other` are disjoint; write simpler rules, or test it with examples
    /// ```
    ///
    /// ```toml,right
    /// [segments.one]
    /// rules = [{ clauses = [{ attribute = "email", op = "startsWith", values = ["a"] }] }]
    ///
    /// [segments.other]
    /// rules = [{ clauses = [{ attribute = "email", op = "startsWith", values = ["b"] }] }]
    ///
    /// [[assertions]]
    /// nobody = "one & other"
    /// ```
    ASSERTION_UNPROVED = Warning "assertion-unproved";
}

/// Proves assertions about segments, for the base definitions and for each environment that differs:
/// returns the place of each mistake, and the message. A message is not repeated for other environments.
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
        // What is the same as elsewhere is proved there.
        let differs = environment.map(|_| {
            let there: Vec<&Definition> = there.iter().map(Cow::as_ref).collect();
            affected(segments, &there)
        });
        let differs = |assertion: &Assertion| {
            let keys = assertion.segments();
            differs
                .as_ref()
                .is_none_or(|differs| keys.iter().any(|key| differs.contains(*key)))
        };
        if !assertions.iter().any(|assertion| differs(assertion)) {
            continue;
        }
        let algebra = Algebra::new(there.iter().map(Cow::as_ref), domains).as_declared();
        let there = assertions.iter().enumerate();
        for (at, assertion) in there.filter(|(_, assertion)| differs(assertion)) {
            for disproof in assertion.prove(&algebra) {
                let text = disproof.to_string();
                if !said.insert((at, text.clone())) {
                    continue;
                }
                let code = match disproof.witness {
                    Some(_) => Code::ASSERTION_FAILS,
                    None => Code::ASSERTION_UNPROVED,
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
