//! Definitions, from the parts that the output names.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the output has no use for what it passes, and a reference costs rustc at every segment"
)]

use std::collections::BTreeSet;
use std::panic::Location;

use segments_model::{
    ContextKeys, ContextKind, Definition, EnvironmentKey, Environments, Part, Tag,
};

use crate::Segment;
use crate::membership::about::definition;
use crate::membership::segment::Decided;
use crate::membership::visitor::{Lists, Managed};
use crate::registry::{Registered, RegisteredAt};

/// The lists of several kinds.
pub fn lists<const N: usize>(lists: [(ContextKind, ContextKeys); N]) -> Lists {
    Lists::from(lists)
}

/// The rules of a segment, or the clauses of a rule.
pub fn list<T, const N: usize>(items: [T; N]) -> Vec<T> {
    Vec::from(items)
}

/// The keys of one kind.
pub fn keys(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// Makes a definition for one environment, with the parts that are left to people there.
pub fn leaving(
    (environment, mut definition): (EnvironmentKey, Definition),
    unmanaged: &[Part],
) -> (EnvironmentKey, Definition) {
    definition.unmanaged = unmanaged.iter().copied().collect();
    (environment, definition)
}

/// Makes a definition for one environment in which the segment does not exist.
pub fn absent(
    (environment, mut definition): (EnvironmentKey, Definition),
) -> (EnvironmentKey, Definition) {
    definition.absent = true;
    (environment, definition)
}

/// Adds the segments of a file to all declarations.
pub fn declare(
    all: &mut Vec<Registered<Definition>>,
    several: &[fn(&mut Vec<Registered<Definition>>)],
) {
    for declare in several {
        declare(all);
    }
}

/// Registers a declaration at the caller's place.
#[track_caller]
pub fn here<S, T>(what: T) -> Registered<T> {
    (what, RegisteredAt::new::<S>(Location::caller()))
}

/// Makes a definition with its variants for some environments.
pub fn in_environments<const N: usize>(
    (definition, place): Registered<Definition>,
    environments: [(EnvironmentKey, Definition); N],
    only: bool,
) -> Registered<Definition> {
    let whole = environments
        .into_iter()
        .map(|(key, definition)| (key, definition.into()));
    let definition = Definition {
        environments: limited(whole.collect(), only),
        ..definition
    };
    (definition, place)
}

/// Environments that are all that there are, or not.
pub(super) fn limited<T>(environments: Environments<T>, only: bool) -> Environments<T> {
    if only {
        environments.only()
    } else {
        environments
    }
}

/// Returns the definition of a segment for one environment.
pub fn there<S: Segment>(
    environment: EnvironmentKey,
    name: &str,
    description: Option<&str>,
    tags: Option<&[&'static str]>,
    managed: Managed,
) -> (EnvironmentKey, Definition) {
    let audience = S::Decided::audience(&managed, Some(&environment));
    let definition = definition(S::KEY, name, description, tags, audience);
    (environment, definition)
}

/// Makes tags from literals.
pub fn tags<const N: usize>(tags: [&'static str; N]) -> BTreeSet<Tag> {
    tags.map(Tag::from_static).into()
}
