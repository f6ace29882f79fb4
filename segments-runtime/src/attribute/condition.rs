//! Clauses as Rust values, such as `User::EMAIL.ends_with("@company.com")`.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Not;

use segments_model::{Clause, Rollout, Rule};

use crate::attribute::cache::Cache;
use crate::attribute::operation::Operation;
use crate::attribute::path::{Get, reference};
use crate::attribute::types::ValueType;
use crate::context::former;
use crate::{Context, Operand, Operands, Scalar};

/// A clause and, if the former name of its attribute is still matched, the clause in that name.
#[derive(Debug)]
pub struct InBothNames {
    now: Clause,
    before: Option<Clause>,
}

/// A clause that compares no attribute has one name.
impl From<Clause> for InBothNames {
    fn from(now: Clause) -> Self {
        Self { now, before: None }
    }
}

impl InBothNames {
    /// The rule of these clauses, and what it is in former names, if it asks for an attribute that has one.
    pub(crate) fn rule(
        clauses: Vec<Self>,
        description: Option<&str>,
        rollout: Option<&Rollout>,
    ) -> (Rule, Option<Rule>) {
        let rule = |clauses| Rule {
            description: description.map(str::to_owned),
            clauses,
            rollout: rollout.cloned(),
        };
        let renamed = clauses.iter().any(|clause| clause.before.is_some());
        let before = clauses.iter().filter(|_| renamed);
        let before: Vec<Clause> = before
            .map(|clause| clause.before.as_ref().unwrap_or(&clause.now).clone())
            .collect();
        let now = clauses.into_iter().map(|clause| clause.now).collect();
        (rule(now), renamed.then(|| rule(before)))
    }
}

/// A condition on contexts of one kind: a clause of a rule.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a clause of a rule",
    label = "not a clause",
    note = "a clause compares an attribute, as in `User::EMAIL.ends_with(\"@company.com\")`, or references another segment, as in `member_of!(Staff)`"
)]
pub trait Condition {
    /// The context type that the clause tests.
    type Context: Context;

    /// Returns whether the clause matches; `None` if the context does not have the attribute.
    #[doc(hidden)]
    fn test(&self, context: &Self::Context, cache: Option<&Cache>) -> Option<bool>;

    /// Returns the clause of the model.
    fn clause(&self) -> Clause;

    /// Returns the clause, and the clause in the attribute's former name.
    #[doc(hidden)]
    fn in_both_names(&self) -> InBothNames {
        let now = self.clause();
        let before = former::<Self::Context>(&now.attribute).map(|attribute| Clause {
            attribute,
            ..now.clone()
        });
        InBothNames { now, before }
    }
}

/// An attribute compared with values. Made by the methods of [`Attribute`](crate::Attribute).
#[must_use = "a clause does nothing outside of a rule"]
pub struct Comparison<C, T, G, O, V> {
    values: V,
    #[allow(clippy::type_complexity, reason = "it only names the parameters")]
    marker: PhantomData<fn() -> (C, T, G, O)>,
}

impl<C, T, G, O, V> Comparison<C, T, G, O, V> {
    #[inline]
    pub(crate) fn new(values: V) -> Self {
        Self {
            values,
            marker: PhantomData,
        }
    }
}

impl<C, T, G, O, V> Condition for Comparison<C, T, G, O, V>
where
    C: Context,
    T: ValueType,
    G: Get<C, Field: Scalar<Type = T>>,
    O: Operation<T>,
    V: Operands<T, O>,
{
    type Context = C;

    #[inline]
    fn test(&self, context: &C, cache: Option<&Cache>) -> Option<bool> {
        G::get(context)?.any(|seen| V::Each::any(self.values.each(), seen, cache))
    }

    fn clause(&self) -> Clause {
        Clause {
            kind: C::KIND,
            attribute: reference::<C, G>(),
            operator: O::OPERATOR,
            values: self
                .values
                .each()
                .iter()
                .filter_map(Operand::value)
                .collect(),
            negate: false,
        }
    }
}

/// A negated condition: `!User::EMAIL.ends_with("@company.com")`.
///
/// If an attribute is absent, neither a clause nor its negation matches, as in every LaunchDarkly SDK: a
/// user without a mail address matches neither "ends with" nor "does not end with".
#[must_use = "a clause does nothing outside of a rule"]
pub struct Negated<P>(P);

impl<P: Condition> Condition for Negated<P> {
    type Context = P::Context;

    #[inline]
    fn test(&self, context: &P::Context, cache: Option<&Cache>) -> Option<bool> {
        self.0.test(context, cache).map(|holds| !holds)
    }

    fn clause(&self) -> Clause {
        let clause = self.0.clause();
        Clause {
            negate: !clause.negate,
            ..clause
        }
    }
}

impl<C, T, G, O, V> Not for Comparison<C, T, G, O, V> {
    type Output = Negated<Self>;

    #[inline]
    fn not(self) -> Negated<Self> {
        Negated(self)
    }
}

impl<P> Not for Negated<P> {
    type Output = P;

    #[inline]
    fn not(self) -> P {
        self.0
    }
}

impl<C, T, G, O, V> fmt::Debug for Comparison<C, T, G, O, V>
where
    Self: Condition,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.clause())
    }
}

impl<P> fmt::Debug for Negated<P>
where
    Self: Condition,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.clause())
    }
}
