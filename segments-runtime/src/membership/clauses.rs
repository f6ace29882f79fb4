//! The clauses of a rule as one value, so that rustc checks one call for all of them.

use crate::Condition;
use crate::attribute::cache::Cache;
use crate::membership::visitor::RuleVisitor;

/// Clauses on one context, all of which must match: `(first, (second, ()))`.
pub trait Clauses<C> {
    /// Returns whether all clauses match, for a context that may be absent.
    fn hold<R: RuleVisitor>(self, reader: &R, context: Option<&C>) -> bool;
}

impl<C> Clauses<C> for () {
    #[inline]
    fn hold<R: RuleVisitor>(self, _: &R, _: Option<&C>) -> bool {
        true
    }
}

impl<C, P: Condition<Context = C>, Unlisted: Clauses<C>> Clauses<C> for (P, Unlisted) {
    #[inline]
    fn hold<R: RuleVisitor>(self, reader: &R, context: Option<&C>) -> bool {
        let (first, others) = self;
        reader.holds(&first, context) && others.hold(reader, context)
    }
}

/// A clause with its cache.
#[derive(Debug)]
pub struct Prepares<P>(pub P, pub &'static Cache);

impl<P: Condition> Condition for Prepares<P> {
    type Context = P::Context;

    #[inline]
    fn test(&self, context: &P::Context, _: Option<&Cache>) -> Option<bool> {
        self.0.test(context, Some(self.1))
    }

    fn clause(&self) -> segments_model::Clause {
        self.0.clause()
    }
}
