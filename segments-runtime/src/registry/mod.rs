//! All segments of a program, registered where they are declared.
//!
//! Every [`#[segment]`](crate::segment) that is linked into a program registers itself, in the
//! program's own crate and in its dependencies. [`definitions`] collects and checks them.
//!
//! ```standalone_crate
//! use segments_runtime::{Context, registry, segment};
//!
//! #[derive(Context)]
//! #[context(kind = "user")]
//! struct User { #[context(key)] id: String, plan: String }
//!
//! /// Those who pay.
//! #[segment(rule(User::PLAN.is("pro")))]
//! struct Paying;
//!
//! # fn main() -> Result<(), registry::RegistryError> {
//! let definitions = registry::definitions()?;
//! assert_eq!(definitions[0].key, Paying::KEY);
//! assert_eq!(registry::compiled()?.iter().count(), 1);
//! assert!(registry::targetings()?.is_empty());
//! # Ok(())
//! # }
//! ```

mod assertions;
pub(crate) mod checks;
mod measured;
mod policy;
mod program;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::Location;
use std::sync::{OnceLock, PoisonError, RwLock};

use segments_model::evaluate::CompiledSegments;
use segments_model::targeting::DraftTargeting;
use segments_model::{
    AttributeRef, Code, ContextKind, Definition, Draft, EnvironmentKey, ExperimentKey, Expiry,
    Finding, Findings, Resource, SegmentKey, Targeting, check, targeting,
};
use thiserror::Error;

use crate::Environment;
use crate::clock::now;

#[doc(hidden)]
pub use assertions::AssertionDeclaration;
#[doc(hidden)]
pub use measured::{ExperimentDeclaration, MetricDeclaration};
pub use measured::{experiments, metrics};
#[doc(hidden)]
pub use policy::__assert_policy;
pub use policy::{PolicyFinding, policy};
pub use program::{Program, program};

/// The place of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegisteredAt {
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The path of the type.
    pub path: &'static str,
    /// The names of the warnings that the declaration allows.
    pub allowed: &'static [&'static str],
}

impl RegisteredAt {
    /// The place of the type `T`.
    pub(crate) fn new<T>(place: &'static Location<'static>) -> Self {
        Self {
            file: place.file(),
            line: place.line(),
            path: std::any::type_name::<T>(),
            allowed: &[],
        }
    }

    /// Returns whether the declaration allows a warning.
    pub(crate) fn allows(&self, code: Code) -> bool {
        self.allowed.contains(&code.name())
    }
}

impl fmt::Display for RegisteredAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}:{}", self.path, self.file, self.line)
    }
}

/// A declaration and its place.
#[doc(hidden)]
pub type Registered<T> = (T, RegisteredAt);

/// The registration of one place in the program: adds a segment, or all segments of a file. A function
/// instead of a list, because rustc evaluates statics at every check, whether they changed or not.
#[doc(hidden)]
#[derive(Debug)]
pub struct Declarations(pub fn(&mut Vec<Registered<Definition>>));

inventory::collect!(Declarations);

/// The reasons why the segments of a program do not fit together: all problems, not only the first.
#[derive(Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct RegistryError {
    /// The problems, ordered by segment.
    pub problems: Vec<Problem>,
}

segments_model::readable_debug! {
    struct RegistryError { problems }
}

/// One problem of the segments of a program.
#[derive(Error)]
#[non_exhaustive]
pub enum Problem {
    /// Two declarations have the same key and differ.
    #[error(
        "segment `{key}` is declared in two different ways, by {first} and by {second}; give one of them another key"
    )]
    Duplicate {
        /// The key.
        key: SegmentKey,
        /// One declaration.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// Nothing is declared, or the linker left the declarations out.
    #[error(
        "no declared segment is linked into the program; the linker leaves out crates that nothing mentions: write `use audiences as _;` for a crate named `audiences`, or pass its list to `registry::from([audiences::ALL])`"
    )]
    Nothing,
    /// Two declarations of the targeting of one AI Config or flag differ.
    #[error(
        "{resource} is declared in two different ways, by {first} and by {second}; declare its targeting in one place"
    )]
    DuplicateTargeting {
        /// The AI Config or flag.
        resource: Resource,
        /// One declaration.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// The targeting of an AI Config or flag has errors that the macro could not see.
    #[error("{resource}, declared by {place}: {findings}")]
    InvalidTargeting {
        /// The AI Config or flag.
        resource: Resource,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        findings: Findings,
    },
    /// A segment does not fit other segments, or its rules do not fit each other.
    #[error("segment `{key}`, declared by {place}: {finding}")]
    Related {
        /// The key.
        key: SegmentKey,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        finding: Finding,
    },
    /// An assertion about audiences does not hold.
    #[error("{place}: {finding}")]
    Assertion {
        /// Where it is declared.
        place: RegisteredAt,
        /// The context that proves it wrong.
        finding: Finding,
    },
    /// Two declarations of a metric or an experiment differ.
    #[error(
        "{what} is declared in two different ways, by {first} and by {second}; give one of them another key"
    )]
    DuplicateMeasured {
        /// The resource and its key.
        what: String,
        /// One declaration.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// An experiment does not fit the resources that it names.
    #[error("experiment `{key}`, declared by {place}: {finding}")]
    Experiment {
        /// The key.
        key: ExperimentKey,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        finding: Finding,
    },
    /// Two context types of one kind give an attribute different types.
    #[error(
        "error[attribute-conflict]: attribute `{attribute}` of kind `{kind}` is {} in {first} and {} in {second}, but a clause can only mean one type; make them the same, or rename one", .types[0], .types[1]
    )]
    AttributeConflict {
        /// The kind.
        kind: ContextKind,
        /// The attribute.
        attribute: AttributeRef,
        /// The type in each of the two declarations.
        types: [String; 2],
        /// The one type.
        first: RegisteredAt,
        /// The other.
        second: RegisteredAt,
    },
    /// A definition has errors that the macro could not see, such as a constant that is not a number.
    #[error("segment `{key}`, declared by {place}: {findings}")]
    Invalid {
        /// The key.
        key: SegmentKey,
        /// Where it is declared.
        place: RegisteredAt,
        /// The problem.
        findings: Findings,
    },
}

segments_model::readable_debug! {
    enum Problem {
        Duplicate { key, first, second },
        DuplicateTargeting { resource, first, second },
        Nothing,
        InvalidTargeting { resource, place, findings },
        Related { key, place, finding },
        Assertion { place, finding },
        DuplicateMeasured { what, first, second },
        Experiment { key, place, finding },
        AttributeConflict { kind, attribute, types, first, second },
        Invalid { key, place, findings },
    }
}

/// A probable mistake in a segment or a context that only the whole program shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The declaration.
    pub place: RegisteredAt,
    /// The finding.
    pub finding: Finding,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.finding)
    }
}

/// Checks all segments and contexts of this program together: reports everything that a file with the
/// same segments would get. One line in a test:
///
/// ```standalone_crate
/// # fn main() -> Result<(), segments_runtime::registry::RegistryError> {
/// assert_eq!(segments_runtime::registry::check()?, []);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`definitions`] and [`targetings`].
pub fn check() -> Result<Vec<Warning>, RegistryError> {
    Ok(program::collected()?.1)
}

/// Returns the definitions of all segments of this program, ordered by key.
///
/// # Errors
///
/// If two segments have one key and differ, or if a definition has an error that the compiler could not
/// see.
pub fn definitions() -> Result<Vec<Definition>, RegistryError> {
    Ok(checked()?.0)
}

/// All definitions, checked one by one and against one another, with what is probably not meant. A program declares
/// the same for as long as it runs, so what was found right once is not proved again at each sync.
fn checked() -> Result<(Vec<Definition>, Vec<Warning>), RegistryError> {
    static RIGHT: OnceLock<Vec<Warning>> = OnceLock::new();
    let mut declared = Vec::new();
    for Declarations(add) in inventory::iter::<Declarations> {
        add(&mut declared);
    }
    if let Some(warnings) = RIGHT.get() {
        let declared = without_places(with_places(declared)?);
        return Ok((declared, warnings.clone()));
    }
    let (declared, warnings) = check_all(declared)?;
    let warnings = RIGHT.get_or_init(|| warnings).clone();
    Ok((declared, warnings))
}

fn check_all(
    declared: Vec<Registered<Definition>>,
) -> Result<(Vec<Definition>, Vec<Warning>), RegistryError> {
    let declared = with_places(declared)?;
    let checks::Findings { problems, warnings } = checks::check(&declared);
    if problems.is_empty() {
        Ok((without_places(declared), warnings))
    } else {
        Err(RegistryError { problems })
    }
}

/// Returns all segments of this program, prepared for evaluating contexts in JSON, for counting, or for
/// adding [salts](CompiledSegments::with_salts). They are prepared at the first call, ordered by key, for
/// the environment that is [fixed](crate::in_environment) for the program.
///
/// # Errors
///
/// As [`definitions`].
pub fn compiled() -> Result<CompiledSegments, RegistryError> {
    compiled_for(crate::environment::fixed().cloned())
}

/// Returns all segments of this program for one environment, whatever environment is
/// [fixed](crate::in_environment) for the program.
///
/// # Errors
///
/// As [`definitions`].
pub fn compiled_in(environment: &impl Environment) -> Result<CompiledSegments, RegistryError> {
    compiled_for(Some(environment.environment()))
}

fn compiled_for(environment: Option<EnvironmentKey>) -> Result<CompiledSegments, RegistryError> {
    /// Each until the first of its contexts expires.
    type Compiled = BTreeMap<Option<EnvironmentKey>, (CompiledSegments, Option<Expiry>)>;
    static COMPILED: RwLock<Compiled> = RwLock::new(Compiled::new());
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some((segments, until)) = known.get(&environment)
        && until.is_none_or(|until| !until.has_passed(now()))
    {
        return Ok(segments.clone());
    }
    drop(known);
    let now = now();
    let mut definitions = definitions()?;
    if let Some(environment) = &environment {
        for definition in &mut definitions {
            if let Cow::Owned(there) = definition.in_environment(environment) {
                *definition = there;
            }
        }
    } else if let Some(differs) = definitions.iter().find(|it| !it.environments.is_empty()) {
        crate::environment::fixed_or_warn(differs.key.as_str());
    }
    let until = definitions
        .iter()
        .filter_map(|it| it.next_expiry(now))
        .min();
    for definition in &mut definitions {
        definition.expire_at(now);
    }
    let segments = CompiledSegments::from_definitions(&definitions);
    let mut known = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(environment, (segments.clone(), until));
    Ok(segments)
}

/// Names the owner of a crate's declarations.
///
/// All services that share a crate of audiences sync them as this owner, so none refuses segments that
/// another service created. Once in a crate is enough; without it the owner is the name of the program.
///
/// ```standalone_crate
/// segments_runtime::owner!("growth");
///
/// # fn main() {
/// assert_eq!(segments_runtime::registry::owner(), Ok(Some("growth")));
/// # }
/// ```
#[macro_export]
macro_rules! owner {
    ($owner:literal) => {
        const _: () = {
            use $crate::__private_0_1::inventory;
            inventory::submit! { $crate::registry::OwnerDeclaration($owner) }
        };
    };
}

/// The registration of [`owner!`](crate::owner).
#[doc(hidden)]
#[derive(Debug)]
pub struct OwnerDeclaration(pub &'static str);

inventory::collect!(OwnerDeclaration);

/// Returns the owner that the linked declarations name with [`owner!`](crate::owner), if any.
///
/// # Errors
///
/// If they name several owners.
pub fn owner() -> Result<Option<&'static str>, Vec<&'static str>> {
    let named = inventory::iter::<OwnerDeclaration>.into_iter();
    let names: BTreeSet<&str> = named.map(|OwnerDeclaration(name)| *name).collect();
    if names.len() > 1 {
        return Err(names.into_iter().collect());
    }
    Ok(names.into_iter().next())
}

/// Refuses a sync in which a segment leaves out a part that it declared before, unless the declaration
/// leaves the part to people with `unmanaged(...)`. Once in a crate is enough.
///
/// ```standalone_crate
/// segments_runtime::strict!();
///
/// # fn main() {
/// assert!(segments_runtime::registry::is_strict());
/// # }
/// ```
#[macro_export]
macro_rules! strict {
    () => {
        const _: () = {
            use $crate::__private_0_1::inventory;
            inventory::submit! { $crate::registry::StrictDeclaration }
        };
    };
}

/// The registration of [`strict!`](crate::strict).
#[doc(hidden)]
#[derive(Debug)]
pub struct StrictDeclaration;

inventory::collect!(StrictDeclaration);

/// Returns whether the linked declarations are strict (see [`strict!`](crate::strict)).
pub fn is_strict() -> bool {
    let mut declared = inventory::iter::<StrictDeclaration>.into_iter();
    declared.next().is_some()
}

/// A segment in a list that a crate exports: `Paying::definition`.
pub type Declaration = fn() -> Definition;

/// Returns the definitions of the lists that crates export, ordered by key. While [`definitions`] finds
/// only declarations that the linker kept, this function takes the lists that the program names, so a
/// crate of audiences that nothing else mentions is not left out.
///
/// ```
/// use segments_runtime::{Context, Segment, registry, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay.
/// #[segment(rule(User::PLAN.is("pro")))]
/// struct Paying;
///
/// // In the crate of audiences:
/// pub const ALL: &[registry::Declaration] = &[Paying::definition];
///
/// // In the program: `registry::from([audiences::ALL])`.
/// let definitions = registry::from([ALL])?;
/// assert_eq!(definitions[0].key, Paying::KEY);
/// # Ok::<(), registry::RegistryError>(())
/// ```
///
/// # Errors
///
/// As [`definitions`], and if the lists are empty.
#[track_caller]
pub fn from<'l>(
    lists: impl IntoIterator<Item = &'l [Declaration]>,
) -> Result<Vec<Definition>, RegistryError> {
    let place = Location::caller();
    let place = RegisteredAt {
        file: place.file(),
        line: place.line(),
        path: "registry::from",
        allowed: &[],
    };
    let listed = lists.into_iter().flatten();
    let listed = listed.map(|definition| (definition(), place)).collect();
    let (definitions, _) = check_all(listed)?;
    if definitions.is_empty() {
        return Err(RegistryError {
            problems: vec![Problem::Nothing],
        });
    }
    Ok(definitions)
}

/// Anything that can be declared.
trait Declarable: PartialEq {
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
fn collect<T: Declarable>(declared: Vec<Registered<T>>) -> Result<Vec<T>, RegistryError> {
    with_places(declared).map(without_places)
}

fn without_places<T>(declared: Vec<Registered<T>>) -> Vec<T> {
    declared.into_iter().map(|(one, _)| one).collect()
}

/// The same, each with its place.
fn with_places<T: Declarable>(
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

/// The registration of an AI Config or flag.
#[doc(hidden)]
#[derive(Debug)]
pub struct TargetingDeclaration(pub fn() -> Registered<Targeting>);

inventory::collect!(TargetingDeclaration);

/// Returns the targetings of the AI Configs and flags of this program, ordered by key.
///
/// # Errors
///
/// If two declarations of one AI Config or flag differ, or if one has an error that the compiler could
/// not see.
pub fn targetings() -> Result<Vec<Targeting>, RegistryError> {
    let declared = inventory::iter::<TargetingDeclaration>.into_iter();
    collect(declared.map(|TargetingDeclaration(make)| make()).collect())
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
