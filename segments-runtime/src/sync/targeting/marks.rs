//! The owner of the targeting of an environment, as tags of the whole AI Config or flag. The tags name
//! the environment, because the owner of the rules for staging does not own those for production.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use segments_model::{EnvironmentKey, Tag};
use sha2::{Digest, Sha256};

use super::super::at_least::{self, Record};
use super::super::ownership::Owner;
use super::super::revision::Revision;
use super::super::targeting_part::TargetingPart;

const OWNER: &str = "targeted-by.";
const REVISION: &str = "targeted-rev.";
const MANAGED: &str = "targeted.";

/// The suffix of the name in the tags for an environment. Tags are short and keys of environments may be
/// long, so a long one is replaced with the start of its SHA-256.
fn suffix(environment: &EnvironmentKey) -> String {
    const LONGEST: usize = 20;
    if environment.as_str().len() <= LONGEST {
        return format!(".in.{environment}");
    }
    let digest = Sha256::digest(environment.as_str());
    let digits = digest.iter().take(8);
    digits.fold(".in.".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn between<'a>(tag: &'a str, prefix: &str, environment: &EnvironmentKey) -> Option<&'a str> {
    tag.strip_prefix(prefix)?
        .strip_suffix(suffix(environment).as_str())
}

/// Whom the tags name for an environment.
pub(super) fn owners<'a>(tags: &'a [String], environment: &EnvironmentKey) -> Vec<&'a str> {
    let tags = tags.iter();
    tags.filter_map(|tag| between(tag, OWNER, environment))
        .collect()
}

/// The revisions that the tags name for an environment.
pub(super) fn revisions(tags: &[String], environment: &EnvironmentKey) -> Vec<Revision> {
    let tags = tags.iter();
    let texts = tags.filter_map(|tag| between(tag, REVISION, environment));
    texts.filter_map(Revision::parse).collect()
}

/// The parts of a targeting that were declared for an environment, as the tags say.
pub(super) fn managed(tags: &[String], environment: &EnvironmentKey) -> BTreeSet<TargetingPart> {
    let parts = tags
        .iter()
        .filter_map(|tag| managed_parts(tag, environment));
    parts.flatten().collect()
}

/// The parts that a tag names, if it names nothing else.
fn managed_parts(tag: &str, environment: &EnvironmentKey) -> Option<BTreeSet<TargetingPart>> {
    let names = between(tag, MANAGED, environment)?.split('.');
    names.map(TargetingPart::parse).collect()
}

/// Returns whether a tag names the parts that were declared for an environment.
pub(super) fn is_managed(tag: &str, environment: &EnvironmentKey) -> bool {
    managed_parts(tag, environment).is_some()
}

/// The tag that says which parts are declared; none if nothing is.
pub(super) fn managed_tag(
    parts: &BTreeSet<TargetingPart>,
    environment: &EnvironmentKey,
) -> Option<String> {
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    let tag = format!("{MANAGED}{}{}", names.join("."), suffix(environment));
    (!names.is_empty()).then_some(tag)
}

/// The declared items of a part that keeps others in an environment, from the tags.
pub(super) fn declared_at_least(
    tags: &[String],
    part: TargetingPart,
    environment: &EnvironmentKey,
) -> Option<Record> {
    let records = tags.iter().filter_map(|tag| at_least(tag, environment));
    let of_part = records.filter(|(of, _)| *of == part);
    Record::join(of_part.map(|(_, record)| record))
}

fn at_least(tag: &str, environment: &EnvironmentKey) -> Option<(TargetingPart, Record)> {
    let (part, record) = between(tag, at_least::PREFIX, environment)?.split_once('.')?;
    Some((TargetingPart::parse(part)?, Record::parse(record)?))
}

/// Returns whether a tag says what was declared of a part that keeps others.
pub(super) fn is_at_least(tag: &str, environment: &EnvironmentKey) -> bool {
    at_least(tag, environment).is_some()
}

/// The tags that say what is declared of a part that keeps others.
pub(super) fn at_least_tags(
    part: TargetingPart,
    record: &Record,
    environment: &EnvironmentKey,
) -> Vec<String> {
    let prefix = format!("{}{}.", at_least::PREFIX, part.name());
    let suffix = suffix(environment);
    let room = Tag::LONGEST - prefix.len() - suffix.len();
    let texts = record.texts(room).into_iter();
    texts
        .map(|text| format!("{prefix}{text}{suffix}"))
        .collect()
}

/// Returns whether a tag says something about an environment to us.
pub(super) fn is_owner(tag: &str, environment: &EnvironmentKey) -> bool {
    between(tag, OWNER, environment).is_some()
}

/// Returns whether a tag names a revision of an environment.
pub(super) fn is_revision(tag: &str, environment: &EnvironmentKey) -> bool {
    between(tag, REVISION, environment).is_some()
}

/// An owner's name in a tag: unchanged or, if the tag would be too long, cut short.
pub(super) fn name(owner: &Owner, environment: &EnvironmentKey) -> String {
    let mut name = owner.to_string();
    while Tag::parse(format!("{OWNER}{name}{}", suffix(environment))).is_err()
        && name.pop().is_some()
    {}
    name
}

/// The tag that marks the targeting of an environment as an owner's.
pub(super) fn owner_tag(owner: &Owner, environment: &EnvironmentKey) -> String {
    format!("{OWNER}{}{}", name(owner, environment), suffix(environment))
}

/// The tag of a revision.
pub(super) fn revision_tag(revision: &Revision, environment: &EnvironmentKey) -> String {
    format!("{REVISION}{revision}{}", suffix(environment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_knows_its_own_marks() {
        let staging = EnvironmentKey::from_static("staging");
        let production = EnvironmentKey::from_static("production");
        let owner = Owner::parse("checkout").unwrap();
        let revision = Revision::parse("7.0fb3c1").unwrap();
        let tags = [
            owner_tag(&owner, &staging),
            revision_tag(&revision, &staging),
        ];
        assert_eq!(tags[0], "targeted-by.checkout.in.staging");
        assert_eq!(owners(&tags, &staging), ["checkout"]);
        assert_eq!(tags[1], "targeted-rev.7.0fb3c1.in.staging");
        assert_eq!(revisions(&tags, &staging), [revision]);
        assert!(owners(&tags, &production).is_empty());
        assert!(revisions(&tags, &production).is_empty());
    }

    #[test]
    fn every_mark_is_a_tag() {
        let long = EnvironmentKey::parse("e".repeat(256)).unwrap();
        let owner = Owner::parse("o".repeat(53)).unwrap();
        let tag = owner_tag(&owner, &long);
        assert!(Tag::parse(tag.clone()).is_ok(), "{tag}");
        assert_eq!(owners(&[tag], &long), [name(&owner, &long)]);
        let longest = Revision::parse("18446744073709551615.abcdef").unwrap();
        let parts = TargetingPart::ALL.into();
        let environment = EnvironmentKey::parse("e".repeat(20)).unwrap();
        let tag = managed_tag(&parts, &environment).unwrap();
        assert!(Tag::parse(tag.clone()).is_ok(), "{tag}");
        assert!(is_managed(&tag, &environment) && !is_owner(&tag, &environment));
        assert_eq!(managed(&[tag], &environment), parts);
        let digests = ["0fb3c1", "a2b3c4", "000000", "111111", "222222"];
        let digests = digests.map(|it| Record::parse(it).unwrap());
        let record = Record::join(digests).unwrap();
        for part in [TargetingPart::Targets, TargetingPart::Rules] {
            let tags = at_least_tags(part, &record, &environment);
            assert_eq!(tags.len(), 2);
            assert!(
                tags.iter().all(|tag| Tag::parse(tag.clone()).is_ok()),
                "{tags:?}"
            );
            let read = declared_at_least(&tags, part, &environment);
            assert_eq!(read.as_ref(), Some(&record));
            assert_eq!(declared_at_least(&tags, part, &long), None);
        }
        for environment in [long, EnvironmentKey::parse("e".repeat(20)).unwrap()] {
            assert!(Tag::parse(revision_tag(&longest, &environment)).is_ok());
        }
    }
}
