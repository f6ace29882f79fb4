//! The declaration of a segment, without its rules.

use std::collections::BTreeSet;
use std::panic::Location;

use segments_model::{
    Audience, Definition, Environments, Lifecycle, LifecycleKey, Part, SegmentKey, Tag,
};

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
    lifecycle: &'static [(LifecycleKey, Option<&'static str>)],
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
            lifecycle: &[],
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

    /// Sets what may happen to the segment: keys, and the texts of those that have one.
    #[must_use]
    pub const fn lifecycle(
        self,
        lifecycle: &'static [(LifecycleKey, Option<&'static str>)],
    ) -> Self {
        Self { lifecycle, ..self }
    }

    /// The definition of the segment `S`, with its audience, and the place.
    pub(crate) fn declared<S>(&self, audience: Audience) -> Registered<Definition> {
        let definition = Definition {
            unmanaged: self.unmanaged.iter().copied().collect(),
            lifecycle: Lifecycle::from_static(self.lifecycle),
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
        absent: false,
        lifecycle: Lifecycle::default(),
        environments: Environments::default(),
    }
}
