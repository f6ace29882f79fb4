//! Options, environment variables and manifest combined: the connection to LaunchDarkly.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use segments_model::EnvironmentKey;
use segments_model::evaluate::Snapshot;
use segments_runtime::sync::{
    Adoption, ConfigError, End, ProgressEvent, SyncConfig, SyncConfigBuilder, environments,
};
use serde::Serialize;

use crate::DefinitionsSource;
use crate::arguments::{Adopt, Connection, Ownership};
use crate::definitions::Header;
use crate::failure::Failure;
use crate::imported::Imported;
use crate::interruptible;
use crate::manifest::{self, Settings};
use crate::output;
use crate::progress::Watch;

/// Stands for every environment of the project.
const ALL: &str = "all";

/// Where project and environment come from: an option, a variable, a file, or nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Sources {
    project: String,
    environment: String,
}

impl Sources {
    /// Those of a saved plan.
    pub(crate) fn plan() -> Self {
        Self {
            project: "the plan".to_owned(),
            environment: "the plan".to_owned(),
        }
    }
}

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            project,
            environment,
        } = self;
        if *self == Self::plan() {
            return write!(f, "project and environment: {project}");
        }
        write!(f, "project: {project}, environment: {environment}")
    }
}

impl Connection {
    /// One configuration for each environment, in the order in which they were named, of somebody
    /// who only reads. Flags come before the environment's variables, and these before the
    /// manifest.
    pub(crate) fn configs(&self, watch: &Watch) -> Result<Vec<SyncConfig>, Failure> {
        let settings = manifest::settings()?;
        let builder = self.builder(&settings, watch)?;
        self.each(builder, &settings, watch)
    }

    /// How LaunchDarkly is asked beside the definitions, if it is, and the environment whose
    /// definitions answer: the same, else the one that is named, if one is.
    pub(crate) fn asked(
        &self,
        live: bool,
        watch: &Watch,
    ) -> Result<(Option<SyncConfig>, Option<EnvironmentKey>), Failure> {
        if live {
            let config = self.config(watch)?;
            let environment = config.environment().clone();
            Ok((Some(config), Some(environment)))
        } else {
            Ok((None, self.named()?))
        }
    }

    /// Refuses a snapshot of another project or environment than the one that is named.
    pub(crate) fn holds(&self, snapshot: Option<&Snapshot>) -> Result<(), Failure> {
        let Some(snapshot) = snapshot else {
            return Ok(());
        };
        let settings = manifest::settings()?;
        let project = set(self.project.clone()).or(settings.project);
        let environment = self.named()?.map(|key| key.to_string());
        let named = [
            ("project", project, &snapshot.project),
            ("environment", environment, &snapshot.environment),
        ];
        for (what, named, taken) in named {
            if let Some(named) = named.filter(|named| named != taken) {
                return Err(Failure::SnapshotElsewhere {
                    of: format!("{}/{}", snapshot.project, snapshot.environment),
                    what,
                    named,
                });
            }
        }
        Ok(())
    }

    /// The one environment that is named. A manifest may name several, which is about plans.
    fn named(&self) -> Result<Option<EnvironmentKey>, Failure> {
        let mut keys = self.keys();
        if keys.len() > 1 || keys == [ALL] {
            return Err(Failure::OneEnvironment);
        }
        if keys.is_empty() {
            keys = manifest::settings()?.environments;
        }
        match <[String; 1]>::try_from(keys) {
            Ok([key]) if key != ALL => match EnvironmentKey::parse(key) {
                Ok(key) => Ok(Some(key)),
                Err(error) => Err(ConfigError::Environment(error).into()),
            },
            _ => Ok(None),
        }
    }

    /// The keys on the command line or in the variable.
    fn keys(&self) -> Vec<String> {
        let named = self.environments.iter().filter(|key| !key.is_empty());
        named.cloned().collect()
    }

    /// The configuration of the one environment that is named.
    pub(crate) fn config(&self, watch: &Watch) -> Result<SyncConfig, Failure> {
        let configs = self.configs(watch)?;
        match <[SyncConfig; 1]>::try_from(configs) {
            Ok([config]) => Ok(config),
            Err(_) => Err(Failure::OneEnvironment),
        }
    }

    /// The same, to change something there: `listed` are the environments that the files are for.
    pub(crate) fn changing(&self, listed: &[String], watch: &Watch) -> Result<SyncConfig, Failure> {
        let config = self.config(watch)?;
        let settings = manifest::settings()?;
        fenced(config.environment(), &settings.environments, "manifest")?;
        fenced(config.environment(), listed, "file")?;
        Ok(config)
    }

    /// The same, of somebody who manages segments.
    pub(crate) fn managing(
        &self,
        ownership: &Ownership,
        declared: DefinitionsSource,
        header: &Header,
        imported: &Imported,
        watch: &Watch,
    ) -> Result<Vec<SyncConfig>, Failure> {
        let mut settings = manifest::settings()?;
        let fences = [
            ("manifest", settings.environments.clone()),
            ("file", header.environments.clone()),
        ];
        if self.keys() == [ALL] && settings.environments.is_empty() {
            settings.environments.clone_from(&header.environments);
        }
        let owner = ownership.owner.clone().or(settings.owner.clone());
        let owner = owner.or_else(|| header.owner.clone());
        let owner = owner.or_else(|| declared.owner().map(str::to_owned));
        let owner = match owner {
            Some(owner) => Some(owner),
            None => segments_runtime::registry::owner()
                .map_err(ConfigError::Owners)?
                .map(str::to_owned),
        };
        if ownership.prune && owner.is_none() {
            return Err(ConfigError::PruneWithoutOwner.into());
        }
        let mut builder = self
            .builder(&settings, watch)?
            .owner(owner.unwrap_or_else(|| "segments-as-code".to_owned()))
            .prune(ownership.prune)
            .override_running(ownership.override_running)
            .strict(header.strict)
            // Somebody looks at the plan before anything goes.
            .prune_grace(Duration::ZERO)
            .look_for_former(true)
            .adoption(match ownership.adopt_when() {
                None | Some(Adopt::WhenSafe) => Adoption::WhenSafe,
                Some(Adopt::Always) => Adoption::Always,
                Some(Adopt::Never) => Adoption::Refuse,
                Some(Adopt::Skip) => Adoption::Skip,
            });
        for owner in &ownership.formerly {
            builder = builder.formerly(owner);
        }
        for key in ownership.adopted() {
            builder = builder.adopt(key);
        }
        for key in &ownership.only {
            builder = builder.only(key);
        }
        for resource in &ownership.retire {
            builder = builder.end(resource.clone(), End::Retire);
        }
        for resource in &ownership.let_go {
            builder = builder.end(resource.clone(), End::LetGo);
        }
        let revision = ownership.revision.or(settings.revision);
        if let Some(revision) = revision.or(declared.revision()) {
            builder = builder.revision(revision);
        }
        if let Some(segments) = ownership.max_deletions {
            builder = builder.max_deletions(segments);
        }
        if let Some(comment) = &ownership.comment {
            builder = builder.comment(comment);
        }
        let configs = self.each(builder, &settings, watch)?;
        for (where_, listed) in &fences {
            for config in &configs {
                fenced(config.environment(), listed, where_)?;
            }
        }
        let configs = configs.into_iter();
        let with_imported = configs.map(|config| {
            let (project, environment) = (config.project(), config.environment());
            config
                .with_imported(imported.versions(project.as_str(), environment.as_str()))
                .with_attributes(header.attributes.clone())
        });
        Ok(with_imported.collect())
    }

    /// Where project and environment come from.
    pub(crate) fn sources(&self, header: &Header) -> Result<Sources, Failure> {
        let settings = manifest::settings()?;
        let from = |given: bool, variable: &str, option: &str, set: bool| {
            // The command line and the variable reach us as one.
            if given && std::env::var(variable).is_ok_and(|value| !value.trim().is_empty()) {
                variable.to_owned()
            } else if given {
                option.to_owned()
            } else if set {
                "Cargo.toml".to_owned()
            } else {
                "default".to_owned()
            }
        };
        let project = from(
            set(self.project.clone()).is_some(),
            "LAUNCHDARKLY_PROJECT",
            "--project",
            settings.project.is_some(),
        );
        let environment = from(
            !self.keys().is_empty(),
            "LAUNCHDARKLY_ENVIRONMENT",
            "--environment",
            !settings.environments.is_empty(),
        );
        let listed = if self.keys() == [ALL] && !header.environments.is_empty() {
            " as the file lists them"
        } else {
            ""
        };
        Ok(Sources {
            project,
            environment: format!("{environment}{listed}"),
        })
    }

    fn builder(&self, settings: &Settings, watch: &Watch) -> Result<SyncConfigBuilder, Failure> {
        let heard = watch.clone();
        let mut builder = SyncConfig::builder()
            .program("cargo-segments", env!("CARGO_PKG_VERSION"))
            .deadline(Duration::from_secs(self.timeout))
            .progress(move |event: ProgressEvent<'_>| heard.hear(&event));
        if let Some(path) = &self.token_file {
            builder = builder.token(token(path)?);
        }
        if let Some(project) = set(self.project.clone()).or(settings.project.clone()) {
            builder = builder.project(project);
        }
        let address = self.base_uri.clone().map(|address| address.0);
        if let Some(uri) = set(address).or(settings.base_uri.clone()) {
            builder = builder.base_uri(uri);
        }
        Ok(builder)
    }

    fn each(
        &self,
        builder: SyncConfigBuilder,
        settings: &Settings,
        watch: &Watch,
    ) -> Result<Vec<SyncConfig>, Failure> {
        let mut keys = self.keys();
        if keys.is_empty() {
            keys.clone_from(&settings.environments);
        }
        if keys.is_empty() {
            return Ok(vec![builder.from_env().build()?]);
        }
        if keys == [ALL] && !settings.environments.is_empty() && settings.environments != [ALL] {
            keys.clone_from(&settings.environments);
        }
        if keys == [ALL] {
            // Reading the list needs no environment of its own.
            let config = builder.clone().environment("production");
            let config = config.from_env().build()?;
            let found = interruptible::run(watch, async { Ok(environments(&config).await?) })?;
            keys = found.iter().map(ToString::to_string).collect();
        }
        let configs = keys.into_iter().map(|key| {
            let builder = builder.clone().environment(key);
            Ok(builder.from_env().build()?)
        });
        configs.collect()
    }
}

/// Lets nobody go to an environment that is not listed, where environments are listed.
fn fenced(key: &EnvironmentKey, listed: &[String], where_: &'static str) -> Result<(), Failure> {
    let open = listed.is_empty() || listed == [ALL];
    if open || listed.iter().any(|one| *key == **one) {
        return Ok(());
    }
    Err(Failure::OutsideEnvironments {
        key: key.to_string(),
        where_,
        listed: listed.to_vec(),
    })
}

/// A variable that is set to nothing counts as not set.
fn set(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.trim().is_empty())
}

/// Reads a token, which is printed nowhere from then on. A file that others can read is refused, as
/// `ssh` refuses such keys.
pub(crate) fn token(path: &Path) -> Result<String, Failure> {
    let token = read_token(path)?;
    output::keep_secret(&token);
    Ok(token)
}

fn read_token(path: &Path) -> Result<String, Failure> {
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
