//! The conditions of rules are those of segments, and so are their checks.

use crate::Findings;
use crate::check::CONDITIONS;
use crate::code::code;
use crate::targeting::DraftTargeting;

code! {}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    let conditions = draft.conditions();
    for check in CONDITIONS {
        check.run(&conditions, findings);
    }
}
