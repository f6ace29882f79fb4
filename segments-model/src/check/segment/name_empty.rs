use crate::code::code;
use crate::{Code, Draft, Findings, Place};

code! {
    /// The segment has no name for people to read.
    /// Without `name`, the name is derived from the key.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// name = ""
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[name-empty]: the name is empty; write a display name for this audience
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// name = "People who work here"
    /// nobody = true
    /// ```
    NAME_EMPTY = Error "name-empty";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    check_name(&draft.name, Place::Name, "audience", findings);
}

/// Checks the name of `what`.
pub(crate) fn check_name(name: &str, place: Place, what: &str, findings: &mut Findings) {
    if name.trim().is_empty() {
        let message = format!("the name is empty; write a display name for this {what}");
        findings.add(Code::NAME_EMPTY, place, message);
    }
}
