//! Found by `file/syntax.rs` where TOML repeats a key, by readers such as `file/context.rs`, and by `check/segment/unmanaged.rs`.

use crate::code::code;

code! {
    /// A key or a table is written twice, or the same thing is declared in two ways.
    /// `email` and `/email` are the same attribute, a list of contexts is either exact
    /// or `at_least`, and only one of the files that are checked together may declare a segment.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// tags = ["internal"]
    /// tags = ["beta"]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[key-duplicate]: `tags` is written twice; remove the second
    /// ```
    ///
    /// ```toml,wrong
    /// [contexts.device.attributes]
    /// model = "string"
    /// "/model" = "string"
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[key-duplicate]: `model` is declared twice; declare it once
    /// ```
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = ["user-1"] }
    /// included_at_least = { user = ["user-2"] }
    /// ```
    ///
    /// ```text
    /// error[key-duplicate]: `included` contradicts `included_at_least`: the first removes other contexts, the second keeps them; write one of the two
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// tags = ["internal", "beta"]
    /// nobody = true
    /// ```
    KEY_DUPLICATE = Error "key-duplicate";
}
