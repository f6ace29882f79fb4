//! Sends JSON to an address other than LaunchDarkly's: a metrics collector, or a webhook.

use std::time::Duration;

use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value as Json;
use thiserror::Error;
use tokio::time::timeout;

use crate::sync::base_uri::{BaseUri, InvalidBaseUri};
use crate::sync::config::ConfigError;
use crate::sync::runtime::{self, NoRuntime};
use crate::sync::transport::{self, Broken, Outgoing, Payload};

/// How long an answer is waited for.
const LONGEST: Duration = Duration::from_secs(10);

/// The reason why JSON was not accepted. The path of an address may be a secret, as for a webhook, so
/// only the host is repeated.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use segments_runtime::sync::{PostError, post_json};
///
/// let error = post_json("http://example.com/hooks/canary-5d8e", &serde_json::json!({})).await.unwrap_err();
/// assert!(matches!(error, PostError::Address(_)) && !error.to_string().contains("5d8e"));
/// # }
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PostError {
    /// The address cannot be used.
    #[error("cannot send to this address: {0}")]
    Address(#[from] InvalidBaseUri),
    /// The client cannot be created.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no Tokio runtime.
    #[error("cannot send without a Tokio runtime: {0}")]
    Runtime(#[source] std::io::Error),
    /// The host does not respond.
    #[error("`{host}` does not respond: {cause}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        cause: String,
    },
    /// The response is not a success.
    #[error("`{host}` refused the request with status {status}")]
    Refused {
        /// The host.
        host: String,
        /// The status.
        status: u16,
    },
}

impl From<NoRuntime> for PostError {
    fn from(NoRuntime(error): NoRuntime) -> Self {
        Self::Runtime(error)
    }
}

/// Sends JSON in a POST, once: by plain http only to this machine, by https to others, without
/// LaunchDarkly's token.
///
/// Example: [`PostError`].
///
/// # Errors
///
/// If the address cannot be used, there is no response within ten seconds, or the response is not a
/// success.
pub async fn post_json(address: &str, body: &Json) -> Result<(), PostError> {
    runtime::needed(async {
        let address = BaseUri::parse(address)?.spoken()?;
        let host = address.host().to_owned();
        let transport = transport::to(&address)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let outgoing = Outgoing {
            method: Method::POST,
            uri: address.to_string(),
            headers,
            body: Payload::Whole(Some(body.to_string().into())),
        };
        let answer = match timeout(LONGEST, transport.exchange(outgoing)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(Broken::Unreachable(cause) | Broken::Lost(cause))) => {
                return Err(PostError::Unreachable { host, cause });
            }
            Ok(Err(Broken::TooLong { status })) => return Err(PostError::Refused { host, status }),
            Err(_) => {
                let cause = format!("no response within {LONGEST:?}");
                return Err(PostError::Unreachable { host, cause });
            }
        };
        match answer.status {
            200..=299 => Ok(()),
            status => Err(PostError::Refused { host, status }),
        }
    })
    .await
}
