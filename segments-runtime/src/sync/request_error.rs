//! The errors of one request.

use std::fmt;
use std::time::Duration;

use segments_model::{EnvironmentKey, ProjectKey, did_you_mean};
use thiserror::Error;

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

    /// Returns whether the time was up before the service had said anything.
    pub(crate) fn is_lack_of_time(&self) -> bool {
        matches!(self, Self::Deadline(_) | Self::NoBudget { .. })
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
