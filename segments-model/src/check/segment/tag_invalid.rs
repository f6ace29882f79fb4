use crate::code::code;
use crate::{Code, Draft, Findings, Place, Tag};

code! {
    /// A tag has characters that the service does not accept, or too many.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// tags = ["internal users"]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[tag-invalid]: `internal users` is not a tag: a space is not allowed; write `internal-users`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// tags = ["internal-users"]
    /// nobody = true
    /// ```
    TAG_INVALID = Error "tag-invalid";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let tags = draft.tags.as_deref().unwrap_or_default();
    check_tags(tags, Place::Tag, findings);
}

/// Checks tags; `place` is that of each.
pub(crate) fn check_tags(tags: &[String], place: impl Fn(usize) -> Place, findings: &mut Findings) {
    for (at, tag) in tags.iter().enumerate() {
        if let Err(error) = Tag::parse(tag.clone()) {
            findings.add(Code::TAG_INVALID, place(at), error.to_string());
        }
    }
}
