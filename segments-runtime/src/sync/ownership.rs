//! Whose a segment is, and which revision of the declarations it shows. Both are tags, because tags
//! are what the service shows to people and keeps with the segment.

use std::fmt;

use segments_model::{InvalidName, Tag};

const OWNER: &str = "managed-by.";
const REVISION: &str = "rev.";

/// Who manages a segment: what stands behind `managed-by.` in its tags.
///
/// The default, `segments-as-code`, is shared by everybody who does not choose a name, and is
/// therefore no licence to delete.
///
/// ```
/// use segments_runtime::sync::Owner;
///
/// assert_eq!(Owner::parse("checkout").unwrap().tag().as_str(), "managed-by.checkout");
/// assert!(Owner::parse("two words").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner(Tag);

impl Owner {
    /// Takes a name that fits into a tag behind `managed-by.`.
    ///
    /// # Errors
    ///
    /// When it is empty, too long, or has other characters than a tag.
    pub fn parse(name: impl Into<String>) -> Result<Self, InvalidName> {
        let name = Tag::parse(name)?;
        Tag::parse(format!("{OWNER}{name}")).map(Self)
    }

    /// The tag that marks a segment as this owner's.
    pub fn tag(&self) -> &Tag {
        &self.0
    }
}

impl Default for Owner {
    fn default() -> Self {
        Self(Tag::from_static("managed-by.segments-as-code"))
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_str()[OWNER.len()..])
    }
}

/// What to do with a segment that exists already and carries no owner's tag. One that carries
/// another owner's tag is refused, except under [`Adoption::Always`].
///
/// See the example of [`SyncConfig`](super::SyncConfig).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adoption {
    /// Takes it over if it is empty or already as declared; refuses it otherwise, and shows what
    /// differs.
    #[default]
    WhenSafe,
    /// Takes it over, whatever is in it.
    Always,
    /// Refuses it: a failure that shows what differs.
    Refuse,
    /// Leaves it alone, which is no failure.
    Skip,
}

/// A tag that says something about the segment to us.
///
/// ```
/// use segments_runtime::sync::Mark;
///
/// assert_eq!(Mark::of("managed-by.checkout"), Some(Mark::Owner("checkout")));
/// assert_eq!(Mark::of("rev.7"), Some(Mark::Revision(7)));
/// assert_eq!(Mark::of("rev.x"), None, "it is a plain tag");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// Whose it is.
    Owner(&'a str),
    /// Which revision of the declarations it shows.
    Revision(u64),
}

impl<'a> Mark<'a> {
    /// Returns what a tag says; `None` for plain tags.
    #[must_use]
    pub fn of(tag: &'a str) -> Option<Self> {
        if let Some(owner) = tag.strip_prefix(OWNER) {
            return Some(Mark::Owner(owner));
        }
        let digits = tag.strip_prefix(REVISION)?;
        let revision: u64 = digits.parse().ok()?;
        // One number has one tag: `rev.07` is somebody's plain tag.
        (revision.to_string() == digits).then_some(Mark::Revision(revision))
    }
}

/// Whom the tags of a segment name.
pub(crate) fn owners(tags: &[String]) -> impl Iterator<Item = &str> {
    tags.iter().filter_map(|tag| match Mark::of(tag) {
        Some(Mark::Owner(owner)) => Some(owner),
        _ => None,
    })
}

/// The highest revision among the tags of a segment.
pub(crate) fn revision(tags: &[String]) -> Option<u64> {
    let revisions = tags.iter().filter_map(|tag| match Mark::of(tag) {
        Some(Mark::Revision(revision)) => Some(revision),
        _ => None,
    });
    revisions.max()
}

/// The tag of a revision.
pub(crate) fn revision_tag(revision: u64) -> String {
    format!("{REVISION}{revision}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart_by_what_they_are_for() {
        let tags = ["beta", "managed-by.a", "rev.7", "rev.12", "rev.x", "rev.01"];
        let tags = tags.map(str::to_owned);
        assert_eq!(owners(&tags).collect::<Vec<_>>(), ["a"]);
        assert_eq!(revision(&tags), Some(12));
        for plain in ["beta", "rev.x", "rev.01", "rev.+1", "rev."] {
            assert_eq!(Mark::of(plain), None, "{plain}");
        }
        let tag = revision_tag(u64::MAX);
        assert_eq!(Mark::of(&tag), Some(Mark::Revision(u64::MAX)));
    }

    #[test]
    fn an_owner_fits_into_a_tag() {
        assert!(Owner::parse("o".repeat(53)).is_ok());
        assert!(Owner::parse("o".repeat(54)).is_err());
        assert!(Owner::parse("").is_err());
        assert_eq!(Owner::default().to_string(), "segments-as-code");
    }
}
