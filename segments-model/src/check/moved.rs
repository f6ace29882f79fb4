//! The key that a segment had before.

use crate::{Code, Draft, Findings, Place, SegmentKey};

pub(super) fn moved(draft: &Draft, findings: &mut Findings) {
    let Some(from) = &draft.moved_from else {
        return;
    };
    if let Err(error) = SegmentKey::parse(from.clone()) {
        findings.add(Code::KeyInvalid, Place::MovedFrom, error.to_string());
    } else if *from == draft.key {
        let message = format!(
            "`{from}` is the current key; write the key that the segment had before, or remove `moved_from`"
        );
        findings.add(Code::MovedFrom, Place::MovedFrom, message);
    }
}
