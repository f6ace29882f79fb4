//! The key, the name and the tags.

use std::collections::HashSet;

use crate::{Code, Draft, Findings, Place, SegmentKey, Tag};

pub(super) fn key(draft: &Draft, findings: &mut Findings) {
    if let Err(error) = SegmentKey::parse(draft.key.clone()) {
        findings.add(Code::KeyInvalid, Place::Key, error.to_string());
    }
}

pub(super) fn name(draft: &Draft, findings: &mut Findings) {
    if draft.name.trim().is_empty() {
        findings.add(
            Code::NameEmpty,
            Place::Name,
            "the name is empty; write what people call this audience",
        );
    }
}

pub(super) fn tags(draft: &Draft, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for (index, tag) in draft.tags.iter().flatten().enumerate() {
        if let Err(error) = Tag::parse(tag.clone()) {
            findings.add(Code::TagInvalid, Place::Tag(index), error.to_string());
        } else if !seen.insert(tag) {
            findings.add(
                Code::TagDuplicate,
                Place::Tag(index),
                format!("tag `{tag}` is written twice; write it once"),
            );
        }
    }
}
