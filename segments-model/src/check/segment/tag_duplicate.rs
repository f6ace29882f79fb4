use std::collections::HashSet;

use crate::code::code;
use crate::{Code, Draft, Findings, Place, Tag};

code! {
    /// A tag is written twice.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// tags = ["beta", "beta"]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// warning[tag-duplicate]: tag `beta` is written twice; write it once
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// tags = ["beta"]
    /// nobody = true
    /// ```
    TAG_DUPLICATE = Warning "tag-duplicate";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let tags = draft.tags.as_deref().unwrap_or_default();
    check_duplicate_tags(tags, Place::Tag, findings);
}

/// Checks that each tag is written once; `place` is that of each. Of an invalid tag, that is said.
pub(crate) fn check_duplicate_tags(
    tags: &[String],
    place: impl Fn(usize) -> Place,
    findings: &mut Findings,
) {
    let mut seen = HashSet::new();
    for (at, tag) in tags.iter().enumerate() {
        if !seen.insert(tag) && Tag::parse(tag.clone()).is_ok() {
            let message = format!("tag `{tag}` is written twice; write it once");
            findings.add(Code::TAG_DUPLICATE, place(at), message);
        }
    }
}
