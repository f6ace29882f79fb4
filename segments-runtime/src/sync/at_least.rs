//! The declared items of a part that keeps items that others add.
//!
//! Nothing in such a list says who put an item there. So a tag remembers each declared item by a digest:
//! `at-least.included.0fb3c1a2b3c4`. An item that the tag names, and that is no longer declared, was let
//! go. A declaration of more than 32 items is remembered as a whole, `at-least.included.all.0fb3c1`: the
//! sync sees that items were let go, but not which.

use std::collections::BTreeSet;

use super::digest::Digest;

/// The prefix of the tags, before the part.
pub(crate) const PREFIX: &str = "at-least.";

/// How many items are remembered one by one: more would take too many tags.
const MOST: usize = 32;

/// Stands for no item at all.
const NONE: &str = "none";

/// Precedes the digest of all items.
const WHOLE: &str = "all.";

/// The items that were declared of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    Each(BTreeSet<Digest>),
    Whole(Digest),
}

impl Record {
    fn of(declared: BTreeSet<Digest>) -> Self {
        if declared.len() > MOST {
            Self::Whole(Digest::of_all(&declared))
        } else {
            Self::Each(declared)
        }
    }

    /// Reads what stands in one tag.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == NONE {
            return Some(Self::Each(BTreeSet::new()));
        }
        if let Some(digest) = text.strip_prefix(WHOLE) {
            return Digest::parse(digest).map(Self::Whole);
        }
        let digits = text.as_bytes().chunks(Digest::LENGTH);
        let digests = digits.map(|digits| Digest::parse(std::str::from_utf8(digits).ok()?));
        let digests: BTreeSet<_> = digests.collect::<Option<_>>()?;
        (!digests.is_empty()).then_some(Self::Each(digests))
    }

    /// Joins the records in all tags of a part.
    pub(crate) fn join(records: impl IntoIterator<Item = Self>) -> Option<Self> {
        records
            .into_iter()
            .reduce(|joined, record| match (joined, record) {
                (Self::Each(mut joined), Self::Each(more)) => {
                    joined.extend(more);
                    Self::Each(joined)
                }
                (whole @ Self::Whole(_), _) | (_, whole) => whole,
            })
    }

    /// Splits the records over tags, each of which has room for this many characters.
    pub(crate) fn texts(&self, room: usize) -> Vec<String> {
        match self {
            Self::Whole(digest) => vec![format!("{WHOLE}{digest}")],
            Self::Each(digests) if digests.is_empty() => vec![NONE.to_owned()],
            Self::Each(digests) => {
                let digests: Vec<String> = digests.iter().map(ToString::to_string).collect();
                let texts = digests.chunks(room / Digest::LENGTH);
                texts.map(<[String]>::concat).collect()
            }
        }
    }
}

/// A tag as people see it: without digests, which stand for keys of members.
pub(crate) fn shown(tag: &str) -> &str {
    let record = |rest: &str| {
        let (part, record) = rest.split_once('.')?;
        let record = record
            .split_once(".in.")
            .map_or(record, |(record, _)| record);
        Record::parse(record).map(|_| PREFIX.len() + part.len())
    };
    let end = tag.strip_prefix(PREFIX).and_then(record);
    &tag[..end.unwrap_or(tag.len())]
}

/// The knowledge about the declarations before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Before {
    /// The part was never declared.
    Nothing,
    /// All that the part had, for it kept nothing of others.
    Everything,
    Remembered(Record),
}

impl Before {
    /// `managed` is whether the part was declared.
    pub(crate) fn of(managed: bool, record: Option<Record>) -> Self {
        match record {
            Some(record) => Self::Remembered(record),
            None if managed => Self::Everything,
            None => Self::Nothing,
        }
    }
}

/// The items of a part that is there and that are let go of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gone {
    /// They were declared before.
    These(BTreeSet<Digest>),
    /// Some of them were, and nobody knows which.
    SomeOf(BTreeSet<Digest>),
}

impl Gone {
    pub(crate) fn items(&self) -> &BTreeSet<Digest> {
        match self {
            Self::These(items) | Self::SomeOf(items) => items,
        }
    }
}

/// The items of a part.
#[derive(Debug, Clone)]
pub(crate) struct Items {
    pub(crate) declared: BTreeSet<Digest>,
    /// Those that the service shows.
    pub(crate) present: BTreeSet<Digest>,
}

impl Items {
    /// The items that exist and were declared before, but no longer are.
    pub(crate) fn gone(&self, before: &Before) -> Gone {
        let undeclared = || self.present.difference(&self.declared).cloned();
        match before {
            Before::Nothing => Gone::These(BTreeSet::new()),
            Before::Everything => Gone::These(undeclared().collect()),
            Before::Remembered(Record::Each(known)) => {
                Gone::These(undeclared().filter(|item| known.contains(item)).collect())
            }
            Before::Remembered(Record::Whole(known)) => {
                // What is new is not there yet.
                let older = self.declared.intersection(&self.present).cloned().collect();
                let is_known = |items: &BTreeSet<Digest>| Digest::of_all(items) == *known;
                if is_known(&self.declared) || is_known(&older) {
                    Gone::These(BTreeSet::new())
                } else {
                    Gone::SomeOf(undeclared().collect())
                }
            }
        }
    }

    /// The items to remember from now on: those that are declared, and those that were let go of until
    /// somebody decides. `decided` is true once somebody has.
    pub(crate) fn remembered(&self, before: &Before, decided: bool) -> Record {
        if decided {
            return Record::of(self.declared.clone());
        }
        if let Before::Remembered(record @ Record::Each(known)) = before
            && self.declared.is_subset(known)
        {
            return record.clone();
        }
        let Gone::These(gone) = self.gone(before) else {
            return Record::of(self.declared.clone());
        };
        match Record::of(self.declared.union(&gone).cloned().collect()) {
            Record::Whole(_) => Record::of(self.declared.clone()),
            each @ Record::Each(_) => each,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(items: impl IntoIterator<Item = u32>) -> BTreeSet<Digest> {
        let items = items.into_iter();
        items.map(|item| Digest::of(&json!(item))).collect()
    }

    fn items(
        declared: impl IntoIterator<Item = u32>,
        present: impl IntoIterator<Item = u32>,
    ) -> Items {
        Items {
            declared: set(declared),
            present: set(present),
        }
    }

    fn gone(items: impl IntoIterator<Item = u32>) -> Gone {
        Gone::These(set(items))
    }

    #[test]
    fn a_record_is_what_its_tags_say() {
        for (count, tags) in [(0, 1), (1, 1), (7, 1), (8, 2), (32, 5), (33, 1)] {
            let record = Record::of(set(0..count));
            let texts = record.texts(46);
            assert_eq!(texts.len(), tags, "{texts:?}");
            assert!(texts.iter().all(|text| text.len() <= 46), "{texts:?}");
            let read = texts.iter().map(|text| Record::parse(text).unwrap());
            assert_eq!(Record::join(read), Some(record));
        }
        for text in [
            "",
            "some",
            "0fb3c",
            "0fb3c1a",
            "all",
            "all.",
            "all.0fb3c1a2b3c4",
            "0FB3C1",
        ] {
            assert_eq!(Record::parse(text), None, "{text}");
        }
        assert_eq!(Record::join([]), None);
    }

    #[test]
    fn digests_are_not_shown() {
        for (tag, expected) in [
            ("at-least.included.0fb3c1a2b3c4", "at-least.included"),
            ("at-least.rules.all.0fb3c1.in.test", "at-least.rules"),
            ("at-least.included.them", "at-least.included.them"),
            ("beta", "beta"),
        ] {
            assert_eq!(shown(tag), expected);
        }
    }

    #[test]
    fn what_was_declared_and_is_not_any_more_is_let_go() {
        let before = Before::Remembered(Record::of(set([1, 2])));
        // 9 is somebody else's.
        assert_eq!(items([1, 2], [1, 2, 9]).gone(&before), gone([]));
        assert_eq!(items([1], [1, 2, 9]).gone(&before), gone([2]));
        assert_eq!(items([], [1, 2, 9]).gone(&before), gone([1, 2]));
        assert_eq!(items([1, 2, 3], [1, 2, 9]).gone(&before), gone([]));
        // What is not there does not stay.
        assert_eq!(items([1], [1, 9]).gone(&before), gone([]));
        assert_eq!(items([1], [1, 9]).gone(&Before::Nothing), gone([]));
        assert_eq!(items([1], [1, 9]).gone(&Before::Everything), gone([9]));
    }

    #[test]
    fn what_was_let_go_is_remembered_until_somebody_decides() {
        let both = Record::of(set([1, 2]));
        let before = Before::Remembered(both.clone());
        assert_eq!(items([1], [1, 2]).remembered(&before, false), both);
        let more = items([1, 3], [1, 2]).remembered(&before, false);
        assert_eq!(more, Record::of(set([1, 2, 3])));
        let decided = items([1], [1, 2]).remembered(&before, true);
        assert_eq!(decided, Record::of(set([1])));
        // What somebody took off is no reason to write.
        assert_eq!(items([1], [1]).remembered(&before, false), both);
        let exactly = items([1], [1, 2]).remembered(&Before::Everything, false);
        assert_eq!(exactly, both);
    }

    #[test]
    fn of_many_it_is_seen_that_some_went() {
        let before = Before::Remembered(Record::of(set(0..40)));
        assert_eq!(items(0..40, 0..50).gone(&before), gone([]));
        assert_eq!(items((0..40).chain([60]), 0..50).gone(&before), gone([]));
        let fewer = items(0..39, 0..50);
        assert_eq!(fewer.gone(&before), Gone::SomeOf(set(39..50)));
        let now = Before::Remembered(fewer.remembered(&before, false));
        assert_eq!(fewer.gone(&now), gone([]));
    }
}
