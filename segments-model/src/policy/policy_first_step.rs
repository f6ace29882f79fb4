//! Found by a plan, which knows with what a rule begins there: `segments-cli/src/sync/first_step.rs`.

use crate::code::code;

code! {
    /// A rule begins with a larger percentage than the policy allows.
    /// Only a comparison with LaunchDarkly shows the first percentage of a rule:
    /// `plan` and `apply` report rules that they would add, and rules to which they would add a percentage.
    ///
    /// ```toml,right
    /// [policy]
    /// first_step = 10
    /// severity = { description = "off", owner = "off", review = "off" }
    ///
    /// [[segments.staff.rules]]
    /// percent = 10
    /// clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }]
    /// ```
    POLICY_FIRST_STEP = Warning "policy-first-step";
}
