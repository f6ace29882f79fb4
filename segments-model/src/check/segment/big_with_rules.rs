use super::segment_empty::says_who;
use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// A big segment has rules or lists; it can have neither.
    /// The members of a big segment are [brought](guide/big-lists.md), not declared.
    ///
    /// ```toml,wrong
    /// [segments.customers]
    /// big = "user"
    /// included = { user = ["user-1"] }
    /// ```
    ///
    /// ```text
    /// error[big-with-rules]: a big segment has no rules and no lists; import its members, or declare a standard segment
    /// ```
    ///
    /// ```toml,right
    /// [segments.customers]
    /// big = "user"
    /// ```
    BIG_WITH_RULES = Error "big-with-rules";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    if draft.big.is_some() && says_who(draft) {
        findings.add(
            Code::BIG_WITH_RULES,
            Place::Big,
            "a big segment has no rules and no lists; import its members, or declare a standard segment",
        );
    }
}
