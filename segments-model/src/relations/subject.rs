//! What clauses look at: rules whose clauses look at different things have nothing to do with one another.

use crate::{AttributeRef, Clause, ContextKind, Operator, Rule};

/// What a clause looks at; `None` is the context as a whole.
pub(super) type Subject<'c> = Option<(&'c ContextKind, &'c AttributeRef)>;

pub(super) fn subject(clause: &Clause) -> Subject<'_> {
    let whole = clause.operator == Operator::SegmentMatch || clause.tests_kinds();
    // Every context of a kind has these.
    let always = matches!(clause.attribute.as_str(), "key" | "anonymous");
    (!whole && !always).then_some((&clause.kind, &clause.attribute))
}

/// Returns whether one clause may have to do with another: both look at the same thing, or one at the whole context.
pub(super) fn are_related(one: &Clause, other: &Clause) -> bool {
    let (one, other) = (subject(one), subject(other));
    one.is_none() || other.is_none() || one == other
}

/// Returns whether clauses of a rule may have to do with one another: two look at the same thing.
pub(super) fn may_relate(rule: &Rule) -> bool {
    let clauses = &rule.clauses;
    clauses.iter().enumerate().any(|(at, clause)| {
        let mut others = clauses[..at].iter();
        others.any(|other| are_related(clause, other))
    })
}
