//! Several environments, or projects, in one call.

use segments_model::EnvironmentKey;

use super::config::SyncConfig;
use super::definitions::Definitions;
use super::error::SyncError;
use super::report::Report;
use super::sync_definitions;
use crate::Environment;

/// Syncs several environments, one after the other, each with its own declarations and with the whole
/// deadline. A failure does not stop the others.
///
/// Differences between environments in a definition are applied automatically; the function is for
/// resources that are not declared in every environment. It returns definitions, or definitions with
/// targetings: `(registry::definitions()?, registry::targetings()?)`.
///
/// ```no_run
/// # use segments_runtime::sync::{SyncConfig, sync_environments};
/// use segments_runtime::{Environment, registry};
///
/// #[derive(Environment, Clone, Copy)]
/// enum Stage { Staging, Production }
///
/// # async fn all(config: &SyncConfig) -> Result<(), Box<dyn std::error::Error>> {
/// let definitions = registry::definitions()?;
/// let declared = |_: &Stage| definitions.clone();
/// for (environment, result) in sync_environments(config, Stage::ALL, declared).await {
///     println!("{environment}: {}", if result.is_ok() { "in sync" } else { "not in sync" });
/// }
/// # Ok(())
/// # }
/// ```
pub async fn sync_environments<E: Environment, D>(
    config: &SyncConfig,
    environments: impl IntoIterator<Item = E>,
    declared: impl Fn(&E) -> D,
) -> Vec<(EnvironmentKey, Result<Report, SyncError>)>
where
    for<'a> &'a D: Into<Definitions<'a>>,
{
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
