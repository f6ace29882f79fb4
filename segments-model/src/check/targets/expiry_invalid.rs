use super::both::both;
use crate::code::code;
use crate::{Code, Draft, Findings};

code! {
    /// The expiry of listed contexts is not a date.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = ["user-1"], until = "2027-02-30" }
    /// ```
    ///
    /// ```text
    /// error[expiry-invalid]: `2027-02-30` is no day of the calendar; write `2027-02-28`, the last day of that month
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["user-1"], until = "2027-02-28" }
    /// ```
    EXPIRY_INVALID = Error "expiry-invalid";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (targets, side) in both(draft) {
        for (index, list) in targets.lists.iter().enumerate() {
            if let Some(Err(error)) = list.expiry() {
                findings.add(Code::EXPIRY_INVALID, side.until(index), error.to_string());
            }
        }
    }
}
