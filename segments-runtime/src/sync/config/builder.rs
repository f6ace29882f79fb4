//! Building a configuration from code and from the environment.

use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, Resource};

use super::at_most::AtMost;
use super::{
    Approvals, ConfigError, ContextKinds, End, Options, SyncConfig, SyncMode, Unreachable,
};
use crate::registry;
use crate::sync::base_uri::{BaseUri, InvalidBaseUri};
use crate::sync::clock::Clock;
use crate::sync::history::History;
use crate::sync::ownership::{Adoption, Owner};
use crate::sync::progress::{Progress, ProgressEvent};
use crate::sync::retry::RetryPolicy;
use crate::sync::schedule::Schedule;
use crate::sync::token::{AccessToken, InvalidToken};

/// Builds a [`SyncConfig`]. Settings in code take precedence over environment variables.
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

impl SyncConfig {
    /// Creates a builder with default settings.
    #[must_use]
    pub fn builder() -> SyncConfigBuilder {
        SyncConfigBuilder::default()
    }
}

impl SyncConfigBuilder {
    /// Sets the access token.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(AccessToken::parse(token));
        self
    }

    /// Sets the service's address. Plain `http` is only allowed to this machine, because it sends the
    /// token unencrypted.
    #[must_use]
    pub fn base_uri(mut self, uri: impl Into<String>) -> Self {
        self.base_uri = Some(BaseUri::parse(&uri.into()));
        self
    }

    /// Sets the project's key; default: `default`.
    #[must_use]
    pub fn project(mut self, key: impl Into<String>) -> Self {
        self.project = Some(key.into());
        self
    }

    /// Sets the environment's key; default: `production`.
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

    /// Sets what to do with differences.
    #[must_use]
    pub fn mode(mut self, mode: SyncMode) -> Self {
        self.options.mode = mode;
        self
    }

    /// Sets the program's name and version, for the audit log. The name is also the owner, if no other is
    /// set: `program(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))`.
    #[must_use]
    pub fn program(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.options.program = Some((name.into(), version.into()));
        self
    }

    /// Sets the owner of the segments, which carry the tag `managed-by.<owner>`. Programs that declare
    /// the same segments have the same owner; programs that declare different segments have different
    /// owners.
    ///
    /// The default is the owner that the declarations name with [`owner!`](crate::owner), which is the
    /// right place if several programs share them; else the name of the [`program`](Self::program); else
    /// `segments-as-code`.
    #[must_use]
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Adds a former name of the owner: segments with its tag belong to this owner, and get the new tag.
    /// May be called several times. Use a name that no program uses anymore: two programs that each name
    /// the other take over from each other at every start.
    #[must_use]
    pub fn formerly(mut self, owner: impl Into<String>) -> Self {
        self.formerly.push(owner.into());
        self
    }

    /// Sets the revision of the declarations, to be raised with each change. It is kept in the tag
    /// `rev.<n>.<digest>`; a program with a lower revision, or none, leaves the segment alone and reports
    /// [`Superseded`](crate::sync::Outcome::Superseded). If two programs have the same revision but
    /// different declarations, the second reports a [`Conflict`](crate::sync::Outcome::Conflict) and
    /// writes nothing. Writes are guarded by the segment's version, so an older program that is writing
    /// at the same time cannot win over a newer one either.
    #[must_use]
    pub fn revision(mut self, revision: u64) -> Self {
        self.options.revision = Some(revision);
        self
    }

    /// Sets the revision of the declarations from a [`History`], so that nobody has to raise a number.
    #[must_use]
    pub fn history(self, history: &History) -> Self {
        self.revision(history.revision())
    }

    /// Sets the reason for the changes, for the audit log: a commit or a pull request. The changes follow
    /// it.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.options.comment = Some(comment.into());
        self
    }

    /// Sets what to do with segments that exist and have no owner's tag.
    #[must_use]
    pub fn adoption(mut self, adoption: Adoption) -> Self {
        self.options.adoption = adoption;
        self
    }

    /// Writes even if LaunchDarkly runs an experiment, a guarded rollout, a progressive rollout, or
    /// something unknown on a rule, which ends it. Without this, such an AI Config or flag is left alone
    /// and reported as [busy](crate::sync::Outcome::Busy).
    #[must_use]
    pub fn override_running(mut self, override_running: bool) -> Self {
        self.options.override_running = override_running;
        self
    }

    /// Sets whether to delete segments that carry the owner's tag and are no longer declared. Needs an
    /// owner.
    ///
    /// A segment is deleted only if the service's answers, read right before the deletion, prove that no
    /// flag, segment or AI Config uses it, that it belongs to this owner alone, and that no newer
    /// declaration is in force. Nothing is deleted if nothing is declared, if more than [a
    /// share](Self::prune_at_most) would be deleted at once, or before a segment is [old
    /// enough](Self::prune_grace). A segment that stays is reported with [the
    /// reasons](crate::sync::Outcome::InUse).
    #[must_use]
    pub fn prune(mut self, prune: bool) -> Self {
        self.options.prune = prune;
        self
    }

    /// Ends an AI Config or flag that this owner targeted before and that is no longer declared. Without
    /// this it is reported as [undeclared](crate::sync::Outcome::Undeclared), and its rules stay.
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

    /// Takes over this segment, whatever its contents, if it has no owner. May be called several times.
    #[must_use]
    pub fn adopt(mut self, key: impl Into<String>) -> Self {
        self.options.adopted.insert(key.into());
        self
    }

    /// Plans and applies only this segment, or `flag/<key>`, or `ai-config/<key>`. May be called several
    /// times. Everything is read and checked as usual, and everything else stays as it is.
    #[must_use]
    pub fn only(mut self, key: impl Into<String>) -> Self {
        self.options.only.insert(key.into());
        self
    }

    /// Refuses a segment whose declaration leaves out a part that it declared before, unless the
    /// declaration [leaves the part to people](segments_model::Definition::unmanaged). Without this such
    /// parts are [reported](crate::sync::SegmentReport::let_go) and stay as they are. To set this for all
    /// declarations of a crate, use [`strict!`](crate::strict).
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.options.strict = strict;
        self
    }

    /// Sets the share of the owner's segments that may be deleted at once, in percent, at most 100; default: 20. Two
    /// may always be deleted. If there are more, none is deleted.
    #[must_use]
    pub fn prune_at_most(mut self, percent: u8) -> Self {
        self.options.prune_at_most = AtMost::Percent(percent);
        self
    }

    /// Sets the number of segments that may be deleted at once, instead of a share. If there are more,
    /// none is deleted.
    #[must_use]
    pub fn max_deletions(mut self, segments: usize) -> Self {
        self.options.prune_at_most = AtMost::Count(segments);
        self
    }

    /// Sets the minimum age of a segment to delete; default: one hour. During a deployment, replicas that
    /// know a new segment run beside replicas that do not.
    #[must_use]
    pub fn prune_grace(mut self, grace: Duration) -> Self {
        self.options.prune_grace = grace;
        self
    }

    /// Sets what to do about context kinds that the project does not have.
    #[must_use]
    pub fn context_kinds(mut self, kinds: ContextKinds) -> Self {
        self.options.kinds = kinds;
        self
    }

    /// Sets what to do if changes need an approval.
    #[must_use]
    pub fn approvals(mut self, approvals: Approvals) -> Self {
        self.options.approvals = approvals;
        self
    }

    /// Sets what to do if LaunchDarkly cannot be made to match, and the program is not at fault.
    #[must_use]
    pub fn unreachable(mut self, unreachable: Unreachable) -> Self {
        self.options.unreachable = unreachable;
        self
    }

    /// Sets the deadline of the whole sync, including waits for the rate limit; default: 10 seconds.
    /// Changes that are not made by then are reported as failed, and the next sync makes them.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = deadline;
        self
    }

    /// Sets the timeout of one request; default: 5 seconds.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_timeout = timeout;
        self
    }

    /// Sets the number of concurrent requests; default: 8, at least 1.
    #[must_use]
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.options.concurrency = requests;
        self
    }

    /// Sets the retry policy of requests.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = policy;
        self
    }

    /// Sets the schedule of a sync in the background ([`spawn`](crate::sync::spawn())).
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.options.schedule = schedule;
        self
    }

    /// Sets the value of the `LD-API-Version` header; default: `20240415`.
    #[must_use]
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.options.api_version = version.into();
        self
    }

    /// Calls this function with progress events.
    #[must_use]
    pub fn progress(
        mut self,
        progress: impl Fn(ProgressEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.options.progress = Progress::new(progress);
        self
    }

    /// Sets the source of the time of day and of randomness; for tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.options.clock = clock;
        self
    }

    /// Checks all settings.
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
        if let AtMost::Percent(percent @ 101..) = options.prune_at_most {
            return Err(ConfigError::PruneAtMost(percent));
        }
        if options.concurrency == 0 {
            return Err(ConfigError::Concurrency);
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
    fn limits_that_no_sync_can_keep_are_refused() {
        let build = |set: fn(SyncConfigBuilder) -> SyncConfigBuilder| {
            let built = set(SyncConfig::builder().token("api-1")).build();
            built.map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(
            build(|it| it.concurrency(0)).unwrap_err(),
            "`concurrency` is 0, so no request could be sent; set at least 1"
        );
        assert_eq!(
            build(|it| it.prune_at_most(200)).unwrap_err(),
            "`prune_at_most` is 200%, which is more than all segments; set at most 100, or a number of segments with `max_deletions`"
        );
        assert_eq!(build(|it| it.concurrency(1).prune_at_most(100)), Ok(()));
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
