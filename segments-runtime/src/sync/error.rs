//! Errors, and what to do about them.

use std::fmt::{self, Write as _};
use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, Visible, did_you_mean};
use thiserror::Error;

use crate::registry::RegistryError;

use super::config::ConfigError;
use super::failed::FailedRequest;
use super::report::Report;
use super::runtime::NoRuntime;

/// The reason why a sync failed. Errors after the first response carry the [report](Self::report), which
/// has the outcome of every segment.
#[derive(Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The configuration is incomplete or invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The program's segments do not fit together; nothing was sent.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The definitions contradict each other; nothing was sent.
    #[error(transparent)]
    Definitions(#[from] DefinitionsError),
    /// The environment could not be read; nothing was written.
    #[error("cannot read `{scope}`: {error}")]
    Read {
        /// The project and the environment.
        scope: String,
        /// The request that failed.
        #[source]
        error: Box<FailedRequest>,
    },
    /// There is no experiment to start or stop; nothing was sent.
    #[error("`{scope}` has no experiment `{key}`; sync it first")]
    NoExperiment {
        /// Its key.
        key: String,
        /// The project and the environment.
        scope: String,
    },
    /// The experiment has no such treatment, or the service does not list its treatments; nothing was
    /// sent.
    #[error(
        "experiment `{key}` has no such treatment to serve when it stops; name the winner by the key of a variation"
    )]
    NoTreatment {
        /// The experiment's key.
        key: String,
    },
    /// The access token may not see the SDK key of the environment; nothing was read.
    #[error(
        "the access token may not see the SDK key of the environment; set LAUNCHDARKLY_SDK_KEY, or give the token a role that allows `viewSdkKey`"
    )]
    NoSdkKey,
    /// The plan was made for another place or owner; nothing was sent.
    #[error(
        "the plan was made for the {what} `{planned}`, and this would apply it to `{given}`; make another plan"
    )]
    PlanElsewhere {
        /// The setting that differs.
        what: &'static str,
        /// The target of the plan.
        planned: String,
        /// The target that it would be applied to.
        given: String,
    },
    /// There is no Tokio runtime, or it lacks a timer or a network driver.
    #[error(
        "cannot sync without a Tokio runtime: {0}; call it from one that is built with `enable_all`, or call `sync::blocking`"
    )]
    Runtime(#[source] std::io::Error),
    /// LaunchDarkly was not reached, so the state of its segments is unknown.
    #[error("cannot confirm that anything is in sync: {}", Unreached(.0))]
    NotReached(Box<Report>),
    /// Some segments are not as declared. All others are settled.
    #[error("{} of {} {} are not as declared:\n{}", .0.failures().count(), .0.settled().count(), .0.subject(), Failures(.0))]
    Incomplete(Box<Report>),
    /// Some segments are not confirmed to be as declared: they differ, are left to others, or wait.
    #[error("{} of {} {} differ from the declarations, or may:\n{}", .0.out_of_sync().count(), .0.settled().count(), .0.subject(), OutOfSync(.0))]
    Drift(Box<Report>),
}

segments_model::readable_debug! {
    enum SyncError {
        Config(error),
        Registry(error),
        Definitions(error),
        Read { scope, error },
        NoExperiment { key, scope },
        NoTreatment { key },
        NoSdkKey,
        PlanElsewhere { what, planned, given },
        Runtime(error),
        NotReached(report),
        Incomplete(report),
        Drift(report),
    }
}

impl From<NoRuntime> for SyncError {
    fn from(NoRuntime(error): NoRuntime) -> Self {
        SyncError::Runtime(error)
    }
}

impl SyncError {
    /// Returns the outcome of every segment, if the environment was read.
    pub fn report(&self) -> Option<&Report> {
        match self {
            SyncError::Incomplete(report)
            | SyncError::Drift(report)
            | SyncError::NotReached(report) => Some(report),
            SyncError::Config(_)
            | SyncError::Registry(_)
            | SyncError::Definitions(_)
            | SyncError::Read { .. }
            | SyncError::NoExperiment { .. }
            | SyncError::NoTreatment { .. }
            | SyncError::NoSdkKey
            | SyncError::PlanElsewhere { .. }
            | SyncError::Runtime(_) => None,
        }
    }

    /// Returns whether the error is the program's own mistake: its configuration, token, role, or
    /// declarations.
    pub fn is_own_mistake(&self) -> bool {
        match self {
            SyncError::Config(_)
            | SyncError::Registry(_)
            | SyncError::Definitions(_)
            | SyncError::NoExperiment { .. }
            | SyncError::NoTreatment { .. }
            | SyncError::NoSdkKey
            | SyncError::PlanElsewhere { .. }
            | SyncError::Runtime(_) => true,
            SyncError::Read { error, .. } => error.error.is_own_mistake(),
            SyncError::Incomplete(report) => {
                report.failures().any(|it| it.outcome.is_own_mistake())
            }
            SyncError::NotReached(_) | SyncError::Drift(_) => false,
        }
    }

    /// Returns whether it would be the same the next time, whatever anybody does outside this program.
    pub(crate) fn is_final(&self) -> bool {
        matches!(
            self,
            SyncError::Config(_)
                | SyncError::Registry(_)
                | SyncError::Definitions(_)
                | SyncError::NoSdkKey
                | SyncError::PlanElsewhere { .. }
                | SyncError::Runtime(_)
        )
    }

    /// Returns the failed request, if a single request stopped everything.
    pub fn request(&self) -> Option<&RequestError> {
        match self {
            SyncError::Read { error, .. } => Some(&error.error),
            SyncError::NotReached(report) => Some(&report.cause.as_deref()?.error),
            _ => None,
        }
    }
}

struct Unreached<'a>(&'a Report);

impl fmt::Display for Unreached<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Some(cause) => cause.fmt(f),
            None => f.write_str("LaunchDarkly was not reached"),
        }
    }
}

struct Failures<'a>(&'a Report);

impl fmt::Display for Failures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, self.0.failures())
    }
}

struct OutOfSync<'a>(&'a Report);

impl fmt::Display for OutOfSync<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, self.0.out_of_sync())?;
        for (index, finding) in self.0.prompts.iter().enumerate() {
            if index > 0 || self.0.out_of_sync().next().is_some() {
                writeln!(f)?;
            }
            write!(Visible(&mut *f), "  {finding}")?;
        }
        Ok(())
    }
}

fn lines<'a>(
    f: &mut fmt::Formatter<'_>,
    settled: impl Iterator<Item = super::ReportItem<'a>>,
) -> fmt::Result {
    for (index, segment) in settled.enumerate() {
        if index > 0 {
            writeln!(f)?;
        }
        write!(f, "  {segment}")?;
    }
    Ok(())
}

/// The reason why a set of definitions cannot be synced as a whole.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DefinitionsError {
    /// Two declarations are of one segment, AI Config, flag, metric or experiment.
    #[error("`{0}` is declared twice; declare it once")]
    Duplicate(String),
    /// Segment references form a cycle, which makes every flag that uses one of them fail.
    #[error("segment references form a cycle: {}; remove one of these clauses", .0.join(" -> "))]
    Cycle(Vec<String>),
    /// The declarations name every environment that there is, and this is none of them.
    #[error(
        "`{declared}` is declared for the environments {}, but not for `{environment}`; check LAUNCHDARKLY_ENVIRONMENT, or add a declaration for it", listed(.known)
    )]
    UnknownEnvironment {
        /// The declaration: a segment, an AI Config or a flag.
        declared: String,
        /// The environment that was to be synced.
        environment: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// An AI Config or flag that is to end is still declared.
    #[error("{0} is declared; remove its declaration before it is retired")]
    StillDeclared(String),
    /// The plan is limited to something that does not exist.
    #[error("`{key}` is neither declared nor this owner's{}", or_how(.meant.as_deref()))]
    UnknownOnly {
        /// The key that was given.
        key: String,
        /// The key that was probably meant.
        meant: Option<String>,
    },
}

fn or_how(meant: Option<&str>) -> String {
    match meant {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => {
            "; name a segment by its key, others as `flag/<key>`, `ai-config/<key>`, `metric/<key>` or `experiment/<key>`".to_owned()
        }
    }
}

fn listed(keys: &[String]) -> String {
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    keys.join(", ")
}

segments_model::readable_debug! {
    enum DefinitionsError {
        Duplicate(name),
        Cycle(keys),
        UnknownEnvironment { declared, environment, known },
        StillDeclared(resource),
        UnknownOnly { key, meant },
    }
}

/// The service's own words when it refused a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The service's code, such as `invalid_request`.
    pub code: Option<String>,
    /// The service's message.
    pub message: Option<String>,
    /// The request's identifier in the service's logs.
    pub id: Option<String>,
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        if let Some(id) = &self.id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

/// The reason why a request failed.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// No connection was made, so nothing was sent.
    #[error("cannot reach {host}: {cause}; check LAUNCHDARKLY_BASE_URI and the network")]
    Unreachable {
        /// The address.
        host: String,
        /// The system's message.
        cause: String,
    },
    /// The request was sent, and no complete response arrived.
    #[error(
        "connection to {host} lost before the full response: {cause}; the request may have taken effect"
    )]
    ResponseLost {
        /// The address.
        host: String,
        /// The system's message.
        cause: String,
    },
    /// The deadline of the sync has passed.
    #[error(
        "not done within the deadline of {0:?}; the next sync continues from here, or set a longer `deadline` (`--timeout`)"
    )]
    Deadline(Duration),
    /// The response is a redirect. It is not followed, because the token would go with the request.
    #[error(
        "the service answered {status}, a redirect to `{location}`; set LAUNCHDARKLY_BASE_URI to the final address"
    )]
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Where it points.
        location: String,
    },
    /// The response is not the JSON that the service's documentation promises.
    #[error(
        "the answer ({status}, {content_type}) is not from LaunchDarkly: {cause}; check that LAUNCHDARKLY_BASE_URI is the address of its API"
    )]
    UnexpectedResponse {
        /// The HTTP status.
        status: u16,
        /// The content type of the response.
        content_type: String,
        /// Why it could not be read.
        cause: String,
    },
    /// The response is endless, larger than 64 MB, or has too many values or pages. The rest is not read.
    #[error(
        "the answer ({status}) is larger than LaunchDarkly's; check that LAUNCHDARKLY_BASE_URI is the address of its API"
    )]
    ResponseTooLarge {
        /// The HTTP status.
        status: u16,
    },
    /// The token is not accepted (401).
    #[error(
        "the access token is not accepted ({0}); set LAUNCHDARKLY_ACCESS_TOKEN to a token of this account that has not been revoked"
    )]
    Unauthorized(ServiceError),
    /// The token's role does not allow it (403).
    #[error("the access token may not do this ({0}); give the token a role that allows it")]
    Forbidden(ServiceError),
    /// The environment requires approval for the change (403; for flags 405).
    #[error(
        "the change needs an approval ({0}); request one, or let the token's role bypass it (for segments: bypassRequiredSegmentApproval)"
    )]
    ApprovalRequired(ServiceError),
    /// The resource does not exist (404).
    #[error(
        "not found ({0}); check LAUNCHDARKLY_PROJECT and LAUNCHDARKLY_ENVIRONMENT, and that the token can see them"
    )]
    NotFound(ServiceError),
    /// The project does not exist, or the token cannot see it (404).
    #[error("{0}")]
    NoProject(Box<NoProject>),
    /// The project has no such environment (404).
    #[error("{0}")]
    NoEnvironment(Box<NoEnvironment>),
    /// A segment of this key exists (409).
    #[error("the segment already exists ({0})")]
    KeyExists(ServiceError),
    /// Somebody else wrote at the same moment (409).
    #[error("somebody else changed the segment at the same moment ({0}); sync again")]
    Conflict(ServiceError),
    /// LaunchDarkly runs an experiment or a rollout on the resource of the request (409).
    #[error(
        "LaunchDarkly runs an experiment or a rollout there ({0}); end it, or leave the rule undeclared"
    )]
    Running(ServiceError),
    /// Too many requests (429), and no time left to wait.
    #[error("too many requests ({refusal}); the next sync continues, or set a longer `deadline`")]
    RateLimited {
        /// The service's refusal.
        refusal: ServiceError,
        /// How long it asked to wait, if it did.
        wait: Option<Duration>,
    },
    /// The service's rate limit leaves no request before the deadline; nothing was sent.
    #[error(
        "the rate limit is used up for another {wait:?}, after the deadline; the next sync continues, or set a longer `deadline`"
    )]
    NoBudget {
        /// How long until there is one.
        wait: Duration,
    },
    /// The service failed repeatedly (5xx).
    #[error("LaunchDarkly returned a server error ({0}); retry later")]
    Server(ServiceError),
    /// Any other refusal.
    #[error("the service refused the request ({0})")]
    Refused(ServiceError),
}

segments_model::readable_debug! {
    enum RequestError {
        Unreachable { host, cause },
        ResponseLost { host, cause },
        Deadline(deadline),
        Redirect { status, location },
        UnexpectedResponse { status, content_type, cause },
        ResponseTooLarge { status },
        Unauthorized(refusal),
        Forbidden(refusal),
        ApprovalRequired(refusal),
        NotFound(refusal),
        NoProject(which),
        NoEnvironment(which),
        KeyExists(refusal),
        Conflict(refusal),
        Running(refusal),
        RateLimited { refusal, wait },
        NoBudget { wait },
        Server(refusal),
        Refused(refusal),
    }
}

/// A project that does not exist, or that the token cannot see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoProject {
    /// The key that was asked for.
    pub project: ProjectKey,
    /// The service's refusal.
    pub refusal: ServiceError,
}

impl fmt::Display for NoProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, refusal } = self;
        write!(
            f,
            "there is no project `{project}`, or the token cannot see it ({refusal}); set LAUNCHDARKLY_PROJECT to the key of a project, which is in the address of its pages"
        )
    }
}

/// A project without the environment that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoEnvironment {
    /// The project.
    pub project: ProjectKey,
    /// The key that was asked for.
    pub environment: EnvironmentKey,
    /// Those that the project has, in the order of the service.
    pub known: Vec<EnvironmentKey>,
    /// The service's refusal.
    pub refusal: ServiceError,
}

impl fmt::Display for NoEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            project,
            environment,
            known,
            refusal,
        } = self;
        let known = one_of(environment, known);
        write!(
            f,
            "project `{project}` has no environment `{environment}` ({refusal}); set LAUNCHDARKLY_ENVIRONMENT to {known}"
        )
    }
}

/// The environments to choose from: the one that was probably meant, or the first ones.
fn one_of(wrong: &EnvironmentKey, known: &[EnvironmentKey]) -> String {
    const MOST: usize = 8;
    let keys = || known.iter().map(EnvironmentKey::as_str);
    let begins = keys().find(|key| key.starts_with(wrong.as_str()));
    if let Some(meant) = begins.or_else(|| did_you_mean(wrong.as_str(), keys())) {
        return format!("`{meant}`");
    }
    if known.is_empty() {
        return "one that the token can see".to_owned();
    }
    let mut shown: Vec<String> = keys().take(MOST).map(|key| format!("`{key}`")).collect();
    if known.len() > MOST {
        shown.push("another".to_owned());
    }
    let last = shown.pop().unwrap_or_default();
    match &shown[..] {
        [] => last,
        some => format!("{} or {last}", some.join(", ")),
    }
}

/// The known effect of a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It had none, and may be sent again.
    None,
    /// It may have had one.
    Unknown,
    /// It had none, and will have none if it is sent again.
    Refused,
}

impl RequestError {
    /// Returns the service's own words, if it sent any.
    pub fn refusal(&self) -> Option<&ServiceError> {
        match self {
            Self::Unauthorized(refusal)
            | Self::Forbidden(refusal)
            | Self::ApprovalRequired(refusal)
            | Self::NotFound(refusal)
            | Self::KeyExists(refusal)
            | Self::Conflict(refusal)
            | Self::Running(refusal)
            | Self::RateLimited { refusal, .. }
            | Self::Server(refusal)
            | Self::Refused(refusal) => Some(refusal),
            Self::NoProject(which) => Some(&which.refusal),
            Self::NoEnvironment(which) => Some(&which.refusal),
            Self::Unreachable { .. }
            | Self::ResponseLost { .. }
            | Self::Deadline(_)
            | Self::NoBudget { .. }
            | Self::Redirect { .. }
            | Self::UnexpectedResponse { .. }
            | Self::ResponseTooLarge { .. } => None,
        }
    }

    pub(crate) fn effect(&self) -> Effect {
        match self {
            Self::Unreachable { .. } | Self::RateLimited { .. } => Effect::None,
            Self::ResponseLost { .. } | Self::UnexpectedResponse { .. } | Self::Server(_) => {
                Effect::Unknown
            }
            Self::Deadline(_)
            | Self::NoBudget { .. }
            | Self::Redirect { .. }
            | Self::ResponseTooLarge { .. }
            | Self::Unauthorized(_)
            | Self::Forbidden(_)
            | Self::ApprovalRequired(_)
            | Self::NotFound(_)
            | Self::NoProject(_)
            | Self::NoEnvironment(_)
            | Self::KeyExists(_)
            | Self::Conflict(_)
            | Self::Running(_)
            | Self::Refused(_) => Effect::Refused,
        }
    }

    /// Returns whether the error is the program's own mistake: its token, its role, or its declarations.
    /// All other errors are temporary, or caused by others: the network, a proxy, the service, other
    /// writers.
    pub fn is_own_mistake(&self) -> bool {
        match self {
            Self::Unauthorized(_)
            | Self::Forbidden(_)
            | Self::ApprovalRequired(_)
            | Self::NotFound(_)
            | Self::NoProject(_)
            | Self::NoEnvironment(_) => true,
            // What a proxy says that wants credentials of its own, or gave up waiting.
            Self::Refused(refusal) => !matches!(refusal.status, 407 | 408 | 421 | 425),
            Self::Unreachable { .. }
            | Self::ResponseLost { .. }
            | Self::Deadline(_)
            | Self::NoBudget { .. }
            | Self::Redirect { .. }
            | Self::UnexpectedResponse { .. }
            | Self::ResponseTooLarge { .. }
            | Self::KeyExists(_)
            | Self::Conflict(_)
            | Self::Running(_)
            | Self::RateLimited { .. }
            | Self::Server(_) => false,
        }
    }

    /// Sorts a refusal by its status, and by its code where one status means several things.
    pub(crate) fn from_refusal(refusal: ServiceError, wait: Option<Duration>) -> Self {
        let code = refusal.code.as_deref();
        match refusal.status {
            401 => Self::Unauthorized(refusal),
            403 if wants_approval(&refusal) => Self::ApprovalRequired(refusal),
            403 => Self::Forbidden(refusal),
            404 => Self::NotFound(refusal),
            // Documented for a flag that wants an approval; without the code it is some proxy's.
            405 if code == Some("method_not_allowed") => Self::ApprovalRequired(refusal),
            409 if code == Some("key_exists") => Self::KeyExists(refusal),
            409 if speaks_of_a_run(&refusal) => Self::Running(refusal),
            409 => Self::Conflict(refusal),
            429 => Self::RateLimited { refusal, wait },
            500..=599 => Self::Server(refusal),
            _ => Self::Refused(refusal),
        }
    }
}

/// The service tells an approval from a missing role only by its message (seen in LaunchDarkly's
/// Terraform provider, issue 463).
fn wants_approval(refusal: &ServiceError) -> bool {
    let message = refusal.message.as_deref().unwrap_or_default();
    message
        .to_ascii_lowercase()
        .contains("approval is required")
}

/// No source shows the code of this refusal, so the words have to tell it from that of two writers.
fn speaks_of_a_run(refusal: &ServiceError) -> bool {
    let said = |text: &Option<String>| text.as_deref().unwrap_or_default().to_ascii_lowercase();
    let said = format!("{} {}", said(&refusal.code), said(&refusal.message));
    let said = said.replace(['_', '-'], " ");
    [
        "experiment",
        "guarded",
        "progressive",
        "measured rollout",
        "iteration",
    ]
    .iter()
    .any(|word| said.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: &str, message: &str) -> ServiceError {
        ServiceError {
            status,
            code: Some(code.to_owned()),
            message: Some(message.to_owned()),
            id: None,
        }
    }

    #[test]
    fn one_status_of_two_meanings_is_told_apart() {
        let sort = |status, code, message| {
            RequestError::from_refusal(refusal(status, code, message), None)
        };
        assert!(matches!(
            sort(409, "key_exists", "Duplicate segment key"),
            RequestError::KeyExists(_)
        ));
        assert!(matches!(
            sort(409, "optimistic_locking_error", ""),
            RequestError::Conflict(_)
        ));
        for message in [
            "cannot change a rule while an experiment is running",
            "flag has an active guarded rollout",
        ] {
            assert!(matches!(
                sort(409, "conflict", message),
                RequestError::Running(_)
            ));
        }
        assert!(matches!(
            sort(403, "forbidden", "approval is required"),
            RequestError::ApprovalRequired(_)
        ));
        assert!(matches!(
            sort(403, "forbidden", "Forbidden"),
            RequestError::Forbidden(_)
        ));
        assert!(matches!(
            sort(405, "method_not_allowed", "approval is required"),
            RequestError::ApprovalRequired(_)
        ));
        // A proxy that lets no PATCH through knows nothing of the service's codes.
        assert!(matches!(
            sort(405, "", "Method Not Allowed"),
            RequestError::Refused(_)
        ));
    }

    #[test]
    fn the_services_words_are_kept() {
        let error =
            RequestError::from_refusal(refusal(400, "invalid_request", "unknown segment"), None);
        assert_eq!(
            error.to_string(),
            "the service refused the request (400 invalid_request: unknown segment)"
        );
        assert_eq!(
            error.refusal().unwrap().code.as_deref(),
            Some("invalid_request")
        );
    }
}
