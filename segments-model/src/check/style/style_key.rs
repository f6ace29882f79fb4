use crate::code::code;
use crate::{Code, Draft, Findings, Place, SegmentKey};

code! {
    /// The key is not in lower case with hyphens.
    ///
    /// ```toml,wrong
    /// [segments.EU_Users]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// warning[style-key]: keys are in lower case with hyphens; write `eu-users`
    /// ```
    ///
    /// ```toml,right
    /// [segments.eu-users]
    /// nobody = true
    /// ```
    STYLE_KEY = Warning "style-key";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    // What is no key is told elsewhere, with one that is.
    let is_key = SegmentKey::parse(draft.key.clone()).is_ok();
    let styled = |c: char| c.is_ascii_uppercase() || c == '_';
    if is_key && draft.key.chars().any(styled) {
        let better = draft.key.to_ascii_lowercase().replace('_', "-");
        findings.add(
            Code::STYLE_KEY,
            Place::Key,
            format!("keys are in lower case with hyphens; write `{better}`"),
        );
    }
}
