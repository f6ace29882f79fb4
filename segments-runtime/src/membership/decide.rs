//! What can be decided about a segment, and by whom.

use crate::membership::decision::{Decision, Salts};

/// A segment about which `C` tells enough: it has every kind of context that the segment looks at.
///
/// Example: [`Segment`](trait@crate::Segment).
#[diagnostic::on_unimplemented(
    message = "`{C}` lacks a context kind needed by `{Self}`",
    label = "pass a reference to each context that the segment tests"
)]
pub trait Decide<C, At> {
    #[doc(hidden)]
    fn decide(contexts: &C, salts: &Salts) -> Decision;
}

/// A segment whose members this program can tell: it has no percentage rule, and asks no segment
/// that has one.
///
/// Example: [`Segment`](trait@crate::Segment).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has a percentage rule, or references a segment that has one, so membership depends on LaunchDarkly's salt",
    label = "`contains` does not exist for this segment",
    note = "`membership` answers `In`, `Out` or `Unknown`; `contains_with` takes the salts"
)]
pub trait DecidableWithoutSalt<C> {}

/// A segment whose members are listed in its definition. Big segments are not: LaunchDarkly keeps
/// their members.
#[diagnostic::on_unimplemented(
    message = "LaunchDarkly keeps the members of the big segment `{Self}`, so this program cannot evaluate it",
    label = "a big segment cannot be evaluated locally",
    note = "evaluate it through a feature flag and an SDK with a big segment store, or declare a standard segment"
)]
pub trait HasLocalMembers<C> {}
