use super::unmanaged::leaves_audience;
use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// The segment has no rules and no lists.
    /// A segment that is to hold nobody says `nobody = true`.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// name = "Staff"
    /// ```
    ///
    /// ```text
    /// error[segment-empty]: this segment has no rules and no lists; write a rule or a list, or `nobody` if it is empty on purpose
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    SEGMENT_EMPTY = Error "segment-empty";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    if says_nothing(draft) {
        findings.add(
            Code::SEGMENT_EMPTY,
            Place::Segment,
            "this segment has no rules and no lists; write a rule or a list, or `nobody` if it is empty on purpose",
        );
    }
}

/// Returns whether nothing says who is in a segment, and nobody is left to say it.
pub(in crate::check) fn says_nothing(draft: &Draft) -> bool {
    draft.big.is_none() && !draft.nobody && !says_who(draft) && !leaves_audience(draft)
}

/// Returns whether lists or rules say who is in a segment.
pub(super) fn says_who(draft: &Draft) -> bool {
    draft.included.is_some() || draft.excluded.is_some() || draft.rules.is_some()
}
