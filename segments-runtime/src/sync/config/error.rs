//! Mistakes in a configuration.

use segments_model::InvalidName;
use thiserror::Error;

use crate::sync::base_uri::InvalidBaseUri;
use crate::sync::token::InvalidToken;

/// The reason why a configuration is incomplete or invalid.
#[derive(Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No token was given.
    #[error(
        "no access token; set LAUNCHDARKLY_ACCESS_TOKEN (or LAUNCHDARKLY_API_TOKEN), or set one in code"
    )]
    MissingToken,
    /// The text is not a token.
    #[error(transparent)]
    Token(#[from] InvalidToken),
    /// The text is not a project key.
    #[error("check the project (LAUNCHDARKLY_PROJECT): {0}")]
    Project(#[source] InvalidName),
    /// The text is not an environment key.
    #[error("check the environment (LAUNCHDARKLY_ENVIRONMENT): {0}")]
    Environment(#[source] InvalidName),
    /// The service's address cannot be used.
    #[error("check the base address (LAUNCHDARKLY_BASE_URI): {0}")]
    BaseUri(#[from] InvalidBaseUri),
    /// The owner's name does not fit into a tag.
    #[error("check the owner, which becomes the tag `managed-by.<owner>`: {0}")]
    Owner(#[source] InvalidName),
    /// Declarations of several owners are linked into the program.
    #[error(
        "the program links segments of several owners ({}); set `owner`, and sync the segments of each owner with `registry::from` and a separate configuration", .0.join(", ")
    )]
    Owners(Vec<&'static str>),
    /// `prune` is set without an owner.
    #[error(
        "`prune` deletes segments that carry the owner's tag, so it needs your own owner; call `program` or `owner`"
    )]
    PruneWithoutOwner,
    /// `prune_at_most` is more than everything.
    #[error(
        "`prune_at_most` is {0}%, which is more than all segments; set at most 100, or a number of segments with `max_deletions`"
    )]
    PruneAtMost(u8),
    /// `concurrency` is 0.
    #[error("`concurrency` is 0, so no request could be sent; set at least 1")]
    Concurrency,
    /// The proxy is of an unsupported kind. Its address may contain a password and is not repeated.
    #[error(
        "the proxy that `HTTPS_PROXY` or `ALL_PROXY` names speaks neither http nor https; name one that does, or add the service's host to `NO_PROXY`"
    )]
    Proxy,
    /// The HTTP client cannot be created, because the system's certificates cannot be read.
    #[error("cannot create an HTTP client: {0}; check the system's TLS certificates")]
    HttpClient(#[source] Box<dyn std::error::Error + Send + Sync>),
}

segments_model::readable_debug! {
    enum ConfigError {
        MissingToken,
        Token(error),
        Project(error),
        Environment(error),
        BaseUri(error),
        Owner(error),
        Owners(names),
        PruneWithoutOwner,
        PruneAtMost(percent),
        Concurrency,
        Proxy,
        HttpClient(error),
    }
}
