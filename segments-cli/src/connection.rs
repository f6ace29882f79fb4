//! Flags, environment and manifest together: where LaunchDarkly is.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use segments_runtime::sync::{Adoption, ConfigError, ProgressEvent, SyncConfig};

use crate::arguments::{Adopt, Connection};
use crate::failure::Failure;
use crate::manifest::Settings;

impl Connection {
    /// One configuration for each environment, in the order in which they were named. Flags come
    /// before the environment's variables, and these before the manifest.
    pub(crate) fn configs(
        &self,
        settings: Settings,
        progress: impl Fn(ProgressEvent<'_>) + Send + Sync + 'static,
    ) -> Result<Vec<SyncConfig>, Failure> {
        let owner = self.owner.clone().or(settings.owner);
        if self.prune && owner.is_none() {
            return Err(ConfigError::PruneWithoutOwner.into());
        }
        let mut builder = SyncConfig::builder()
            .program("cargo-segments", env!("CARGO_PKG_VERSION"))
            .owner(owner.unwrap_or_else(|| "segments-as-code".to_owned()))
            .prune(self.prune)
            .adoption(match self.adopt {
                Adopt::WhenSafe => Adoption::WhenSafe,
                Adopt::Always => Adoption::Always,
                Adopt::Never => Adoption::Refuse,
                Adopt::Skip => Adoption::Skip,
            })
            .deadline(Duration::from_secs(self.timeout))
            .progress(progress);
        if let Some(path) = &self.token_file {
            builder = builder.token(token(path)?);
        }
        if let Some(project) = set(self.project.clone()).or(settings.project) {
            builder = builder.project(project);
        }
        if let Some(uri) = set(self.base_uri.clone()).or(settings.base_uri) {
            builder = builder.base_uri(uri);
        }
        let named = self.environments.iter().filter(|key| !key.is_empty());
        let mut environments: Vec<String> = named.cloned().collect();
        if environments.is_empty() {
            environments = settings.environments;
        }
        if environments.is_empty() {
            return Ok(vec![builder.from_env().build()?]);
        }
        let configs = environments.into_iter().map(|environment| {
            let builder = builder.clone().environment(environment);
            Ok(builder.from_env().build()?)
        });
        configs.collect()
    }
}

/// A variable that is set to nothing counts as not set.
fn set(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.trim().is_empty())
}

/// Reads a token. A file that others can read is refused, as `ssh` refuses such keys.
pub(crate) fn token(path: &Path) -> Result<String, Failure> {
    let failed = |source| Failure::Read {
        path: path.to_owned(),
        source,
    };
    if path == "-" {
        let mut token = String::new();
        std::io::stdin()
            .read_to_string(&mut token)
            .map_err(failed)?;
        return Ok(token);
    }
    let mut file = std::fs::File::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Failure::TokenReadable {
                path: path.to_owned(),
                mode,
            });
        }
    }
    let mut token = String::new();
    file.read_to_string(&mut token).map_err(failed)?;
    Ok(token)
}
