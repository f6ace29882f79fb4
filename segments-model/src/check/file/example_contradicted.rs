//! Found by `file/example.rs`.

use crate::code::code;

code! {
    /// An example contradicts the rules.
    ///
    /// ```toml,wrong
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "age", op = "greaterThan", values = [30] }] }]
    /// examples = [{ member = true, context = { user = { key = "u-1", age = 30 } } }]
    /// ```
    ///
    /// ```text
    /// error[example-contradicted]: this context is not a member of `settled`, but the example expects a member: rule 1 fails, ✗ user age is greater than 30: it is 30
    /// ```
    ///
    /// ```toml,right
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "age", op = "greaterThan", values = [30] }] }]
    /// examples = [{ member = true, context = { user = { key = "u-1", age = 31 } } }]
    /// ```
    EXAMPLE_CONTRADICTED = Error "example-contradicted";
}
