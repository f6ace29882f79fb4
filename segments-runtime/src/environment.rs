//! The environments of a program.

use segments_model::{EnvironmentKey, ProjectKey};

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
/// A segment that names one variant names all of them: with a third environment the enum compiles,
/// and every such segment is an error until it says what it is there.
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

    /// The key of its project, if it is not the configured one.
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
