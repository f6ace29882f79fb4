use super::limit::Limit;
use crate::code::code;
use crate::{Code, Draft, Findings, MAX_CLAUSE_VALUES};

code! {
    /// The clauses have more values than the service accepts.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = [
    ///   "{1..50001}@company.com",
    /// ] }] }]
    /// ```
    ///
    /// ```text
    /// error[values-too-many]: 50001 values in clauses are more than the 50000 that a segment may have; split the segment
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    VALUES_TOO_MANY = Error "values-too-many";

    /// The clauses have more than 80 % of the values that the service accepts.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = [
    ///   "{1..40001}@company.com",
    /// ] }] }]
    /// ```
    ///
    /// ```text
    /// warning[values-near-limit]: 40001 values in clauses are close to the 50000 that a segment may have; split the segment
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    VALUES_NEAR_LIMIT = Warning "values-near-limit";
}

const LIMIT: Limit = Limit {
    most: MAX_CLAUSE_VALUES,
    what: "values in clauses",
    advice: "split the segment",
    over: Code::VALUES_TOO_MANY,
    near: Code::VALUES_NEAR_LIMIT,
};

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let rules = draft.rules.iter().flatten();
    let clauses = rules.flat_map(|rule| &rule.clauses);
    LIMIT.check(clauses.map(|clause| clause.values.len()).sum(), findings);
}
