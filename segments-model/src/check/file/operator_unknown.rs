//! Found by `file/rule.rs`.

use crate::code::code;

code! {
    /// The operator does not exist; SDKs never match it, and always match its negation.
    ///
    /// ```toml,wrong
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "equals", values = ["pro"] }] }]
    /// ```
    ///
    /// ```text
    /// error[operator-unknown]: `equals` is not an operator; write `op = "in"`
    /// ```
    ///
    /// ```toml,right
    /// [segments.paying]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
    /// ```
    OPERATOR_UNKNOWN = Error "operator-unknown";
}
