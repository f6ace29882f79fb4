//! The owner of a segment, and its revision. Both are tags, because the service shows tags to people and
//! keeps them with the segment.

use std::collections::BTreeSet;
use std::fmt;

use segments_model::draft::Form;
use segments_model::{InvalidName, Part, SegmentKey, Tag};
use sha2::{Digest, Sha256};

use super::at_least::{self, Record};
use super::report::{Outcome, RefusalReason};
use super::revision::Revision;

const OWNER: &str = "managed-by.";
const REVISION: &str = "rev.";
const MANAGED: &str = "manages.";
const EXPIRES: &str = "expires.";
const MOVED: &str = "moved-from.";
const PROTECTED: &str = "protected-segment";

/// The manager of a segment: the name after `managed-by.` in its tags.
///
/// The default, `segments-as-code`, is shared by all programs that do not choose a name, and therefore
/// does not permit deletions.
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
    /// Parses a name that fits into a tag after `managed-by.`.
    ///
    /// # Errors
    ///
    /// If the name is empty, too long, or has characters that a tag cannot have.
    pub fn parse(name: impl Into<String>) -> Result<Self, InvalidName> {
        let name = Tag::parse(name)?;
        Tag::parse(format!("{OWNER}{name}")).map(Self)
    }

    /// Returns the tag that marks a segment as this owner's.
    pub fn tag(&self) -> &Tag {
        &self.0
    }

    /// Returns the name after `managed-by.`.
    pub fn name(&self) -> &str {
        &self.0.as_str()[OWNER.len()..]
    }
}

impl Default for Owner {
    fn default() -> Self {
        Self(Tag::from_static("managed-by.segments-as-code"))
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The marks of a program on its resources.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Claimant {
    pub(crate) owner: Owner,
    /// The names that it had before.
    pub(crate) formerly: Vec<Owner>,
}

/// The owner of a resource, by its marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    /// This program's, under this name or a former one.
    Ours,
    Nobodys,
    /// Another owner's, or that of several.
    Theirs(Vec<String>),
}

impl Claimant {
    /// The owner of a resource with the marks of these owners.
    pub(crate) fn claim<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Claim {
        self.claim_as(names, |owner| owner.name().to_owned())
    }

    /// The same where marks call an owner something else than its name.
    pub(crate) fn claim_as<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
        called: impl Fn(&Owner) -> String,
    ) -> Claim {
        let ours: Vec<String> = self.names().map(called).collect();
        let names: Vec<&str> = names.into_iter().collect();
        if names.is_empty() {
            Claim::Nobodys
        } else if names.iter().all(|name| ours.iter().any(|own| own == name)) {
            Claim::Ours
        } else {
            Claim::Theirs(names.into_iter().map(str::to_owned).collect())
        }
    }

    fn names(&self) -> impl Iterator<Item = &Owner> {
        std::iter::once(&self.owner).chain(&self.formerly)
    }

    /// The same for what it declares. What carries the name of those who chose none may become the
    /// declarer's: the way back is closed, so nothing flaps.
    pub(crate) fn declaring(&self) -> Self {
        let mut claimant = self.clone();
        if claimant.owner != Owner::default() {
            claimant.formerly.push(Owner::default());
        }
        claimant
    }
}

/// The outcome for another owner's resource: nothing is taken over from owners.
pub(crate) fn theirs(
    owners: Vec<String>,
    adoption: Adoption,
    refuse: impl FnOnce(RefusalReason) -> Outcome,
) -> Outcome {
    match (adoption, <[String; 1]>::try_from(owners)) {
        (Adoption::Skip, _) => Outcome::Skipped,
        (_, Ok([owner])) => refuse(RefusalReason::OwnedBy { owner }),
        (_, Err(owners)) => refuse(RefusalReason::Disputed { owners }),
    }
}

/// What to do with a segment that exists and has no owner's tag. A segment with another owner's tag is
/// always refused: two programs that took over from each other would do so at every start. For a renamed
/// program, use [`formerly`](super::SyncConfigBuilder::formerly).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adoption {
    /// Takes the segment over if it is empty or already as declared; otherwise refuses it, and shows the
    /// differences.
    #[default]
    WhenSafe,
    /// Takes the segment over, whatever its contents.
    Always,
    /// Refuses the segment: a failure that shows the differences.
    Refuse,
    /// Leaves the segment alone, without a failure.
    Skip,
}

/// A tag with a meaning for this crate.
///
/// ```
/// use segments_runtime::sync::Mark;
///
/// assert_eq!(Mark::of("managed-by.checkout"), Some(Mark::Owner("checkout")));
/// assert_eq!(Mark::of("rev.7.0fb3c1"), Some(Mark::Revision(7)));
/// assert_eq!(Mark::of("rev.x"), None, "it is a plain tag");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// The owner.
    Owner(&'a str),
    /// The revision of the declarations.
    Revision(u64),
    /// The declared parts: their names, separated by dots.
    Managed(&'a str),
    /// The declared contexts of a list that keeps others: the list, and a digest of each context.
    AtLeast(&'a str),
    /// Which lists have contexts that are declared to leave them: their names with dots between.
    Expires(&'a str),
    /// That it is never deleted.
    Protected,
    /// The segment took the place of one with this key, or with a key of this digest.
    MovedFrom(&'a str),
}

impl<'a> Mark<'a> {
    /// Returns the meaning of a tag; `None` for plain tags.
    #[must_use]
    pub fn of(tag: &'a str) -> Option<Self> {
        if let Some(owner) = tag.strip_prefix(OWNER) {
            return Some(Mark::Owner(owner));
        }
        if tag == PROTECTED {
            return Some(Mark::Protected);
        }
        if let Some(from) = tag.strip_prefix(MOVED).filter(|from| !from.is_empty()) {
            return Some(Mark::MovedFrom(from));
        }
        if let Some(parts) = tag.strip_prefix(MANAGED)
            && managed(parts).is_some()
        {
            return Some(Mark::Managed(parts));
        }
        if let Some(lists) = tag.strip_prefix(EXPIRES)
            && self::lists(lists).is_some()
        {
            return Some(Mark::Expires(lists));
        }
        if let Some(record) = tag.strip_prefix(at_least::PREFIX)
            && list_at_least(record).is_some()
        {
            return Some(Mark::AtLeast(record));
        }
        revision(tag).map(|revision| Mark::Revision(revision.number))
    }
}

/// The revision that a tag names, and what it says.
fn revision(tag: &str) -> Option<Revision> {
    Revision::parse(tag.strip_prefix(REVISION)?)
}

/// Whom the tags of a segment name.
pub(crate) fn owners(tags: &[String]) -> impl Iterator<Item = &str> {
    tags.iter().filter_map(|tag| match Mark::of(tag) {
        Some(Mark::Owner(owner)) => Some(owner),
        _ => None,
    })
}

/// The revisions among the tags of a segment.
pub(crate) fn revisions(tags: &[String]) -> Vec<Revision> {
    tags.iter().filter_map(|tag| revision(tag)).collect()
}

/// The parts that a mark names, if it names nothing else.
fn managed(parts: &str) -> Option<BTreeSet<Part>> {
    let names = parts.split('.');
    names.map(|name| Part::parse(Form::File, name)).collect()
}

/// The parts of a segment that were declared, as its tags say.
pub(crate) fn managed_parts(tags: &[String]) -> BTreeSet<Part> {
    let parts = tags.iter().filter_map(|tag| match Mark::of(tag) {
        Some(Mark::Managed(parts)) => managed(parts),
        _ => None,
    });
    parts.flatten().collect()
}

/// The tag that says which parts are declared; none if it is the name alone.
pub(crate) fn managed_tag(parts: &BTreeSet<Part>) -> Option<String> {
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    (!names.is_empty()).then(|| format!("{MANAGED}{}", names.join(".")))
}

/// The lists that a mark names, if it names nothing else.
fn lists(names: &str) -> Option<BTreeSet<Part>> {
    let are_lists = |parts: &BTreeSet<Part>| {
        let mut parts = parts.iter();
        parts.all(|part| matches!(part, Part::Included | Part::Excluded))
    };
    managed(names).filter(are_lists)
}

/// The lists of a segment that had contexts which were declared to leave them, as its tags say.
pub(crate) fn expiring_lists(tags: &[String]) -> BTreeSet<Part> {
    let lists = tags.iter().filter_map(|tag| match Mark::of(tag) {
        Some(Mark::Expires(names)) => lists(names),
        _ => None,
    });
    lists.flatten().collect()
}

/// The tag that says which lists have contexts that are declared to leave them; none if no list has.
pub(crate) fn expires_tag(lists: &BTreeSet<Part>) -> Option<String> {
    let names: Vec<&str> = lists.iter().map(|list| list.name()).collect();
    (!names.is_empty()).then(|| format!("{EXPIRES}{}", names.join(".")))
}

/// The list that a mark names, and what was declared of it.
fn list_at_least(record: &str) -> Option<(Part, Record)> {
    let (list, record) = record.split_once('.')?;
    let list = Part::parse(Form::File, list)?;
    let is_list = matches!(list, Part::Included | Part::Excluded);
    Some((list, Record::parse(record)?)).filter(|_| is_list)
}

/// The declared items of a list that keeps others, from the tags of its segment.
pub(crate) fn declared_at_least(tags: &[String], list: Part) -> Option<Record> {
    let records = tags.iter().filter_map(|tag| match Mark::of(tag) {
        Some(Mark::AtLeast(record)) => list_at_least(record),
        _ => None,
    });
    let of_list = records.filter(|(of, _)| *of == list);
    Record::join(of_list.map(|(_, record)| record))
}

/// The tags that say what is declared of a list that keeps others.
pub(crate) fn at_least_tags(list: Part, record: &Record) -> Vec<String> {
    let prefix = format!("{}{}.", at_least::PREFIX, list.name());
    let texts = record.texts(Tag::LONGEST - prefix.len()).into_iter();
    texts.map(|text| format!("{prefix}{text}")).collect()
}

/// The tag that keeps a segment from being deleted.
pub(crate) const PROTECTED_TAG: &str = PROTECTED;

/// Returns whether the tags keep a segment from being deleted.
pub(crate) fn is_protected(tags: &[String]) -> bool {
    tags.iter()
        .any(|tag| Mark::of(tag) == Some(Mark::Protected))
}

/// The tag that says which segment one takes the place of: by its key, or by a digest of a key that is too long.
pub(crate) fn moved_tag(from: &SegmentKey) -> String {
    if let Ok(tag) = Tag::parse(format!("{MOVED}{from}")) {
        return tag.to_string();
    }
    let digest = Sha256::digest(from.as_str());
    let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    format!("{MOVED}{}", digits.collect::<String>())
}

/// The tag of a revision.
pub(crate) fn revision_tag(revision: &Revision) -> String {
    format!("{REVISION}{revision}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart_by_what_they_are_for() {
        let tags = [
            "beta",
            "managed-by.a",
            "rev.7",
            "rev.12.0fb3c1",
            "rev.x",
            "rev.01",
        ];
        let tags = tags.map(str::to_owned);
        assert_eq!(owners(&tags).collect::<Vec<_>>(), ["a"]);
        let numbers: Vec<_> = revisions(&tags).iter().map(|it| it.number).collect();
        assert_eq!(numbers, [7, 12]);
        for plain in ["beta", "rev.x", "rev.01", "rev.+1", "rev."] {
            assert_eq!(Mark::of(plain), None, "{plain}");
        }
        let revision = Revision::parse("18446744073709551615.abcdef").unwrap();
        let tag = revision_tag(&revision);
        assert_eq!(Mark::of(&tag), Some(Mark::Revision(u64::MAX)));
        assert_eq!(revisions(std::slice::from_ref(&tag)), [revision]);
        assert!(Tag::parse(tag).is_ok());
    }

    #[test]
    fn what_is_managed_fits_into_a_tag() {
        let all = managed_tag(&Part::ALL.into()).unwrap();
        assert_eq!(all, "manages.description.tags.included.excluded.rules");
        assert!(Tag::parse(all.clone()).is_ok());
        assert_eq!(managed_parts(&[all]), Part::ALL.into());
        assert_eq!(managed_tag(&BTreeSet::new()), None);
        for plain in ["manages.", "manages.money", "manages.rules.", "manages"] {
            assert_eq!(Mark::of(plain), None, "{plain}");
        }
        assert!(is_protected(&[PROTECTED_TAG.to_owned()]));
    }

    #[test]
    fn lists_that_expire_are_told_by_a_tag() {
        let both = [Part::Included, Part::Excluded].into();
        let tag = expires_tag(&both).unwrap();
        assert_eq!(tag, "expires.included.excluded");
        assert!(Tag::parse(tag.clone()).is_ok());
        assert_eq!(expiring_lists(&[tag]), both);
        assert_eq!(expires_tag(&BTreeSet::new()), None);
        for plain in ["expires", "expires.", "expires.rules", "expires.soon"] {
            assert_eq!(Mark::of(plain), None, "{plain}");
        }
    }

    #[test]
    fn a_key_of_any_length_fits_into_the_tag_of_a_move() {
        let tag = moved_tag(&SegmentKey::from_static("staff"));
        assert_eq!(Mark::of(&tag), Some(Mark::MovedFrom("staff")));
        let long = SegmentKey::parse("s".repeat(200)).unwrap();
        assert!(Tag::parse(moved_tag(&long)).is_ok());
        assert_eq!(Mark::of("moved-from."), None);
    }

    #[test]
    fn what_is_declared_at_least_fits_into_tags() {
        let digests = ["0fb3c1", "a2b3c4", "000000"].map(|it| Record::parse(it).unwrap());
        let record = Record::join(digests).unwrap();
        let tags = at_least_tags(Part::Included, &record);
        assert_eq!(tags, ["at-least.included.0000000fb3c1a2b3c4"]);
        assert_eq!(declared_at_least(&tags, Part::Included), Some(record));
        assert_eq!(declared_at_least(&tags, Part::Excluded), None);
        for plain in [
            "at-least.included",
            "at-least.rules.0fb3c1",
            "at-least.included.beta",
        ] {
            assert_eq!(Mark::of(plain), None, "{plain}");
        }
    }

    #[test]
    fn an_owner_fits_into_a_tag() {
        assert!(Owner::parse("o".repeat(53)).is_ok());
        assert!(Owner::parse("o".repeat(54)).is_err());
        assert!(Owner::parse("").is_err());
        assert_eq!(Owner::default().to_string(), "segments-as-code");
    }

    #[test]
    fn one_mark_of_another_owner_makes_it_theirs() {
        let claimant = Claimant {
            owner: Owner::parse("shop").unwrap(),
            formerly: vec![Owner::parse("store").unwrap()],
        };
        let theirs =
            |names: &[&str]| Claim::Theirs(names.iter().map(ToString::to_string).collect());
        for (names, expected) in [
            (vec![], Claim::Nobodys),
            (vec!["shop"], Claim::Ours),
            (vec!["store"], Claim::Ours),
            (vec!["store", "shop"], Claim::Ours),
            (vec!["billing"], theirs(&["billing"])),
            (vec!["shop", "billing"], theirs(&["shop", "billing"])),
            (vec!["segments-as-code"], theirs(&["segments-as-code"])),
        ] {
            assert_eq!(claimant.claim(names.clone()), expected, "{names:?}");
        }
        assert_eq!(
            claimant.declaring().claim(["segments-as-code"]),
            Claim::Ours
        );
        // Who chose no name takes from nobody who did.
        assert_eq!(
            Claimant::default().declaring().claim(["shop"]),
            theirs(&["shop"])
        );
    }
}
