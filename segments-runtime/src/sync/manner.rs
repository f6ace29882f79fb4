//! The manner of making changes.

/// The reaction to changes that the service made after the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Makes only changes that were shown: somebody has read the plan and agreed.
    Exactly,
    /// Whatever makes it as declared: nobody has read the plan, and many processes do the same.
    Converge,
}
