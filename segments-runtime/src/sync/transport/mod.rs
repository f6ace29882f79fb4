//! Sends a request to the service and returns its response: once, without knowing what either means.
//!
//! This is the only place that knows an HTTP client. Tokens, deadlines, rate limits and retries are in
//! the [client](super::client).

mod exchange;
#[cfg(test)]
mod fake;
mod http;
mod payload;
#[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
mod tls;

use std::sync::Arc;

pub(crate) use exchange::{Answer, Broken, Exchange, LONGEST_ANSWER, Outgoing, Transport};
#[cfg(test)]
pub(crate) use fake::Fake;
pub(crate) use payload::{Chunks, Payload};

use super::base_uri::BaseUri;
use super::config::ConfigError;

/// The transport of requests to this address.
pub(crate) fn to(base_uri: &BaseUri) -> Result<Arc<dyn Transport>, ConfigError> {
    Ok(Arc::new(http::Http::to(base_uri)?))
}
