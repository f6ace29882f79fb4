//! Several environments, or projects, in one call.

use segments_model::{Definition, EnvironmentKey, ProjectKey};

use super::config::SyncConfig;
use super::error::SyncError;
use super::report::Report;
use super::sync_definitions;

/// An environment that a program syncs. Programs that have several declare an enum of them; a
/// `match` over it then has to say what is declared for each.
///
/// ```
/// use segments_runtime::model::EnvironmentKey;
/// use segments_runtime::sync::Environment;
///
/// #[derive(Clone, Copy)]
/// enum Stage { Staging, Production }
///
/// impl Environment for Stage {
///     fn environment(&self) -> EnvironmentKey {
///         match self {
///             Stage::Staging => EnvironmentKey::from_static("staging"),
///             Stage::Production => EnvironmentKey::from_static("production"),
///         }
///     }
/// }
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

/// Syncs several environments, one after the other, each with what is declared for it and with the
/// whole deadline. One that fails does not stop the others.
///
/// ```no_run
/// # use segments_runtime::model::{Definition, EnvironmentKey};
/// # use segments_runtime::sync::{SyncConfig, sync_environments};
/// # async fn all(config: &SyncConfig, usual: Vec<Definition>, smaller: Vec<Definition>) {
/// let environments = ["staging", "production"].map(EnvironmentKey::from_static);
/// let declared = |environment: &EnvironmentKey| match environment.as_str() {
///     "staging" => smaller.clone(),
///     _ => usual.clone(),
/// };
/// for (environment, result) in sync_environments(config, environments, declared).await {
///     println!("{environment}: {}", if result.is_ok() { "in sync" } else { "not in sync" });
/// }
/// # }
/// ```
pub async fn sync_environments<E: Environment>(
    config: &SyncConfig,
    environments: impl IntoIterator<Item = E>,
    declared: impl Fn(&E) -> Vec<Definition>,
) -> Vec<(EnvironmentKey, Result<Report, SyncError>)> {
    let mut results = Vec::new();
    for environment in environments {
        let key = environment.environment();
        let mut config = config.with_environment(key.clone());
        if let Some(project) = environment.project() {
            config = config.with_project(project);
        }
        let result = sync_definitions(&config, &declared(&environment)).await;
        results.push((key, result));
    }
    results
}
