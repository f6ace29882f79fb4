//! The key that a segment had before.

use crate::{Code, Draft, Findings, LifecycleKey, Place, SegmentKey};

pub(super) fn moved(draft: &Draft, findings: &mut Findings) {
    let from = draft.lifecycle.text(LifecycleKey::MovedFrom);
    let Some(from) = from.filter(|from| SegmentKey::parse(*from).is_ok()) else {
        return;
    };
    if from == draft.key {
        let message = format!(
            "`{from}` is the current key; write the key that the segment had before, or remove `moved_from`"
        );
        let place = Place::Lifecycle(LifecycleKey::MovedFrom);
        findings.add(Code::MovedFrom, place, message);
    }
}
