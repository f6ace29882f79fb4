//! The segments of a program.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::{OnceLock, PoisonError, RwLock};

use segments_model::evaluate::CompiledSegments;
use segments_model::{Definition, EnvironmentKey, Expiry};

use super::checks;
use super::declarable::{with_places, without_places};
use super::findings::Findings;
use super::problem::{Problem, RegistryError, Warning};
use super::registered::{Registered, RegisteredAt};
use crate::Environment;
use crate::clock::now;

/// The registration of one place in the program: adds a segment, or all segments of a file. A function
/// instead of a list, because rustc evaluates statics at every check, whether they changed or not.
#[doc(hidden)]
#[derive(Debug)]
pub struct Declarations(pub fn(&mut Vec<Registered<Definition>>));

inventory::collect!(Declarations);

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
pub(super) fn checked() -> Result<(Vec<Definition>, Vec<Warning>), RegistryError> {
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
    let Findings { problems, warnings } = checks::check(&declared);
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
