//! Found by `file/rule.rs`.

use crate::code::code;

code! {
    /// A value is not one of the attribute's declared values.
    ///
    /// ```toml,wrong
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["premium"] }] }]
    /// ```
    ///
    /// ```text
    /// error[value-not-listed]: "premium" is not one of the values of `plan`; use `free` or `pro`
    /// ```
    ///
    /// ```toml,right
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
    /// ```
    VALUE_NOT_LISTED = Error "value-not-listed";
}
