//! What everything that is declared says of itself, and how a draft becomes what it describes.

use std::collections::HashSet;

use super::incomplete;
use crate::{Code, Finding, Findings, Place, Tag};

/// Makes what a draft describes, unless a check found an error or a part is not known yet.
pub(crate) fn parsed<T>(
    mut findings: Findings,
    build: impl FnOnce() -> Result<T, Finding>,
) -> Result<(T, Findings), Findings> {
    if !findings.has_errors() {
        match build() {
            Ok(made) => return Ok((made, findings)),
            Err(finding) => findings.push(finding),
        }
    }
    Err(findings)
}

/// Checks the name of `what`.
pub(crate) fn check_name(name: &str, place: Place, what: &str, findings: &mut Findings) {
    if name.trim().is_empty() {
        let message = format!("the name is empty; write what people call this {what}");
        findings.add(Code::NameEmpty, place, message);
    }
}

/// Checks tags; `place` is that of each.
pub(crate) fn check_tags(tags: &[String], place: impl Fn(usize) -> Place, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for (at, tag) in tags.iter().enumerate() {
        if let Err(error) = Tag::parse(tag.clone()) {
            findings.add(Code::TagInvalid, place(at), error.to_string());
        } else if !seen.insert(tag) {
            let message = format!("tag `{tag}` is written twice; write it once");
            findings.add(Code::TagDuplicate, place(at), message);
        }
    }
}

/// The tags of a draft.
pub(crate) fn tags<T: FromIterator<Tag>>(
    tags: Option<&[String]>,
    place: impl Fn(usize) -> Place,
) -> Result<Option<T>, Finding> {
    let parse = |(at, tag): (usize, &String)| {
        Tag::parse(tag.clone()).map_err(|error| incomplete(place(at), &error))
    };
    let parsed = tags.map(|tags| tags.iter().enumerate().map(parse).collect());
    parsed.transpose()
}
