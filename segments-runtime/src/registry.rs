//! All segments of a program, found where they are declared.
//!
//! Every [`#[segment]`](crate::segment) that is linked into a program registers itself, in the
//! program's own crate and in its dependencies. [`definitions`] collects and checks them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::OnceLock;

use segments_model::evaluate::CompiledSegments;
use segments_model::targeting::DraftTargeting;
use segments_model::{
    Definition, Draft, Findings, Resource, SegmentKey, Targeting, check, targeting,
};
use thiserror::Error;

use crate::{Segment, Targeted};

/// One declaration, as the macro registers it.
#[derive(Debug)]
pub struct Declaration {
    /// Makes the definition.
    pub definition: fn() -> Definition,
    /// Where it stands.
    place: &'static Location<'static>,
    /// The path of the type.
    path: fn() -> &'static str,
}

impl Declaration {
    /// The declaration of a segment, made where it stands.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn of<S: Segment>() -> Self {
        Self {
            definition: S::definition,
            place: Location::caller(),
            path: std::any::type_name::<S>,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> DeclaredAt {
        DeclaredAt {
            file: self.place.file(),
            line: self.place.line(),
            path: (self.path)(),
        }
    }
}

/// Where a segment is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclaredAt {
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The path of the type.
    pub path: &'static str,
}

impl fmt::Display for DeclaredAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}:{}", self.path, self.file, self.line)
    }
}

inventory::collect!(Declaration);

/// Why the segments of a program do not make sense together. All problems, not the first.
#[derive(Debug, Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct RegistryError {
    /// The problems, ordered by segment.
    pub problems: Vec<Problem>,
}

/// One problem of the segments of a program.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// Two declarations have the same key and say different things.
    #[error(
        "segment `{key}` is declared twice and not in the same way, by {first} and by {second}; give one of them another key"
    )]
    Duplicate {
        /// The key.
        key: SegmentKey,
        /// One declaration.
        first: DeclaredAt,
        /// The other.
        second: DeclaredAt,
    },
    /// Two declarations say what one AI Config or flag serves.
    #[error(
        "{resource} is declared twice, by {first} and by {second}; say in one place what it serves"
    )]
    DuplicateTargeting {
        /// The AI Config or flag.
        resource: Resource,
        /// One declaration.
        first: DeclaredAt,
        /// The other.
        second: DeclaredAt,
    },
    /// What an AI Config or flag serves has errors that the macro could not see.
    #[error("{resource}, declared by {place}: {findings}")]
    InvalidTargeting {
        /// The AI Config or flag.
        resource: Resource,
        /// Where it is declared.
        place: DeclaredAt,
        /// What is wrong.
        findings: Findings,
    },
    /// A definition has errors that the macro could not see, such as a constant that is no number.
    #[error("segment `{key}`, declared by {place}: {findings}")]
    Invalid {
        /// The key.
        key: SegmentKey,
        /// Where it is declared.
        place: DeclaredAt,
        /// What is wrong.
        findings: Findings,
    },
}

/// The definitions of all segments of this program, ordered by key.
///
/// # Errors
///
/// When two segments have one key and say different things, or a definition has an error that could not be seen when the
/// program was built.
pub fn definitions() -> Result<Vec<Definition>, RegistryError> {
    collect(
        inventory::iter::<Declaration>
            .into_iter()
            .map(|declaration| ((declaration.definition)(), declaration.place())),
    )
}

/// All segments of this program, prepared to be asked about contexts in JSON, to be counted over
/// many of them, or to be given [salts](CompiledSegments::with_salts). They are prepared at the
/// first call, and ordered by key.
///
/// # Errors
///
/// As [`definitions`].
pub fn compiled() -> Result<CompiledSegments, RegistryError> {
    static COMPILED: OnceLock<CompiledSegments> = OnceLock::new();
    if let Some(segments) = COMPILED.get() {
        return Ok(segments.clone());
    }
    let segments = CompiledSegments::from_definitions(&definitions()?);
    Ok(COMPILED.get_or_init(|| segments).clone())
}

fn collect(
    declared: impl Iterator<Item = (Definition, DeclaredAt)>,
) -> Result<Vec<Definition>, RegistryError> {
    let mut declared: Vec<_> = declared.collect();
    declared.sort_by(|(left, at), (right, other)| left.key.cmp(&right.key).then(at.cmp(other)));
    let mut by_key: BTreeMap<SegmentKey, (Definition, DeclaredAt)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (definition, place) in declared {
        let environments = definition.environments.keys();
        let everywhere = environments.map(|environment| definition.in_environment(environment));
        let wrong = std::iter::once(Cow::Borrowed(&definition))
            .chain(everywhere)
            .map(|definition| check::check(&Draft::from(&*definition)))
            .find(Findings::has_errors);
        problems.extend(wrong.map(|findings| Problem::Invalid {
            key: definition.key.clone(),
            place,
            findings,
        }));
        if let Some((known, first)) = by_key.get(&definition.key) {
            // Two crates that include one file say the same twice, which contradicts nothing.
            if *known == definition {
                continue;
            }
            problems.push(Problem::Duplicate {
                key: definition.key,
                first: *first,
                second: place,
            });
        } else {
            by_key.insert(definition.key.clone(), (definition, place));
        }
    }
    if problems.is_empty() {
        Ok(by_key
            .into_values()
            .map(|(definition, _)| definition)
            .collect())
    } else {
        Err(RegistryError { problems })
    }
}

/// A declaration of what an AI Config or flag serves, as the macro registers it.
#[derive(Debug)]
pub struct TargetingDeclaration {
    /// Makes the targeting.
    pub targeting: fn() -> Targeting,
    place: &'static Location<'static>,
    path: fn() -> &'static str,
}

impl TargetingDeclaration {
    /// The declaration of an AI Config or flag, made where it stands.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn of<T: Targeted>() -> Self {
        Self {
            targeting: T::targeting,
            place: Location::caller(),
            path: std::any::type_name::<T>,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> DeclaredAt {
        DeclaredAt {
            file: self.place.file(),
            line: self.place.line(),
            path: (self.path)(),
        }
    }
}

inventory::collect!(TargetingDeclaration);

/// What the AI Configs and flags of this program serve, ordered by key.
///
/// # Errors
///
/// When two declarations are about one AI Config or flag, or one has an error that could not be seen
/// when the program was built.
pub fn targetings() -> Result<Vec<Targeting>, RegistryError> {
    let declared = inventory::iter::<TargetingDeclaration>.into_iter();
    let mut declared: Vec<_> = declared
        .map(|declaration| ((declaration.targeting)(), declaration.place()))
        .collect();
    declared.sort_by(|(left, at), (right, other)| {
        left.resource.cmp(&right.resource).then(at.cmp(other))
    });
    let mut problems = Vec::new();
    for pair in declared.windows(2) {
        if let [(first, at), (second, other)] = pair
            && first.resource == second.resource
        {
            problems.push(Problem::DuplicateTargeting {
                resource: first.resource.clone(),
                first: *at,
                second: *other,
            });
        }
    }
    for (declared, place) in &declared {
        let findings = targeting::check::check(&DraftTargeting::from(declared));
        if findings.has_errors() {
            problems.push(Problem::InvalidTargeting {
                resource: declared.resource.clone(),
                place: *place,
                findings,
            });
        }
    }
    if problems.is_empty() {
        let targetings = declared.into_iter();
        Ok(targetings.map(|(targeting, _)| targeting).collect())
    } else {
        Err(RegistryError { problems })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::{Audience, Targets};

    fn definition(key: &'static str, name: &str) -> Definition {
        let audience = Audience::Standard {
            included: Targets::Unmanaged,
            excluded: Targets::Unmanaged,
            rules: Some(vec![segments_model::Rule::default()]),
        };
        Definition {
            key: SegmentKey::from_static(key),
            name: name.to_owned(),
            description: None,
            tags: None,
            audience,
            environments: [].into(),
        }
    }

    fn place(line: u32) -> DeclaredAt {
        DeclaredAt {
            file: "src/lib.rs",
            line,
            path: "app::Staff",
        }
    }

    /// As of one file that two crates include.
    #[test]
    fn what_is_declared_twice_in_the_same_way_is_there_once() {
        let declared = [
            (definition("a", "A"), place(1)),
            (definition("a", "A"), place(2)),
        ];
        assert_eq!(
            collect(declared.into_iter()).unwrap(),
            [definition("a", "A")]
        );
    }

    #[test]
    fn segments_come_ordered_by_key() {
        let declared = [
            (definition("b", "B"), place(1)),
            (definition("a", "A"), place(2)),
        ];
        let keys: Vec<_> = collect(declared.into_iter())
            .unwrap()
            .into_iter()
            .map(|definition| definition.key)
            .collect();
        assert_eq!(keys, ["a", "b"]);
    }

    #[test]
    fn both_places_of_a_duplicate_are_named_and_nothing_is_hidden() {
        let declared = [
            (definition("a", "A"), place(1)),
            (definition("a", "B"), place(2)),
            (definition("b", ""), place(3)),
        ];
        let error = collect(declared.into_iter()).unwrap_err().to_string();
        assert!(
            error.contains("by `app::Staff` at src/lib.rs:1 and by `app::Staff` at src/lib.rs:2"),
            "{error}"
        );
        assert!(error.contains("error[name-empty]"), "{error}");
    }
}
