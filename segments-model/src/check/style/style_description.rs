use crate::check::segment::says_nothing;
use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// The segment has no description.
    ///
    /// ```toml,wrong,alone
    /// [segments.staff]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// warning[style-description]: this segment has no description; describe its audience in a sentence
    /// ```
    ///
    /// ```toml,right,alone
    /// [segments.staff]
    /// description = "People who work here"
    /// nobody = true
    /// ```
    STYLE_DESCRIPTION = Warning "style-description";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let description = draft.description.as_deref().unwrap_or_default();
    // Of a segment that says nothing, that is said.
    if description.trim().is_empty() && !says_nothing(draft) {
        findings.add(
            Code::STYLE_DESCRIPTION,
            Place::Segment,
            "this segment has no description; describe its audience in a sentence",
        );
    }
}
