use crate::code::code;
use crate::{Code, Draft, Findings, LifecycleKey, Place, SegmentKey};

code! {
    /// A segment is moved from itself, or from a segment that is also declared.
    /// `moved_from` is the key that the segment had before: in LaunchDarkly the
    /// segment takes the place of the one with that key.
    ///
    /// ```toml,wrong
    /// [segments.employees]
    /// moved_from = "staff"
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    ///
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
    /// ```
    ///
    /// ```text
    /// error[moved-from]: `staff` is also declared, so this segment cannot take its place; remove one of them
    /// ```
    ///
    /// ```toml,right
    /// [segments.employees]
    /// moved_from = "staff"
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    MOVED_FROM = Error "moved-from";
}

/// Looks at one segment; `relations/moved.rs` at several.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let from = draft.lifecycle.text(LifecycleKey::MovedFrom);
    let Some(from) = from.filter(|from| SegmentKey::parse(*from).is_ok()) else {
        return;
    };
    if from == draft.key {
        let message = format!(
            "`{from}` is the current key; write the key that the segment had before, or remove `moved_from`"
        );
        let place = Place::Lifecycle(LifecycleKey::MovedFrom);
        findings.add(Code::MOVED_FROM, place, message);
    }
}
