//! Properties that all declarations share, and the conversion of a draft to its declaration.

use crate::{Finding, Findings, Place, Tag};

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

/// The tags of a draft.
pub(crate) fn tags<T: FromIterator<Tag>>(
    tags: Option<&[String]>,
    place: impl Fn(usize) -> Place,
) -> Result<Option<T>, Finding> {
    let parse = |(at, tag): (usize, &String)| {
        Tag::parse(tag.clone()).map_err(|error| Finding::incomplete(place(at), &error))
    };
    let parsed = tags.map(|tags| tags.iter().enumerate().map(parse).collect());
    parsed.transpose()
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
