//! Found by `file/syntax.rs`.

use crate::code::code;

code! {
    /// The text is not TOML.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = ["user-1, "user-2"] }
    /// ```
    ///
    /// ```text
    /// error[toml-syntax]: this `"` is never closed; write `"user-1"`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["user-1", "user-2"] }
    /// ```
    TOML_SYNTAX = Error "toml-syntax";
}
