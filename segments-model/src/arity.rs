//! The number of values of an attribute.

/// The number of values of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arity {
    /// One value, which is not an array.
    #[default]
    One,
    /// An array of values. A clause matches if any of them matches.
    Many,
    /// Unknown: one context may hold a value, and another an array. Proofs cover both. An import writes
    /// this, because LaunchDarkly does not store the number.
    Unknown,
}
