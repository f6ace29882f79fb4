//! The configuration of a sync: the target, the identity, and permissions.

mod at_most;
mod builder;
mod choice;
mod error;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use segments_model::algebra::KnownAttributes;
use segments_model::{EnvironmentKey, ProjectKey, Resource, wire};

pub use builder::SyncConfigBuilder;
pub use choice::{Approvals, ContextKinds, End, SyncMode, Unreachable};
pub use error::ConfigError;

use super::base_uri::BaseUri;
use super::clock::Clock;
use super::ownership::{Adoption, Claimant, Owner};
use super::progress::Progress;
use super::retry::RetryPolicy;
use super::schedule::Schedule;
use super::token::AccessToken;
pub(crate) use at_most::AtMost;

/// The configuration of a sync. Made by [`SyncConfig::from_env`] or [`SyncConfig::builder`].
///
/// ```
/// use segments_runtime::sync::{SyncConfig, SyncMode};
///
/// let config = SyncConfig::builder()
///     .token("api-0000")
///     .project("shop")
///     .environment("staging")
///     .program(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
///     .mode(SyncMode::Verify)
///     .build()?;
/// assert_eq!(config.project().as_str(), "shop");
/// # Ok::<(), segments_runtime::sync::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SyncConfig {
    pub(crate) token: AccessToken,
    pub(crate) base_uri: BaseUri,
    pub(crate) project: ProjectKey,
    pub(crate) environment: EnvironmentKey,
    pub(crate) options: Options,
}

/// The choices that are right or wrong for a team, but always valid.
#[allow(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) mode: SyncMode,
    pub(crate) owner: Option<Owner>,
    pub(crate) formerly: Vec<Owner>,
    pub(crate) program: Option<(String, String)>,
    pub(crate) revision: Option<u64>,
    pub(crate) comment: Option<String>,
    pub(crate) adoption: Adoption,
    pub(crate) override_running: bool,
    pub(crate) imported: BTreeMap<String, u64>,
    pub(crate) prune: bool,
    pub(crate) strict: bool,
    pub(crate) prune_at_most: AtMost,
    pub(crate) prune_grace: Duration,
    pub(crate) ending: BTreeMap<Resource, End>,
    pub(crate) look_for_former: bool,
    pub(crate) adopted: BTreeSet<String>,
    pub(crate) only: BTreeSet<String>,
    pub(crate) kinds: ContextKinds,
    pub(crate) approvals: Approvals,
    pub(crate) unreachable: Unreachable,
    pub(crate) deadline: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) concurrency: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) schedule: Schedule,
    pub(crate) api_version: String,
    pub(crate) progress: Progress,
    pub(crate) clock: Clock,
    pub(crate) attributes: KnownAttributes,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: SyncMode::default(),
            owner: None,
            formerly: Vec::new(),
            program: None,
            revision: None,
            comment: None,
            adoption: Adoption::default(),
            override_running: false,
            imported: BTreeMap::new(),
            prune: false,
            strict: false,
            prune_at_most: AtMost::Percent(20),
            prune_grace: Duration::from_hours(1),
            ending: BTreeMap::new(),
            look_for_former: false,
            adopted: BTreeSet::new(),
            only: BTreeSet::new(),
            kinds: ContextKinds::default(),
            approvals: Approvals::default(),
            unreachable: Unreachable::default(),
            deadline: Duration::from_secs(10),
            request_timeout: Duration::from_secs(5),
            concurrency: 8,
            retry: RetryPolicy::default(),
            schedule: Schedule::default(),
            api_version: "20240415".to_owned(),
            progress: Progress::default(),
            clock: Clock::default(),
            attributes: KnownAttributes::default(),
        }
    }
}

impl Options {
    /// The treatment of a segment without an owner.
    pub(crate) fn adoption_of(&self, key: &str) -> Adoption {
        if self.adopted.contains(key) {
            Adoption::Always
        } else {
            self.adoption
        }
    }

    /// Returns whether an AI Config or a flag is exactly as it was when the declarations were imported.
    pub(crate) fn is_targeting_as_imported(
        &self,
        resource: &Resource,
        remote: &wire::Targeting,
    ) -> bool {
        self.imported.get(&resource.path()) == Some(&remote.version)
    }

    /// Returns whether a segment is exactly as it was when the declarations were imported.
    pub(crate) fn is_as_imported(&self, remote: &wire::Segment) -> bool {
        self.imported.get(&remote.key) == Some(&remote.version)
    }
}

impl SyncConfig {
    /// Reads the environment variables of the process.
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `LAUNCHDARKLY_ACCESS_TOKEN`, else `LAUNCHDARKLY_API_TOKEN` | the access token | none: an error |
    /// | `LAUNCHDARKLY_PROJECT` | the project's key | `default` |
    /// | `LAUNCHDARKLY_ENVIRONMENT` | the environment's key | `production` |
    /// | `LAUNCHDARKLY_BASE_URI` | the service's address | `https://app.launchdarkly.com` |
    ///
    /// An empty variable counts as not set.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::builder().from_env().build()
    }

    /// Returns the project.
    pub fn project(&self) -> &ProjectKey {
        &self.project
    }

    /// Returns the environment.
    pub fn environment(&self) -> &EnvironmentKey {
        &self.environment
    }

    /// Returns the configuration for another environment of the project.
    #[must_use]
    pub fn with_environment(&self, environment: EnvironmentKey) -> Self {
        Self {
            environment,
            ..self.elsewhere()
        }
    }

    /// Returns the configuration for another project.
    #[must_use]
    pub fn with_project(&self, project: ProjectKey) -> Self {
        Self {
            project,
            ..self.elsewhere()
        }
    }

    /// Versions of segments belong to one environment.
    fn elsewhere(&self) -> Self {
        let mut config = self.clone();
        config.options.imported.clear();
        config
    }

    /// Returns the configuration with another mode.
    #[must_use]
    pub fn with_mode(&self, mode: SyncMode) -> Self {
        let mut config = self.clone();
        config.options.mode = mode;
        config
    }

    /// Returns the configuration with another handling of approvals.
    #[must_use]
    pub fn with_approvals(&self, approvals: Approvals) -> Self {
        let mut config = self.clone();
        config.options.approvals = approvals;
        config
    }

    /// Returns the configuration with the segments of this environment from which the declarations were
    /// imported, each with the version that was read.
    ///
    /// Under [`Adoption::WhenSafe`], a segment without an owner that still has that version counts as
    /// unchanged while it is as declared, and is taken over with the first change of its declaration,
    /// because the author of the declaration has seen its contents. A segment that somebody changed since
    /// is treated like any other. `cargo segments import` records the versions.
    #[must_use]
    pub fn with_imported<K: Into<String>>(
        &self,
        versions: impl IntoIterator<Item = (K, u64)>,
    ) -> Self {
        let mut config = self.clone();
        let versions = versions.into_iter();
        config.options.imported = versions
            .map(|(key, version)| (key.into(), version))
            .collect();
        config
    }

    /// Returns the configuration with known attributes of contexts. Types that derive
    /// [`Context`](crate::Context) in this program are always known. The more is known, the more effects
    /// of a plan can be proved.
    #[must_use]
    pub fn with_attributes(&self, attributes: KnownAttributes) -> Self {
        let mut config = self.clone();
        config.options.attributes = attributes;
        config
    }

    /// Returns the owner's name, which follows `managed-by.` on the segments of this program.
    pub fn owner(&self) -> Owner {
        self.options.owner.clone().unwrap_or_default()
    }

    /// Returns the service's address.
    pub fn base_uri(&self) -> String {
        self.base_uri.to_string()
    }

    /// Returns the revision of the declarations.
    pub fn revision(&self) -> Option<u64> {
        self.options.revision
    }

    pub(crate) fn claimant(&self) -> Claimant {
        Claimant {
            owner: self.owner(),
            formerly: self.options.formerly.clone(),
        }
    }

    /// Returns the project and the environment, as in `shop/production`.
    pub fn scope(&self) -> String {
        format!("{}/{}", self.project, self.environment)
    }
}
