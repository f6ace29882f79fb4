//! Everything that can be declared: each once, and right by itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use segments_model::targeting::DraftTargeting;
use segments_model::{
    Definition, Draft, Findings, Resource, SegmentKey, Targeting, check, targeting,
};

use super::problem::{Problem, RegistryError};
use super::registered::{Registered, RegisteredAt};

/// Anything that can be declared.
pub(super) trait Declarable: PartialEq {
    /// The part that distinguishes one from another.
    type Key: Ord + Clone;

    fn key(&self) -> &Self::Key;
    /// What is wrong with one and the macro could not see, if something is.
    fn problem(&self, _place: RegisteredAt) -> Option<Problem> {
        None
    }
    fn duplicate(key: Self::Key, first: RegisteredAt, second: RegisteredAt) -> Problem;
}

impl Declarable for Definition {
    type Key = SegmentKey;

    fn key(&self) -> &SegmentKey {
        &self.key
    }

    fn problem(&self, place: RegisteredAt) -> Option<Problem> {
        let environments = self.environments.keys();
        let everywhere = environments.map(|environment| self.in_environment(environment));
        let findings = std::iter::once(Cow::Borrowed(self))
            .chain(everywhere)
            .map(|definition| check::check(&Draft::from(&*definition)))
            .find(Findings::has_errors)?;
        Some(Problem::Invalid {
            key: self.key.clone(),
            place,
            findings,
        })
    }

    fn duplicate(key: SegmentKey, first: RegisteredAt, second: RegisteredAt) -> Problem {
        Problem::Duplicate { key, first, second }
    }
}

impl Declarable for Targeting {
    type Key = Resource;

    fn key(&self) -> &Resource {
        &self.resource
    }

    fn problem(&self, place: RegisteredAt) -> Option<Problem> {
        let environments = self.environments.keys();
        let everywhere = environments.map(|environment| self.in_environment(environment));
        let findings = std::iter::once(Cow::Borrowed(self))
            .chain(everywhere)
            .map(|targeting| targeting::check::check(&DraftTargeting::from(&*targeting)))
            .find(Findings::has_errors)?;
        Some(Problem::InvalidTargeting {
            resource: self.resource.clone(),
            place,
            findings,
        })
    }

    fn duplicate(resource: Resource, first: RegisteredAt, second: RegisteredAt) -> Problem {
        Problem::DuplicateTargeting {
            resource,
            first,
            second,
        }
    }
}

/// All that are declared, ordered by key, if they make sense together.
pub(super) fn collect<T: Declarable>(
    declared: Vec<Registered<T>>,
) -> Result<Vec<T>, RegistryError> {
    with_places(declared).map(without_places)
}

pub(super) fn without_places<T>(declared: Vec<Registered<T>>) -> Vec<T> {
    declared.into_iter().map(|(one, _)| one).collect()
}

/// The same, each with its place.
pub(super) fn with_places<T: Declarable>(
    mut declared: Vec<Registered<T>>,
) -> Result<Vec<Registered<T>>, RegistryError> {
    declared.sort_by(|(left, at), (right, other)| left.key().cmp(right.key()).then(at.cmp(other)));
    let mut by_key: BTreeMap<T::Key, (T, RegisteredAt)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (one, place) in declared {
        let key = one.key().clone();
        problems.extend(one.problem(place));
        match by_key.get(&key) {
            // Two crates that include one file say the same twice, which contradicts nothing.
            Some((known, _)) if *known == one => {}
            Some((_, first)) => problems.push(T::duplicate(key, *first, place)),
            None => {
                by_key.insert(key, (one, place));
            }
        }
    }
    if problems.is_empty() {
        Ok(by_key.into_values().collect())
    } else {
        Err(RegistryError { problems })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::{
        AiConfigKey, Audience, Lifecycle, Serve, Targets, Unlisted, VariationKey,
    };

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
            unmanaged: [].into(),
            absent: false,
            lifecycle: Lifecycle::default(),
            environments: [].into(),
        }
    }

    fn place(line: u32) -> RegisteredAt {
        RegisteredAt {
            file: "src/lib.rs",
            line,
            path: "app::Staff",
            allowed: &[],
        }
    }

    /// As of one file that two crates include.
    #[test]
    fn what_is_declared_twice_in_the_same_way_is_there_once() {
        let declared = [
            (definition("a", "A"), place(1)),
            (definition("a", "A"), place(2)),
        ];
        assert_eq!(collect(declared.into()).unwrap(), [definition("a", "A")]);
    }

    #[test]
    fn that_holds_for_ai_configs_too_and_what_differs_is_named_with_both_places() {
        let assistant = |fallthrough: &'static str| {
            let fast = VariationKey::from_static("fast");
            Targeting {
                resource: Resource::AiConfig(AiConfigKey::from_static("assistant")),
                variations: vec![fast, VariationKey::from_static("careful")],
                targets: None,
                rules: None,
                fallthrough: Some(Serve::Variation(VariationKey::from_static(fallthrough))),
                others: Unlisted::Remove,
                environments: [].into(),
            }
        };
        let same = [(assistant("fast"), place(1)), (assistant("fast"), place(2))];
        assert_eq!(collect(same.into()).unwrap(), [assistant("fast")]);
        let other = [
            (assistant("fast"), place(1)),
            (assistant("careful"), place(2)),
        ];
        let error = collect(other.into()).unwrap_err().to_string();
        assert_eq!(
            error,
            "AI Config assistant is declared in two different ways, by `app::Staff` at src/lib.rs:1 and \
             by `app::Staff` at src/lib.rs:2; declare its targeting in one place"
        );
    }

    #[test]
    fn segments_come_ordered_by_key() {
        let declared = [
            (definition("b", "B"), place(1)),
            (definition("a", "A"), place(2)),
        ];
        let keys: Vec<_> = collect(declared.into())
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
        let error = collect(declared.into()).unwrap_err().to_string();
        assert!(
            error.contains("by `app::Staff` at src/lib.rs:1 and by `app::Staff` at src/lib.rs:2"),
            "{error}"
        );
        assert!(error.contains("error[name-empty]"), "{error}");
    }
}
