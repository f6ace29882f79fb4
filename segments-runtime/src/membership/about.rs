//! What is declared of a segment, but for its rules.

use std::panic::Location;

use segments_model::{Definition, Part, SegmentKey};

use crate::__private::definition;
use crate::Segment;
use crate::membership::decided::Decided;
use crate::membership::visitor::Managed;
use crate::registry::{Registered, RegisteredAt};

/// What is declared of a segment, but for its rules, which stand where they are decided.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub(crate) key: &'static str,
    name: &'static str,
    description: Option<&'static str>,
    tags: Option<&'static [&'static str]>,
    managed: Managed,
    place: &'static Location<'static>,
    allowed: &'static [&'static str],
    unmanaged: &'static [Part],
    protect: bool,
    moved_from: Option<&'static str>,
    never_wider: bool,
}

impl About {
    /// A segment that is declared where this is called.
    #[must_use]
    #[track_caller]
    pub const fn new(
        key: &'static str,
        name: &'static str,
        description: Option<&'static str>,
        tags: Option<&'static [&'static str]>,
        managed: Managed,
    ) -> Self {
        Self {
            key,
            name,
            description,
            tags,
            managed,
            place: Location::caller(),
            allowed: &[],
            unmanaged: &[],
            protect: false,
            moved_from: None,
            never_wider: false,
        }
    }

    /// The same, with the names of the warnings that are allowed.
    #[must_use]
    pub const fn allowing(self, allowed: &'static [&'static str]) -> Self {
        Self { allowed, ..self }
    }

    /// The same, with the parts that are left to people.
    #[must_use]
    pub const fn leaving(self, unmanaged: &'static [Part]) -> Self {
        Self { unmanaged, ..self }
    }

    /// The same, never deleted and never emptied.
    #[must_use]
    pub const fn protected(self) -> Self {
        Self {
            protect: true,
            ..self
        }
    }

    /// The same, in the place of the segment that has this key.
    #[must_use]
    pub const fn moved_from(self, key: &'static str) -> Self {
        Self {
            moved_from: Some(key),
            ..self
        }
    }

    /// The same, which no change may make wider.
    #[must_use]
    pub const fn never_wider(self) -> Self {
        Self {
            never_wider: true,
            ..self
        }
    }

    /// The definition of a segment, with its rules, and the place.
    pub(crate) fn declared<S: Segment>(&self) -> Registered<Definition> {
        let audience = S::Decided::audience(&self.managed, None);
        let definition = Definition {
            unmanaged: self.unmanaged.iter().copied().collect(),
            protect: self.protect,
            moved_from: self.moved_from.map(SegmentKey::from_static),
            never_wider: self.never_wider,
            ..definition(S::KEY, self.name, self.description, self.tags, audience)
        };
        let place = RegisteredAt {
            allowed: self.allowed,
            ..RegisteredAt::new::<S>(self.place)
        };
        (definition, place)
    }
}
