//! The declaration of a segment, without its rules.

use std::collections::BTreeSet;
use std::panic::Location;

use segments_model::{Audience, Definition, Environments, Part, SegmentKey, Tag};

use crate::membership::visitor::Managed;
use crate::registry::{Registered, RegisteredAt};

/// The declaration of a segment, without its rules, which are in the generated code.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub(crate) key: &'static str,
    name: &'static str,
    description: Option<&'static str>,
    tags: Option<&'static [&'static str]>,
    pub(super) managed: Managed,
    place: &'static Location<'static>,
    allowed: &'static [&'static str],
    unmanaged: &'static [Part],
    protect: bool,
    moved_from: Option<&'static str>,
    never_wider: bool,
}

impl About {
    /// Creates the declaration at the caller's place.
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

    /// Sets the names of the allowed warnings.
    #[must_use]
    pub const fn allowing(self, allowed: &'static [&'static str]) -> Self {
        Self { allowed, ..self }
    }

    /// Sets the parts that are left to people.
    #[must_use]
    pub const fn leaving(self, unmanaged: &'static [Part]) -> Self {
        Self { unmanaged, ..self }
    }

    /// Protects the segment: it is never deleted and never emptied.
    #[must_use]
    pub const fn protected(self) -> Self {
        Self {
            protect: true,
            ..self
        }
    }

    /// Sets the key of the segment whose place this one takes.
    #[must_use]
    pub const fn moved_from(self, key: &'static str) -> Self {
        Self {
            moved_from: Some(key),
            ..self
        }
    }

    /// Refuses every change that makes the segment wider.
    #[must_use]
    pub const fn never_wider(self) -> Self {
        Self {
            never_wider: true,
            ..self
        }
    }

    /// The definition of the segment `S`, with its audience, and the place.
    pub(crate) fn declared<S>(&self, audience: Audience) -> Registered<Definition> {
        let definition = Definition {
            unmanaged: self.unmanaged.iter().copied().collect(),
            protect: self.protect,
            moved_from: self.moved_from.map(SegmentKey::from_static),
            never_wider: self.never_wider,
            ..definition(
                SegmentKey::from_static(self.key),
                self.name,
                self.description,
                self.tags,
                audience,
            )
        };
        let place = RegisteredAt {
            allowed: self.allowed,
            ..RegisteredAt::new::<S>(self.place)
        };
        (definition, place)
    }
}

/// A definition.
pub fn definition(
    key: SegmentKey,
    name: &str,
    description: Option<&str>,
    tags: Option<&[&'static str]>,
    audience: Audience,
) -> Definition {
    Definition {
        key,
        name: name.to_owned(),
        description: description.map(str::to_owned),
        tags: tags.map(|tags| tags.iter().map(|tag| Tag::from_static(tag)).collect()),
        audience,
        unmanaged: BTreeSet::new(),
        protect: false,
        never_wider: false,
        absent: false,
        moved_from: None,
        environments: Environments::default(),
    }
}
