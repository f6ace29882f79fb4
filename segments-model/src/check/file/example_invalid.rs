//! Found by `file/example.rs`.

use crate::code::code;

code! {
    /// An example's context is invalid: SDKs refuse it.
    ///
    /// ```toml,wrong
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "age", op = "greaterThan", values = [30] }] }]
    /// examples = [{ member = true, context = { user = { age = 31 } } }]
    /// ```
    ///
    /// ```text
    /// error[example-invalid]: the context of kind `user` has no `key`; every context needs one, a string
    /// ```
    ///
    /// ```toml,right
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "age", op = "greaterThan", values = [30] }] }]
    /// examples = [{ member = true, context = { user = { key = "u-1", age = 31 } } }]
    /// ```
    EXAMPLE_INVALID = Error "example-invalid";
}
