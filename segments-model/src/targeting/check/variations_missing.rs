use crate::code::code;
use crate::draft::Form;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place};

code! {
    /// No variations are declared.
    ///
    /// ```toml,wrong
    /// [ai_configs.assistant]
    /// variations = []
    /// fallthrough = "fast"
    /// ```
    ///
    /// ```text
    /// error[variations-missing]: no variations are declared; write the keys of those that may be served, as in `variations = ["fast", "careful"]`
    /// ```
    ///
    /// ```toml,right
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = "fast"
    /// ```
    VARIATIONS_MISSING = Error "variations-missing";
}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    if draft.variations.is_empty() {
        findings.add(
            Code::VARIATIONS_MISSING,
            Place::Segment,
            match draft.form {
                Form::File => "no variations are declared; write the keys of those that may be served, as in `variations = [\"fast\", \"careful\"]`",
                Form::Rust => "no variations are declared; write the keys of those that may be served, as in `variations(fast, careful)`",
            },
        );
    }
}
