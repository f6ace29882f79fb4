//! Found by `file/example.rs`.

use crate::code::code;

code! {
    /// An example cannot be decided without data that only LaunchDarkly has.
    /// Only LaunchDarkly knows the salt of a percentage. A context that fails
    /// a clause is out with every salt.
    ///
    /// ```toml,wrong
    /// [segments.quarter]
    /// rules = [{ percent = 25.0, clauses = [{ attribute = "plan", op = "in", values = ["free"] }] }]
    /// examples = [{ member = true, context = { user = { key = "u-1", plan = "free" } } }]
    /// ```
    ///
    /// ```text
    /// warning[example-undecided]: cannot tell whether this context is a member of `quarter`: rule 1 of `quarter` takes a percentage, which depends on the segment's salt; load it from the data for SDKs
    /// ```
    ///
    /// ```toml,right
    /// [segments.quarter]
    /// rules = [{ percent = 25.0, clauses = [{ attribute = "plan", op = "in", values = ["free"] }] }]
    /// examples = [{ member = false, context = { user = { key = "u-1", plan = "pro" } } }]
    /// ```
    EXAMPLE_UNDECIDED = Warning "example-undecided";
}
