//! The key of the events that are counted.

use crate::code::code;
use crate::metric::DraftMetric;
use crate::{Code, Findings, Place};

code! {}

pub(super) fn check(draft: &DraftMetric, findings: &mut Findings) {
    let event = draft.event.as_deref();
    if event.is_some_and(|event| event.trim().is_empty()) {
        let message = "the event has no key; write the key that is tracked, or remove `event`";
        findings.add(Code::VALUE_EMPTY, Place::part("event"), message);
    }
}
