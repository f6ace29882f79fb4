//! How many values attributes hold.

/// How many values an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arity {
    /// One value, which is no array.
    #[default]
    One,
    /// An array of values. A clause matches if it does for any of them.
    Many,
    /// Nobody said: one context may hold a value, and another an array. What is proved holds for both.
    /// This is what an import writes, since LaunchDarkly does not tell.
    Unknown,
}
