//! Rules and their clauses: recorded, and evaluated.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the output has no use for what it passes, and a reference costs rustc at every segment"
)]

use segments_model::{Clause, ContextKind, Rollout, Rule, SegmentKey};

use crate::HasContext;
use crate::attribute::condition::InBothNames;
use crate::membership::clauses::Clauses;
use crate::membership::decision::Verdict;

/// Makes a rule and, if its attributes have former names, the rule in former names.
pub fn rule(
    description: Option<&str>,
    clauses: Vec<InBothNames>,
    rollout: Option<Rollout>,
) -> (Rule, Option<Rule>) {
    InBothNames::rule(clauses, description, rollout.as_ref())
}

/// The clause of `member_of!`.
pub fn member_of<const N: usize>(keys: [SegmentKey; N], negate: bool) -> InBothNames {
    let clause = Clause {
        negate,
        ..Clause::segment_match(keys)
    };
    clause.into()
}

/// The clause of `has_kind!`.
pub fn kind_is<const N: usize>(kinds: [ContextKind; N], negate: bool) -> InBothNames {
    let clause = Clause {
        negate,
        ..Clause::kind_is(kinds)
    };
    clause.into()
}

/// Returns whether all clauses on one context match.
#[inline]
pub fn hold<R: HasContext<C, At>, C, At>(reader: &R, clauses: impl Clauses<C>) -> bool {
    clauses.hold(reader, reader.context())
}

/// Returns whether a rule matches whose last clauses are on one context.
#[inline]
pub fn rule_holds<R: HasContext<C, At>, C, At>(
    reader: &R,
    clauses: impl Clauses<C>,
    description: Option<&'static str>,
) -> bool {
    hold(reader, clauses) && reader.rule(description)
}

/// Converts the result of a clause.
#[inline]
pub fn verdict(answer: impl Into<Verdict>) -> Verdict {
    answer.into()
}
