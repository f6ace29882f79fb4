//! Found by `#[derive(Context)]`, in `segments-macros/src/context/serde.rs`.

use crate::code::code;

code! {
    /// A field has another name for `serde` than for LaunchDarkly.
    ///
    /// ```rust,ignore
    ///     #[serde(rename = "accountAge")]
    ///     account_age: u32,
    /// ```
    ///
    /// ```text
    /// `serde(rename)` changes only the output of `serde`, not the name in LaunchDarkly; write `#[context(name = "...")]` as well
    /// ```
    ///
    /// ```rust
    /// use segments_runtime::Context;
    ///
    /// #[derive(Context)]
    /// #[context(kind = "visitor")]
    /// struct Visitor {
    ///     #[context(key)]
    ///     id: String,
    ///     #[context(name = "accountAge")]
    ///     account_age: u32,
    /// }
    /// ```
    SERDE_IGNORED = Warning "serde-ignored";
}
