//! The key that a segment had before.

use crate::{Code, Draft, Findings, LifecycleKey, Place, SegmentKey};

pub(super) fn moved(draft: &Draft, findings: &mut Findings) {
    let place = Place::Lifecycle(LifecycleKey::MovedFrom);
    let Some(from) = draft.lifecycle.text(LifecycleKey::MovedFrom) else {
        return;
    };
    if let Err(error) = SegmentKey::parse(from) {
        findings.add(Code::KeyInvalid, place, error.to_string());
    } else if from == draft.key {
        let message = format!(
            "`{from}` is the current key; write the key that the segment had before, or remove `moved_from`"
        );
        findings.add(Code::MovedFrom, place, message);
    }
}
