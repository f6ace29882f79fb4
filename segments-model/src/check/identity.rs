//! The key, the name and the tags.

use crate::draft::about;
use crate::{Code, Draft, Findings, Place, SegmentKey};

pub(super) fn key(draft: &Draft, findings: &mut Findings) {
    if let Err(error) = SegmentKey::parse(draft.key.clone()) {
        findings.add(Code::KeyInvalid, Place::Key, error.to_string());
    }
}

pub(super) fn name(draft: &Draft, findings: &mut Findings) {
    about::check_name(&draft.name, Place::Name, "audience", findings);
}

pub(super) fn tags(draft: &Draft, findings: &mut Findings) {
    let tags = draft.tags.as_deref().unwrap_or_default();
    about::check_tags(tags, Place::Tag, findings);
}
