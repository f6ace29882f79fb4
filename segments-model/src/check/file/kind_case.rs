//! Found by `file/context.rs`, and in a program by `segments-runtime/src/registry/checks.rs`.

use crate::code::code;

code! {
    /// Two kinds of context differ only in case.
    ///
    /// ```toml,wrong
    /// [contexts.User.attributes]
    /// team = "string"
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// warning[kind-case]: `User` and `user` are two kinds to LaunchDarkly; write `user`
    /// ```
    ///
    /// ```toml,right
    /// [contexts.device.attributes]
    /// team = "string"
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    KIND_CASE = Warning "kind-case";
}
