use super::limit::Limit;
use crate::check::targets::both;
use crate::code::code;
use crate::{Code, Draft, Findings, MAX_TARGETS};

code! {
    /// More contexts are listed than a standard segment holds.
    /// [Big lists](guide/big-lists.md) shows the alternatives.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = [
    ///   "user-{1..15001}",
    /// ] }
    /// ```
    ///
    /// ```text
    /// error[targets-too-many]: 15001 listed contexts are more than the 15000 that a segment may have; declare a big segment, whose members are imported, or write a rule
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// big = "user"
    /// ```
    TARGETS_TOO_MANY = Error "targets-too-many";

    /// The lists have more than 80 % of the contexts that a standard segment holds.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = [
    ///   "user-{1..12001}",
    /// ] }
    /// ```
    ///
    /// ```text
    /// warning[targets-near-limit]: 12001 listed contexts are close to the 15000 that a segment may have; declare a big segment, whose members are imported, or write a rule
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// big = "user"
    /// ```
    TARGETS_NEAR_LIMIT = Warning "targets-near-limit";
}

const LIMIT: Limit = Limit {
    most: MAX_TARGETS,
    what: "listed contexts",
    advice: "declare a big segment, whose members are imported, or write a rule",
    over: Code::TARGETS_TOO_MANY,
    near: Code::TARGETS_NEAR_LIMIT,
};

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let lists = both(draft).flat_map(|(targets, _)| &targets.lists);
    LIMIT.check(lists.map(|list| list.keys.len()).sum(), findings);
}
