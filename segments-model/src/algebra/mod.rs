//! Proofs about audiences: whether some context is in one segment and not in another, and which.
//!
//! [`Algebra`] takes segments and the known attributes of contexts. It answers questions about
//! [`Expression`]s, which combine segments with *and*, *or* and *not*, with a [`Witness`], with a proof
//! that there is none, or with *unknown*. It is sound: its proofs hold for every context whose attributes
//! have their declared types. It answers *unknown* only if the budget is exceeded, or if different sorts
//! of tests apply to one string. `docs/proofs.md` explains the method, and how to read a witness.

mod assertion;
mod assertion_fails;
mod automaton;
mod boundary;
mod budget;
mod change;
#[cfg(feature = "eval")]
mod confirm;
mod domain;
mod expression;
mod formula;
mod search;
mod serving;
mod shares;
#[cfg(test)]
mod tests;
mod theory;
mod witness;
mod world;

use std::cell::RefCell;

pub use assertion::{Assertion, Disproof};
pub use assertion_fails::prove;
pub use boundary::Boundary;
pub use change::{AudienceChange, Verdict};
pub use domain::{Domain, Domains, KnownAttributes};
pub use expression::{Expression, InvalidExpression};
pub use formula::Assumption;
pub use serving::{Move, ServingChange};
pub use witness::Witness;

pub(crate) use budget::{Budget, Solution};
pub(crate) use formula::{Formula, Index};
pub(crate) use search::{Goal, search};
pub(crate) use world::World;

use crate::Definition;
use crate::code::codes;

codes! {
    assertion_fails,
}

/// How many steps a question may take.
pub(crate) const STEPS: u64 = 200_000;

/// The answer to a question about an audience.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// There is such a context.
    Example(Box<Witness>),
    /// It is proved that there is none.
    Nobody,
    /// It could not be determined with a reasonable effort. It is not known to be either.
    Unknown,
}

/// Segments, and what is known of the attributes of contexts.
///
/// ```
/// use segments_model::algebra::{Algebra, Answer, Domain, Expression};
/// use segments_model::{AttributeType, Arity, Draft, Operator, draft};
///
/// let segment = |key: &'static str, op, values: Vec<_>| {
///     let clause = draft::DraftClause {
///         kind: Some("user".into()), attribute: Some("plan".into()), operator: Some(op),
///         values: values.into_iter().map(Some).collect(), ..Default::default()
///     };
///     let rules = Some(vec![draft::DraftRule { clauses: vec![clause], ..Default::default() }]);
///     Draft { key: key.into(), name: key.into(), rules, ..Draft::default() }.parse().unwrap().0
/// };
/// let free = segment("free", Operator::In, vec!["free".into()]);
/// let paid = segment("paid", Operator::StartsWith, vec!["pro".into(), "fr".into()]);
///
/// let plan_is_text = |_: &_, _: &_| Domain::new(AttributeType::String, Arity::One);
/// let algebra = Algebra::new([&free, &paid], &plan_is_text).as_declared();
/// let both = Expression::segment("free") & Expression::segment("paid");
/// let Answer::Example(witness) = algebra.example(&both) else { panic!("there is one") };
/// assert_eq!(witness.json(), r#"{"kind":"user","key":"u","plan":"free"}"#);
/// ```
pub struct Algebra<'a> {
    worlds: Vec<World<'a>>,
    domains: Domains<'a>,
    /// The remaining budget for all questions.
    steps: RefCell<Budget>,
    as_declared: bool,
}

/// How many steps all questions together may take.
const ALL_STEPS: u64 = 200_000_000;

impl<'a> Algebra<'a> {
    /// Takes segments. Of two with the same key the later counts; a segment that is not here is one that is
    /// declared elsewhere.
    pub fn new(segments: impl IntoIterator<Item = &'a Definition>, domains: Domains<'a>) -> Self {
        Self {
            worlds: vec![segments.into_iter().collect()],
            domains,
            steps: RefCell::new(Budget::new(ALL_STEPS)),
            as_declared: false,
        }
    }

    /// Takes segments as they are declared, as examples and `contains` do: parts that are not managed are
    /// empty. Otherwise people may have put anybody there.
    #[must_use]
    pub fn as_declared(mut self) -> Self {
        self.as_declared = true;
        self
    }

    /// Bounds what all questions together may take. A step takes some ten nanoseconds; the bound is counted in
    /// them and not in time, so that answers are the same on every machine.
    #[must_use]
    pub fn with_steps(mut self, steps: u64) -> Self {
        self.steps = RefCell::new(Budget::new(steps));
        self
    }

    /// Adds the segments as they were earlier. They have the salts of those of today with the same key, and
    /// what is not declared has not changed.
    #[must_use]
    pub fn with_earlier(mut self, segments: impl IntoIterator<Item = &'a Definition>) -> Self {
        self.worlds.truncate(1);
        self.worlds.push(segments.into_iter().collect());
        self
    }

    /// A context that an expression holds for.
    ///
    /// With the feature `eval`, a witness has been asked of the interpreter, too.
    #[must_use]
    pub fn example(&self, expression: &Expression) -> Answer {
        self.answer(expression, self.as_declared)
    }

    fn answer(&self, expression: &Expression, as_declared: bool) -> Answer {
        let mut formula = Formula::new(&self.worlds, self.domains);
        if as_declared {
            formula.as_declared();
        }
        let node = expression.formula(&mut formula);
        match self.solve(&mut formula, &[(node, true)]) {
            Solution::None => Answer::Nobody,
            Solution::Found(witness) if self.confirms(&witness, expression) => {
                Answer::Example(Box::new(witness))
            }
            Solution::Found(_) | Solution::Unknown => Answer::Unknown,
        }
    }

    /// A context that fulfils goals, within what all questions together may take.
    fn solve(&self, formula: &mut Formula<'_>, goals: &[Goal]) -> Solution<Witness> {
        let mut left = self.steps.borrow_mut();
        let mut budget = Budget::new(STEPS.min(left.left()));
        let before = budget.left();
        let found = search(formula, goals, &mut budget);
        let spent = usize::try_from(before - budget.left()).unwrap_or(usize::MAX);
        // It is at most what was left.
        left.spend(spent).ok();
        match found {
            Solution::Found(model) => Solution::Found(Witness::new(model, formula)),
            Solution::None => Solution::None,
            Solution::Unknown => Solution::Unknown,
        }
    }

    #[cfg(feature = "eval")]
    fn confirms(&self, witness: &Witness, expression: &Expression) -> bool {
        confirm::confirm(&self.worlds, witness, expression)
    }

    /// There is no interpreter to confirm it.
    #[cfg(not(feature = "eval"))]
    #[allow(clippy::unused_self, reason = "with an interpreter it is used")]
    fn confirms(&self, _witness: &Witness, _expression: &Expression) -> bool {
        true
    }
}
