//! Found by `file/segment.rs` and `file/partition.rs`.

use crate::code::code;

code! {
    /// A context kind is used but not declared.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { usr = ["user-1"] }
    /// ```
    ///
    /// ```text
    /// error[kind-unknown]: `usr` is not a declared context kind; did you mean `user`?
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["user-1"] }
    /// ```
    KIND_UNKNOWN = Error "kind-unknown";
}
