use super::limit::Limit;
use crate::code::code;
use crate::{Code, Draft, Findings, RULES};

code! {
    /// The segment has more rules than the service accepts.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [
    ///   { clauses = [{ attribute = "email", op = "in", values = ["{1..5001}@company.com"] }] },
    /// ]
    /// ```
    ///
    /// ```text
    /// error[rules-too-many]: 5001 rules are more than the 5000 that a segment may have; split the segment
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = [
    ///   "{1..5001}@company.com",
    /// ] }] }]
    /// ```
    RULES_TOO_MANY = Error "rules-too-many";

    /// The segment has more than 80 % of the rules that the service accepts.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [
    ///   { clauses = [{ attribute = "email", op = "in", values = ["{1..4001}@company.com"] }] },
    /// ]
    /// ```
    ///
    /// ```text
    /// warning[rules-near-limit]: 4001 rules are close to the 5000 that a segment may have; split the segment
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = [
    ///   "{1..4001}@company.com",
    /// ] }] }]
    /// ```
    RULES_NEAR_LIMIT = Warning "rules-near-limit";
}

const LIMIT: Limit = Limit {
    most: RULES,
    what: "rules",
    advice: "split the segment",
    over: Code::RULES_TOO_MANY,
    near: Code::RULES_NEAR_LIMIT,
};

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    LIMIT.check(draft.rules.iter().flatten().count(), findings);
}
