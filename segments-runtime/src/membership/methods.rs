//! The answers of a segment.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the output has no use for what it passes, and a reference costs rustc at every segment"
)]

use segments_model::explanation::Explanation;
use segments_model::{EnvironmentKey, Membership};

use crate::context::contexts::Contexts;
use crate::membership::decision::{Decision, Salts, Verdict};
use crate::{Decide, Environment, Segment};

/// Returns whether the contexts are in a segment.
#[inline]
pub fn contains<S: Decide<C, At>, C, At>(contexts: C) -> bool {
    match S::decide(&contexts, &Salts::new()) {
        Decision::Included(_) | Decision::Rule(_) => true,
        Decision::Excluded(_) | Decision::NoRule | Decision::Unknown(_) => false,
    }
}

/// Returns the environment in which a segment is evaluated, if it is known.
#[inline]
pub fn environment_of<'a>(salts: &'a Salts, segment: &str) -> Option<&'a EnvironmentKey> {
    salts.environment(segment)
}

/// Returns whether the contexts are in a segment in an environment.
pub fn contains_in<S: Decide<C, At>, C, At>(environment: &impl Environment, contexts: C) -> bool {
    let salts = Salts::new().of_environment(environment);
    contains_with::<S, C, At>(contexts, &salts).unwrap_or(false)
}

/// Returns whether the contexts are in a segment in an environment, and why.
pub fn membership_in<S: Decide<C, At>, C, At>(
    environment: &impl Environment,
    contexts: C,
) -> Membership {
    membership_with::<S, C, At>(contexts, &Salts::new().of_environment(environment))
}

/// Explains the membership in an environment.
pub fn explain_in<S: Segment, C: Contexts>(
    environment: &impl Environment,
    contexts: C,
) -> Explanation {
    explain_with::<S, C>(contexts, &Salts::new().of_environment(environment))
}

/// Returns whether the contexts are in a segment, given the salts; `None` if a salt is missing.
pub fn contains_with<S: Decide<C, At>, C, At>(contexts: C, salts: &Salts) -> Option<bool> {
    Verdict::from(S::decide(&contexts, salts)).known()
}

/// Returns whether the contexts are in a segment, and why.
pub fn membership<S: Decide<C, At>, C, At>(contexts: C) -> Membership {
    membership_with::<S, C, At>(contexts, &Salts::new())
}

/// Returns whether the contexts are in a segment, and why, given the salts.
pub fn membership_with<S: Decide<C, At>, C, At>(contexts: C, salts: &Salts) -> Membership {
    S::decide(&contexts, salts).into()
}

/// Explains the membership.
pub fn explain<S: Segment, C: Contexts>(contexts: C) -> Explanation {
    explain_with::<S, C>(contexts, &Salts::new())
}

/// Explains the membership, given the salts.
pub fn explain_with<S: Segment, C: Contexts>(contexts: C, salts: &Salts) -> Explanation {
    crate::membership::segment::explain::<S>(&contexts, salts)
}
