//! Found by `file/reader.rs`.

use crate::code::code;

code! {
    /// A table lacks a key that it needs.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[key-missing]: a clause needs `op`; write `op = "in"`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    KEY_MISSING = Error "key-missing";
}
