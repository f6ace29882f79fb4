//! Putting a configuration together, from code and from the environment.

use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, Resource};

use super::{
    Approvals, ConfigError, ContextKinds, End, Options, SyncConfig, SyncMode, Unreachable,
};
use crate::registry;
use crate::sync::background::Schedule;
use crate::sync::base_uri::{BaseUri, InvalidBaseUri};
use crate::sync::clock::Clock;
use crate::sync::history::History;
use crate::sync::ownership::{Adoption, Owner};
use crate::sync::progress::{Progress, ProgressEvent};
use crate::sync::prune::AtMost;
use crate::sync::retry::RetryPolicy;
use crate::sync::token::{AccessToken, InvalidToken};

/// Collects a [`SyncConfig`]. What is set in code stands, whatever the environment says.
#[derive(Debug, Clone, Default)]
pub struct SyncConfigBuilder {
    token: Option<Result<AccessToken, InvalidToken>>,
    base_uri: Option<Result<BaseUri, InvalidBaseUri>>,
    project: Option<String>,
    environment: Option<String>,
    owner: Option<String>,
    formerly: Vec<String>,
    options: Options,
}

impl SyncConfigBuilder {
    /// The access token.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(AccessToken::parse(token));
        self
    }

    /// The service's address. Plain `http` only to this machine: the token travels in clear.
    #[must_use]
    pub fn base_uri(mut self, uri: impl Into<String>) -> Self {
        self.base_uri = Some(BaseUri::parse(&uri.into()));
        self
    }

    /// The project's key; `default` if not set.
    #[must_use]
    pub fn project(mut self, key: impl Into<String>) -> Self {
        self.project = Some(key.into());
        self
    }

    /// The environment's key; `production` if not set.
    #[must_use]
    pub fn environment(mut self, key: impl Into<String>) -> Self {
        self.environment = Some(key.into());
        self
    }

    /// Takes what has not been set from the variables that [`SyncConfig::from_env`] lists.
    #[must_use]
    #[allow(
        clippy::wrong_self_convention,
        reason = "reads as `builder().from_env()`"
    )]
    pub fn from_env(self) -> Self {
        self.from_variables(|name| std::env::var(name).ok())
    }

    #[allow(clippy::wrong_self_convention, reason = "as `from_env`")]
    fn from_variables(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name| variable(name).filter(|value| !value.trim().is_empty());
        if self.token.is_none() {
            self.token = variable("LAUNCHDARKLY_ACCESS_TOKEN")
                .or_else(|| variable("LAUNCHDARKLY_API_TOKEN"))
                .map(AccessToken::parse);
        }
        self.project = self.project.or_else(|| variable("LAUNCHDARKLY_PROJECT"));
        self.environment = self
            .environment
            .or_else(|| variable("LAUNCHDARKLY_ENVIRONMENT"));
        self.base_uri = self
            .base_uri
            .or_else(|| variable("LAUNCHDARKLY_BASE_URI").map(|uri| BaseUri::parse(&uri)));
        self
    }

    /// What to do with what is found.
    #[must_use]
    pub fn mode(mut self, mode: SyncMode) -> Self {
        self.options.mode = mode;
        self
    }

    /// The program's name and version, for the audit log. The name is also the owner, if there is no
    /// other: `program(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))`.
    #[must_use]
    pub fn program(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.options.program = Some((name.into(), version.into()));
        self
    }

    /// Who the segments belong to: they carry the tag `managed-by.<owner>`. Programs that declare
    /// the same segments have the same owner; programs that declare others have another one.
    ///
    /// Without this it is what the declarations say with [`owner!`](crate::owner), which is the right
    /// place where several programs share them; else the name of the [`program`](Self::program); else
    /// `segments-as-code`.
    #[must_use]
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// A name that the owner had before: what carries its tag is this owner's, and gets the new tag.
    /// May be said several times. Say it of a name that nobody uses any more: two programs that each
    /// say it of the other take over from each other at every start.
    #[must_use]
    pub fn formerly(mut self, owner: impl Into<String>) -> Self {
        self.formerly.push(owner.into());
        self
    }

    /// The revision of the declarations, to be raised with each change of them. It is kept in the
    /// tag `rev.<n>.<digest>`; a program of a lower revision, or of none, leaves the segment alone
    /// and reports [`Superseded`](crate::sync::Outcome::Superseded). Of two programs with the same
    /// revision that declare something else, the second reports a
    /// [`Conflict`](crate::sync::Outcome::Conflict) and writes nothing. Writes are guarded by the
    /// segment's version, so that an older program that is just writing cannot win over a newer one
    /// either.
    #[must_use]
    pub fn revision(mut self, revision: u64) -> Self {
        self.options.revision = Some(revision);
        self
    }

    /// The revision of the declarations as a [`History`] tells it, so that nobody has to raise a number.
    #[must_use]
    pub fn history(self, history: &History) -> Self {
        self.revision(history.revision())
    }

    /// Why this is done, for the audit log: a commit or a pull request. What changed follows it.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.options.comment = Some(comment.into());
        self
    }

    /// What to do with segments that exist and carry no owner's tag.
    #[must_use]
    pub fn adoption(mut self, adoption: Adoption) -> Self {
        self.options.adoption = adoption;
        self
    }

    /// Writes over a rule on which LaunchDarkly runs an experiment, a guarded or a progressive rollout,
    /// or something that is not understood, which ends it. Without this, such an AI Config or flag is
    /// left alone and reported as [busy](crate::sync::Outcome::Busy).
    #[must_use]
    pub fn override_running(mut self, override_running: bool) -> Self {
        self.options.override_running = override_running;
        self
    }

    /// Returns whether segments that carry the owner's tag and are not declared any more are deleted. Needs
    /// an owner.
    ///
    /// Only what is proved goes: that no flag, segment or AI Config uses it, that it is this owner's
    /// alone, and that no newer declaration is in force, all of it by what the service answers right
    /// before the deletion. Nothing goes if nothing is declared, if more than
    /// [a share](Self::prune_at_most) would go at once, or before it is
    /// [old enough](Self::prune_grace). What stays is reported with
    /// [the reasons](crate::sync::Outcome::InUse).
    #[must_use]
    pub fn prune(mut self, prune: bool) -> Self {
        self.options.prune = prune;
        self
    }

    /// Ends what is declared no more: an AI Config or flag that this owner targeted once. Without this
    /// it is reported as [undeclared](crate::sync::Outcome::Undeclared), and its rules stay.
    #[must_use]
    pub fn end(mut self, resource: Resource, end: End) -> Self {
        self.options.ending.insert(resource, end);
        self
    }

    /// Looks for AI Configs and flags that this owner targeted once, and for its metrics and experiments, that are
    /// not declared, also where none is. A plan and a verification take one request more for each 50 AI Configs,
    /// metrics and experiments, and one for each 50 of these flags; a sync that applies does not look, but for
    /// metrics that it may [delete](Self::prune).
    #[must_use]
    pub fn look_for_former(mut self, look: bool) -> Self {
        self.options.look_for_former = look;
        self
    }

    /// Takes over this segment, whatever is in it, if nobody owns it. May be said several times.
    #[must_use]
    pub fn adopt(mut self, key: impl Into<String>) -> Self {
        self.options.adopted.insert(key.into());
        self
    }

    /// Plans and applies this segment only, or `flag/<key>`, or `ai-config/<key>`. May be said several
    /// times. Everything is read and checked as without this, and everything else stays as it is.
    #[must_use]
    pub fn only(mut self, key: impl Into<String>) -> Self {
        self.options.only.insert(key.into());
        self
    }

    /// Refuses a segment whose declaration leaves out a part that it declared before, unless it
    /// says that the part is [left to people](segments_model::Definition::unmanaged). Without this such
    /// parts are [told](crate::sync::SegmentReport::let_go) and stay as they are. A crate says it of
    /// all that it declares with [`strict!`](crate::strict).
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.options.strict = strict;
        self
    }

    /// The share of the owner's segments that may be deleted at once, in percent; 20 if not set. Two
    /// may always go. If it is more, none goes.
    #[must_use]
    pub fn prune_at_most(mut self, percent: u8) -> Self {
        self.options.prune_at_most = AtMost::Percent(percent.min(100));
        self
    }

    /// How many segments may be deleted at once, instead of a share. If it is more, none goes.
    #[must_use]
    pub fn max_deletions(mut self, segments: usize) -> Self {
        self.options.prune_at_most = AtMost::Count(segments);
        self
    }

    /// How old a segment has to be to be deleted; one hour if not set. In a deployment, replicas that
    /// know of a new segment run beside some that do not.
    #[must_use]
    pub fn prune_grace(mut self, grace: Duration) -> Self {
        self.options.prune_grace = grace;
        self
    }

    /// What to do about context kinds that the project does not have.
    #[must_use]
    pub fn context_kinds(mut self, kinds: ContextKinds) -> Self {
        self.options.kinds = kinds;
        self
    }

    /// What to do when changes need an approval.
    #[must_use]
    pub fn approvals(mut self, approvals: Approvals) -> Self {
        self.options.approvals = approvals;
        self
    }

    /// What to do when LaunchDarkly cannot be made to agree, and the program is not at fault.
    #[must_use]
    pub fn unreachable(mut self, unreachable: Unreachable) -> Self {
        self.options.unreachable = unreachable;
        self
    }

    /// How long the whole sync may take, waiting for the rate limit included; 10 seconds if not
    /// set. What is not done by then is reported as failed, and the next sync does it.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = deadline;
        self
    }

    /// How long one request may take; 5 seconds if not set.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_timeout = timeout;
        self
    }

    /// How many requests are under way at once; 8 if not set, at least 1.
    #[must_use]
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.options.concurrency = requests.max(1);
        self
    }

    /// When a request is sent again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = policy;
        self
    }

    /// When a sync in the background ([`spawn`](crate::sync::spawn())) is done again.
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.options.schedule = schedule;
        self
    }

    /// The value of the `LD-API-Version` header; `20240415` if not set.
    #[must_use]
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.options.api_version = version.into();
        self
    }

    /// Is told what happens while it happens.
    #[must_use]
    pub fn progress(
        mut self,
        progress: impl Fn(ProgressEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.options.progress = Progress::new(progress);
        self
    }

    /// Where the time of day and chance come from; for tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.options.clock = clock;
        self
    }

    /// Checks everything.
    pub fn build(self) -> Result<SyncConfig, ConfigError> {
        let mut options = self.options;
        let declared = match &self.owner {
            // Said here, it is not asked for there.
            Some(_) => None,
            None => registry::owner().map_err(ConfigError::Owners)?,
        };
        let owner = self
            .owner
            .or_else(|| declared.map(str::to_owned))
            .or_else(|| options.program.as_ref().map(|(name, _)| name.clone()));
        options.strict |= registry::is_strict();
        options.owner = owner
            .map(Owner::parse)
            .transpose()
            .map_err(ConfigError::Owner)?;
        let formerly = self.formerly.into_iter().map(Owner::parse);
        options.formerly = formerly
            .collect::<Result<_, _>>()
            .map_err(ConfigError::Owner)?;
        if options.prune && options.owner.is_none() {
            return Err(ConfigError::PruneWithoutOwner);
        }
        Ok(SyncConfig {
            token: self.token.ok_or(ConfigError::MissingToken)??,
            base_uri: self
                .base_uri
                .unwrap_or_else(|| Ok(BaseUri::default()))?
                .spoken()?,
            project: ProjectKey::parse(self.project.unwrap_or_else(|| "default".to_owned()))
                .map_err(ConfigError::Project)?,
            environment: EnvironmentKey::parse(
                self.environment.unwrap_or_else(|| "production".to_owned()),
            )
            .map_err(ConfigError::Environment)?,
            options,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<SyncConfig, ConfigError> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name);
        SyncConfig::builder()
            .from_variables(|name| find(name).map(|(_, value)| (*value).to_owned()))
            .build()
    }

    #[test]
    fn a_token_is_enough() {
        let config = from(&[("LAUNCHDARKLY_API_TOKEN", "api-1")]).unwrap();
        assert_eq!(config.project, "default");
        assert_eq!(config.environment, "production");
        assert_eq!(config.base_uri.to_string(), "https://app.launchdarkly.com");
        assert_eq!(config.owner().to_string(), "segments-as-code");
    }

    #[test]
    fn the_access_token_comes_before_the_api_token_and_empty_means_unset() {
        let one = ("LAUNCHDARKLY_ACCESS_TOKEN", "api-1");
        let two = ("LAUNCHDARKLY_API_TOKEN", "api-2");
        assert_eq!(from(&[two, one]).unwrap().token.header(), "api-1");
        let empty = ("LAUNCHDARKLY_ACCESS_TOKEN", " ");
        assert_eq!(from(&[two, empty]).unwrap().token.header(), "api-2");
    }

    #[test]
    fn code_stands_before_the_environment() {
        let builder = SyncConfig::builder().token("api-code").project("code");
        let config = builder
            .from_variables(|_| Some("other".to_owned()))
            .base_uri("http://localhost:1")
            .build()
            .unwrap();
        assert_eq!(config.project, "code");
        assert_eq!(config.environment, "other");
        assert_eq!(config.token.header(), "api-code");
    }

    #[test]
    fn errors_name_what_to_set() {
        let token = ("LAUNCHDARKLY_ACCESS_TOKEN", "api-1");
        for (variables, part) in [
            (vec![], "LAUNCHDARKLY_ACCESS_TOKEN"),
            (
                vec![token, ("LAUNCHDARKLY_PROJECT", "a b")],
                "LAUNCHDARKLY_PROJECT",
            ),
            (
                vec![token, ("LAUNCHDARKLY_ENVIRONMENT", "a/b")],
                "LAUNCHDARKLY_ENVIRONMENT",
            ),
            (
                vec![token, ("LAUNCHDARKLY_BASE_URI", "http://example.com")],
                "LAUNCHDARKLY_BASE_URI",
            ),
        ] {
            let error = from(&variables).unwrap_err().to_string();
            assert!(error.contains(part) && !error.contains("api-1"), "{error}");
        }
    }

    #[test]
    fn pruning_needs_an_owner() {
        let builder = SyncConfig::builder().token("api-1").prune(true);
        assert!(matches!(
            builder.clone().build(),
            Err(ConfigError::PruneWithoutOwner)
        ));
        let config = builder.program("checkout", "1.2.0").build().unwrap();
        assert_eq!(config.owner().to_string(), "checkout");
    }
}
