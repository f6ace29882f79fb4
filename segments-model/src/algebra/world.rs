//! All segments at one time.

use std::collections::HashMap;

use crate::{Definition, Rule};

/// Segments by key, each with how much there is to write out.
#[derive(Debug, Clone)]
pub(crate) struct World<'a>(HashMap<&'a str, (&'a Definition, usize)>);

impl<'a> World<'a> {
    /// The segment of this key, as it is kept, and how many rules it has and others it references.
    pub(crate) fn get(&self, key: &str) -> Option<(&'a Definition, usize)> {
        self.0.get(key).copied()
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

/// Of two with the same key the later counts.
impl<'a> FromIterator<&'a Definition> for World<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Definition>>(segments: I) -> Self {
        let segments = segments.into_iter();
        Self(
            segments
                .map(|segment| (segment.key.as_str(), (segment, size(segment))))
                .collect(),
        )
    }
}

/// How many rules a segment has, and how many others it references.
fn size(definition: &Definition) -> usize {
    let of_rule = |rule: &Rule| {
        let clauses = rule.clauses.iter();
        1 + clauses
            .map(|clause| clause.segments().count())
            .sum::<usize>()
    };
    definition.rules().iter().map(of_rule).sum()
}
