use super::segment_empty::says_who;
use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// `nobody` contradicts the segment's lists or rules.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// nobody = true
    /// included = { user = ["user-1"] }
    /// ```
    ///
    /// ```text
    /// error[nobody-contradicted]: `nobody` contradicts the lists or rules of this segment; remove one of them
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["user-1"] }
    /// ```
    NOBODY_CONTRADICTED = Error "nobody-contradicted";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    // Of a big segment with rules, that is said.
    if draft.big.is_none() && draft.nobody && says_who(draft) {
        findings.add(
            Code::NOBODY_CONTRADICTED,
            Place::Nobody,
            if draft.absent {
                "`absent` contradicts the lists or rules of this segment; remove one of them"
            } else {
                "`nobody` contradicts the lists or rules of this segment; remove one of them"
            },
        );
    }
}
