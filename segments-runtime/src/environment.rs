//! The environments of a program.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use segments_model::{EnvironmentKey, ProjectKey};
use thiserror::Error;

/// An environment in which a program's segments live. Programs that have several list them in an
/// enum:
///
/// ```
/// use segments_runtime::{Context, Environment, Segment, segment};
///
/// #[derive(Environment, Clone, Copy)]
/// #[environment(project = "shop")]
/// enum Stage {
///     Staging,
///     #[environment(key = "prod-eu")]
///     Production,
/// }
///
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String, email: String }
/// /// Who sees new things first.
/// #[segment(
///     rule(User::EMAIL.ends_with("@company.com")),
///     environment(Stage::Staging, rule(everyone())),
///     environment(Stage::Production),
/// )]
/// struct Pioneers;
///
/// let there = |stage: Stage| Pioneers::definition().in_environment(&stage.environment()).rules()[0].to_string();
/// assert_eq!(Stage::ALL.map(there), ["everyone", "user email ends with \"@company.com\""]);
/// ```
///
/// A segment that names one variant has to name all of them: if you add a third variant, the enum
/// compiles, and every such segment is an error until it declares the new environment.
///
/// ```compile_fail
/// # use segments_runtime::{Context, Environment, segment};
/// # #[derive(Environment, Clone, Copy)]
/// # enum Stage { Staging, Production, Canary }
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String, email: String }
/// /// Who sees new things first.
/// #[segment(
///     rule(User::EMAIL.ends_with("@company.com")),
///     environment(Stage::Staging, rule(everyone())),
///     environment(Stage::Production),
/// )]
/// struct Pioneers;
/// ```
pub trait Environment {
    /// The environment's key.
    fn environment(&self) -> EnvironmentKey;

    /// The key of the environment's project, if it differs from the configured project.
    fn project(&self) -> Option<ProjectKey> {
        None
    }
}

impl Environment for EnvironmentKey {
    fn environment(&self) -> EnvironmentKey {
        self.clone()
    }
}

impl Environment for (ProjectKey, EnvironmentKey) {
    fn environment(&self) -> EnvironmentKey {
        self.1.clone()
    }

    fn project(&self) -> Option<ProjectKey> {
        Some(self.0.clone())
    }
}

impl<E: Environment + ?Sized> Environment for &E {
    fn environment(&self) -> EnvironmentKey {
        (**self).environment()
    }

    fn project(&self) -> Option<ProjectKey> {
        (**self).project()
    }
}

static FIXED: OnceLock<EnvironmentKey> = OnceLock::new();

/// Another environment is fixed for the program already.
#[derive(Clone, PartialEq, Eq, Error)]
#[error(
    "the program runs in `{fixed}` already, and cannot run in `{wanted}`; call `in_environment` once, at the start"
)]
#[non_exhaustive]
pub struct OtherEnvironment {
    /// The environment that is fixed already.
    pub fixed: EnvironmentKey,
    /// The environment that was requested.
    pub wanted: EnvironmentKey,
}

segments_model::readable_debug! {
    struct OtherEnvironment { fixed, wanted }
}

/// Fixes the environment that this program runs in, once, at its start: from then on `contains`,
/// `membership`, `explain`, `variation` and [`all_segments`](crate::all_segments()) answer for this
/// environment.
///
/// ```
/// use segments_runtime::{Context, Environment, segment};
///
/// #[derive(Environment, Clone, Copy)]
/// enum Stage { Staging, Production }
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, email: String }
///
/// /// Who sees new things first.
/// #[segment(
///     rule(User::EMAIL.ends_with("@company.com")),
///     environment(Stage::Staging, rule(everyone())),
///     environment(Stage::Production),
/// )]
/// struct Pioneers;
///
/// let guest = User { id: "u-1".into(), email: "ada@example.com".into() };
/// assert!(Pioneers::contains_in(Stage::Staging, &guest));
/// assert!(!Pioneers::contains_in(Stage::Production, &guest));
///
/// segments_runtime::in_environment(Stage::Staging)?;
/// assert!(Pioneers::contains(&guest));
/// assert!(segments_runtime::in_environment(Stage::Production).is_err());
/// # Ok::<(), segments_runtime::OtherEnvironment>(())
/// ```
///
/// # Errors
///
/// If another environment is fixed already.
pub fn in_environment(environment: impl Environment) -> Result<(), OtherEnvironment> {
    let wanted = environment.environment();
    let fixed = FIXED.get_or_init(|| wanted.clone());
    if *fixed == wanted {
        return Ok(());
    }
    Err(OtherEnvironment {
        fixed: fixed.clone(),
        wanted,
    })
}

/// The environment that is fixed for the program.
pub(crate) fn fixed() -> Option<&'static EnvironmentKey> {
    FIXED.get()
}

/// The same for a question whose answer depends on it; once, a program is warned that asks without one.
pub(crate) fn fixed_or_warn(asked: &str) -> Option<&'static EnvironmentKey> {
    static WARNED: AtomicBool = AtomicBool::new(false);
    let fixed = fixed();
    if fixed.is_none() && !WARNED.swap(true, Ordering::Relaxed) {
        warn(asked);
    }
    fixed
}

#[cold]
fn warn(asked: &str) {
    #[cfg(feature = "sync")]
    tracing::warn!(
        segment = asked,
        "the answer differs by environment, and the program has fixed none; call `segments_runtime::in_environment` at \
         the start, or ask with `contains_in`"
    );
    #[cfg(not(feature = "sync"))]
    let _ = asked;
}
