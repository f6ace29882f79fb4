//! Relations between segments that may be intended: one contained in the other, or two that are equal.

use std::collections::BTreeSet;

use crate::algebra::{Algebra, Answer, Domains, Expression};
use crate::{AttributeRef, ContextKind, Definition, Operator};

/// A relation between two segments that may be intended: advice, not a finding.
///
/// Example: [`advice`](fn@advice).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The key of the segment.
    pub segment: String,
    /// The key of another segment that contains all members of this one.
    pub within: String,
    /// Whether both have the same members.
    pub is_same: bool,
}

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            segment,
            within,
            is_same,
        } = self;
        if *is_same {
            write!(
                f,
                "`{segment}` and `{within}` have the same members; if this is intended, reference one in the other"
            )
        } else {
            write!(
                f,
                "every member of `{segment}` is a member of `{within}`; if this is intended, assert `subset = [\"{segment}\", \"{within}\"]`"
            )
        }
    }
}

/// How many pairs are looked at.
const MOST_PAIRS: usize = 20_000;
/// How many steps all proofs may take.
const STEPS: u64 = 20_000_000;

/// Finds segments that are contained in others, or equal, among those that test something in common.
/// Unknown relations are left out, and so are segments of nobody and of everybody.
///
/// ```
/// use segments_model::algebra::Domain;
/// use segments_model::relations::advice;
/// use segments_model::{Arity, AttributeType, Definition, clause};
///
/// let plans = |key: &str, plans: &[&'static str]| {
///     let rule = clause("user", "plan").is_any_of(plans.iter().copied());
///     Definition::builder(key).rule(rule).build().unwrap()
/// };
/// let (paying, teams) = (plans("paying", &["pro", "team"]), plans("teams", &["team"]));
/// let text = |_: &_, _: &_| Domain::new(AttributeType::String, Arity::One);
/// let found = advice(&[&paying, &teams], &text);
/// assert_eq!(found[0].to_string(), "every member of `teams` is a member of `paying`; if this is intended, assert `subset = [\"teams\", \"paying\"]`");
/// ```
#[must_use]
pub fn advice(segments: &[&Definition], domains: Domains<'_>) -> Vec<Advice> {
    let algebra = Algebra::new(segments.iter().copied(), domains)
        .as_declared()
        .with_steps(STEPS);
    let somebody = |segment: &&&Definition| {
        let key = Expression::segment(segment.key.as_str());
        let has = |answer: Answer| matches!(answer, Answer::Example(_));
        !segment.absent
            && !subjects(segment).is_empty()
            && has(algebra.example(&key))
            && has(algebra.example(&!key))
    };
    let compared: Vec<(&Definition, BTreeSet<Subject<'_>>)> = segments
        .iter()
        .filter(somebody)
        .map(|segment| (*segment, subjects(segment)))
        .collect();
    let inside = |inner: &Definition, outer: &Definition| {
        let [inner, outer] = [inner, outer].map(|it| Expression::segment(it.key.as_str()));
        algebra.example(&(inner & !outer)) == Answer::Nobody
    };
    let pairs = (0..compared.len())
        .flat_map(|one| (one + 1..compared.len()).map(move |other| (one, other)));
    let related = pairs.filter(|(one, other)| !compared[*one].1.is_disjoint(&compared[*other].1));
    let mut found = Vec::new();
    for (one, other) in related.take(MOST_PAIRS) {
        let (one, other) = (compared[one].0, compared[other].0);
        // That what asks a segment has to do with it goes without saying.
        let asks =
            |one: &Definition, other: &Definition| one.references().contains(&other.key.as_str());
        if asks(one, other) || asks(other, one) {
            continue;
        }
        let (segment, within, is_same) = match (inside(one, other), inside(other, one)) {
            (false, false) => continue,
            (true, is_same) => (one, other, is_same),
            (false, true) => (other, one, false),
        };
        found.push(Advice {
            segment: segment.key.to_string(),
            within: within.key.to_string(),
            is_same,
        });
    }
    found
}

type Subject<'d> = (&'d ContextKind, &'d AttributeRef);

/// What the rules of a segment look at.
fn subjects(segment: &Definition) -> BTreeSet<Subject<'_>> {
    let clauses = segment.rules().iter().flat_map(|rule| &rule.clauses);
    let clauses = clauses.filter(|it| it.operator != Operator::SegmentMatch && !it.tests_kinds());
    clauses
        .map(|clause| (&clause.kind, &clause.attribute))
        .collect()
}
