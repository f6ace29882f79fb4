//! Raw requests, for tools that need more than a sync does.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::Value as Json;
use tokio::time::timeout;

use super::base_uri::BaseUri;
use super::config::{ConfigError, SyncConfig};
use super::request_error::RequestError;
use super::token::AccessToken;
use super::transport::{self, Broken, Outgoing, Payload, Transport};

/// A connection to the service that sends a request once and returns every response.
#[derive(Debug)]
pub struct Connection {
    transport: Arc<dyn Transport>,
    base_uri: BaseUri,
    token: AccessToken,
    request_timeout: Duration,
}

/// A raw request.
#[derive(Debug, Clone)]
pub struct RawRequest<'a> {
    /// The method.
    pub method: Method,
    /// The parts of the path, without escapes: `["api", "v2", "projects"]`.
    pub path: Vec<&'a str>,
    /// The parameters.
    pub query: Vec<(&'static str, String)>,
    /// The `LD-API-Version`.
    pub version: &'a str,
    /// The `Content-Type`, if there is a body.
    pub content_type: &'static str,
    /// The body.
    pub body: Option<Json>,
    /// Whether to send an unknown token instead of the configured one.
    pub stranger: bool,
}

/// A raw response.
#[derive(Debug, Clone, PartialEq)]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body; null if it is not JSON.
    pub body: Json,
    /// Whether there was no body.
    pub is_empty: bool,
    /// The time to wait, if the response names one.
    pub retry_after: Option<Duration>,
}

impl Connection {
    /// Prepares a connection to the address of a configuration, with its token.
    ///
    /// # Errors
    ///
    /// If the address cannot be used.
    pub fn new(config: &SyncConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            transport: transport::to(&config.base_uri)?,
            base_uri: config.base_uri.clone(),
            token: config.token.clone(),
            request_timeout: config.options.request_timeout,
        })
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// If no complete response arrived. A refusal is a response.
    pub async fn send(&self, request: &RawRequest<'_>) -> Result<RawAnswer, RequestError> {
        let mut headers = HeaderMap::new();
        let token = if request.stranger {
            HeaderValue::from_static("api-00000000-0000-0000-0000-000000000000")
        } else {
            self.token.header()
        };
        headers.insert(AUTHORIZATION, token);
        if let Ok(version) = HeaderValue::from_str(request.version) {
            headers.insert(HeaderName::from_static("ld-api-version"), version);
        }
        let body = request.body.as_ref().map(|body| {
            let content_type = HeaderValue::from_static(request.content_type);
            headers.insert(CONTENT_TYPE, content_type);
            Bytes::from(body.to_string())
        });
        let outgoing = Outgoing {
            method: request.method.clone(),
            uri: self.base_uri.join(&request.path, &request.query),
            headers,
            body: Payload::Whole(body),
        };
        let host = self.base_uri.to_string();
        let answer = match timeout(self.request_timeout, self.transport.exchange(outgoing)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(Broken::Unreachable(cause))) => {
                return Err(RequestError::Unreachable { host, cause });
            }
            Ok(Err(Broken::Lost(cause))) => return Err(RequestError::ResponseLost { host, cause }),
            Ok(Err(Broken::TooLong { status })) => {
                return Err(RequestError::ResponseTooLarge { status });
            }
            Err(_) => {
                let cause = format!("no answer within {:?}", self.request_timeout);
                return Err(RequestError::ResponseLost { host, cause });
            }
        };
        let seconds = answer.headers.get(RETRY_AFTER);
        let seconds = seconds.and_then(|it| it.to_str().ok()?.trim().parse().ok());
        Ok(RawAnswer {
            status: answer.status,
            is_empty: answer.body.is_empty(),
            body: serde_json::from_slice(&answer.body).unwrap_or_default(),
            retry_after: seconds.map(Duration::from_secs),
        })
    }
}
