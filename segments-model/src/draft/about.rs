//! Properties that all declarations share, and the conversion of a draft to its declaration.

use std::collections::HashSet;

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

/// The words of a key, the first with a capital letter: `eu-power.users` is `Eu power users`. What is written
/// without a name is called so.
pub(crate) fn words(key: &str) -> String {
    let words = key.split(['-', '_', '.']).filter(|word| !word.is_empty());
    let words = words.collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// Checks the name of `what`.
pub(crate) fn check_name(name: &str, place: Place, what: &str, findings: &mut Findings) {
    if name.trim().is_empty() {
        let message = format!("the name is empty; write a display name for this {what}");
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

pub(crate) fn unknown(place: Place) -> Finding {
    Finding::new(
        crate::Code::DraftIncomplete,
        place,
        "this part is missing; a definition needs all parts".to_owned(),
    )
}

pub(crate) fn incomplete(place: Place, error: &dyn std::error::Error) -> Finding {
    Finding::new(crate::Code::DraftIncomplete, place, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_words() {
        assert_eq!(words("eu-power.users_2"), "Eu power users 2");
        assert_eq!(words("a"), "A");
        assert_eq!(words("--"), "");
    }
}
