//! Lookup of individual contexts in lists.
//!
//! The lists of all segments are looked up at once: a context has one key of each kind, and most contexts
//! are on no list, or on few.

use foldhash::{HashMap, HashMapExt};

use super::context::{ContextInstance, Name};
use crate::ContextKind;

/// The lists of all segments.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists(Vec<OfKind>);

/// The lists of contexts of one kind.
#[derive(Debug, Clone)]
struct OfKind {
    kind: Name,
    /// Where each key is listed, in the order of places.
    places: HashMap<Box<str>, Vec<Place>>,
}

/// A list of a segment. In the order in which they count: of one segment, included goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) segment: usize,
    pub(super) listed: Listed,
}

/// One of the lists of a segment, by its place among those that include or exclude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Listed {
    Included(usize),
    Excluded(usize),
}

impl Lists {
    /// Puts keys on a list. Lists are given in the order of their places.
    pub(super) fn add(&mut self, kind: &ContextKind, place: Place, keys: Vec<String>) {
        let kind = Name::new(kind.as_str());
        let known = self.0.iter().position(|lists| lists.kind == kind);
        let known = known.unwrap_or_else(|| {
            let places = HashMap::new();
            self.0.push(OfKind { kind, places });
            self.0.len() - 1
        });
        let by_key = &mut self.0[known].places;
        by_key.reserve(keys.len());
        for key in keys {
            let places = by_key.entry(key.into_boxed_str()).or_default();
            places.reserve_exact(1);
            places.push(place);
        }
    }

    /// Where the contexts of this instance are listed.
    pub(super) fn of(&self, context: &ContextInstance) -> Listings<'_> {
        let mut found = self.0.iter().filter_map(|lists| {
            let context = context.of_kind(&lists.kind)?;
            lists.places.get(context.key()).map(Vec::as_slice)
        });
        Listings {
            first: found.next().unwrap_or_default(),
            others: found.collect(),
        }
    }
}

/// Where the contexts of one instance are listed.
#[derive(Debug)]
pub(super) struct Listings<'a> {
    /// Those of one kind, in the order of segments.
    first: &'a [Place],
    /// Those of further kinds; nearly always none, which takes no memory.
    others: Vec<&'a [Place]>,
}

impl Listings<'_> {
    /// The list that counts in this segment, if there is one.
    #[inline]
    pub(super) fn in_segment(&self, segment: usize) -> Option<Listed> {
        let of_kind = |places: &[Place]| {
            let from = places.partition_point(|place| place.segment < segment);
            let place = places.get(from)?;
            (place.segment == segment).then_some(place.listed)
        };
        let others = self.others.iter().filter_map(|places| of_kind(places));
        of_kind(self.first).into_iter().chain(others).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_lists_the_one_that_goes_first_counts() {
        let mut lists = Lists::default();
        let (user, device) = (ContextKind::USER, ContextKind::parse("device").unwrap());
        for (kind, segment, listed, key) in [
            (&user, 0, Listed::Excluded(0), "u"),
            (&user, 2, Listed::Included(1), "u"),
            (&device, 2, Listed::Included(0), "d"),
            (&user, 3, Listed::Excluded(0), "u"),
            (&device, 3, Listed::Included(0), "d"),
        ] {
            lists.add(kind, Place { segment, listed }, vec![key.to_owned()]);
        }
        let places = |json: &str| {
            let listings = lists.of(&ContextInstance::from_json(json).unwrap());
            [0, 1, 2, 3, 4].map(|segment| listings.in_segment(segment))
        };
        let none = None;
        let (included, excluded) = (|n| Some(Listed::Included(n)), Some(Listed::Excluded(0)));
        assert_eq!(
            places(r#"{"kind": "user", "key": "u"}"#),
            [excluded, none, included(1), excluded, none]
        );
        assert_eq!(places(r#"{"kind": "org", "key": "u"}"#), [none; 5]);
        assert_eq!(
            places(r#"{"kind": "multi", "user": {"key": "u"}, "device": {"key": "d"}}"#),
            [excluded, none, included(0), included(0), none]
        );
    }
}
