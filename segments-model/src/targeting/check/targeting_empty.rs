use crate::code::code;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place};

code! {
    /// The targeting has no rules, no targets and no fallthrough.
    ///
    /// ```toml,wrong
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// ```
    ///
    /// ```text
    /// error[targeting-empty]: this targeting is empty; write a rule, a target, or a `fallthrough`
    /// ```
    ///
    /// ```toml,right
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = "fast"
    /// ```
    TARGETING_EMPTY = Error "targeting-empty";
}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    if draft.targets.is_none() && draft.rules.is_none() && draft.fallthrough.is_none() {
        findings.add(
            Code::TARGETING_EMPTY,
            Place::Segment,
            "this targeting is empty; write a rule, a target, or a `fallthrough`",
        );
    }
}
