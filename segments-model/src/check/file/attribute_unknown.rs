//! Found by `file/rule.rs` and `file/example.rs`.

use crate::code::code;

code! {
    /// An attribute is used but not declared.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "emial", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[attribute-unknown]: `user` has no attribute `emial`; did you mean `email`?
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ATTRIBUTE_UNKNOWN = Error "attribute-unknown";
}
