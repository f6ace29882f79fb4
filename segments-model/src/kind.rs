//! Kinds of contexts.

use crate::name::{Grammar, checked_name};

checked_name! {
    /// A kind of context, such as `user`, `organization` or `device`.
    ///
    /// Letters, digits, `.`, `_` and `-`; the words `kind` and `multi` have a meaning of their own
    /// in context data and are refused, as LaunchDarkly's SDKs refuse them.
    ///
    /// ```
    /// use segments_model::ContextKind;
    ///
    /// assert!(ContextKind::parse("organization").is_ok());
    /// assert!(ContextKind::parse("multi").is_err());
    /// assert_eq!(ContextKind::USER.as_str(), "user");
    /// ```
    ContextKind, Grammar { what: "context kind", starts_alphanumeric: false, longest: 256, reserved: &["kind", "multi"] }
}

impl ContextKind {
    /// The kind that every project has, and the default kind of a clause.
    pub const USER: Self = Self::from_static("user");
}

impl Default for ContextKind {
    fn default() -> Self {
        Self::USER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_refused() {
        for bad in ["kind", "multi", "", "a b", "größe"] {
            assert!(ContextKind::parse(bad).is_err(), "{bad:?}");
        }
        for good in ["user", "Kind", "org.unit_1-a", "_x"] {
            assert!(ContextKind::parse(good).is_ok(), "{good:?}");
        }
    }
}
