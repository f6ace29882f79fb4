//! The transport of real programs: hyper's connection pool.
//!
//! It follows no redirect, because the token would go along, and requests no compression.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use ::http::header::{ACCEPT, HeaderValue, USER_AGENT};
use ::http::{Request, Response, Uri};
use http_body::Body;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{Answer, Broken, Exchange, LONGEST_ANSWER, Outgoing, Payload, Transport};
use crate::sync::base_uri::BaseUri;
use crate::sync::config::ConfigError;

#[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
use super::tls::{self, Direct, Tunneled};

/// How long a connection is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(90);

/// A pool of connections to one service.
pub(super) enum Http {
    /// Plain http, which goes to this machine alone (see [`BaseUri`]). Nobody stands between: a
    /// proxy would read the token.
    Plain(Client<HttpConnector, Payload>),
    /// https.
    #[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
    Direct(Client<Direct, Payload>),
    /// https through a proxy, which sees whom is talked to and nothing else.
    #[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
    Tunneled(Box<Client<Tunneled, Payload>>),
}

impl Http {
    pub(super) fn to(base_uri: &BaseUri) -> Result<Self, ConfigError> {
        let mut pool = Client::builder(TokioExecutor::new());
        pool.timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE);
        #[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
        if base_uri.is_https() {
            let direct = tls::direct(connector())?;
            return Ok(match tls::proxy(base_uri)? {
                Some(proxy) => Self::Tunneled(Box::new(pool.build(tls::tunneled(direct, &proxy)?))),
                None => Self::Direct(pool.build(direct)),
            });
        }
        // The configuration refuses an https address in a build that does not speak it. Should one come this far, a
        // token would travel in the open.
        base_uri.clone().spoken()?;
        Ok(Self::Plain(pool.build(connector())))
    }

    async fn send(&self, outgoing: Outgoing) -> Result<Answer, Broken> {
        let response = self.start(outgoing)?.await.map_err(|error| {
            let cause = cause(&error);
            if error.is_connect() {
                Broken::Unreachable(cause)
            } else {
                Broken::Lost(cause)
            }
        })?;
        read(response).await
    }

    fn start(&self, outgoing: Outgoing) -> Result<ResponseFuture, Broken> {
        let uri: Result<Uri, _> = outgoing.uri.parse();
        // Its parts are valid, so it can only be too long.
        let uri = uri.map_err(|error| Broken::Unreachable(error.to_string()))?;
        let mut request = Request::new(outgoing.body);
        *request.method_mut() = outgoing.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = outgoing.headers;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let ourselves = concat!("segments-runtime/", env!("CARGO_PKG_VERSION"));
        headers.insert(USER_AGENT, HeaderValue::from_static(ourselves));
        Ok(match self {
            Self::Plain(pool) => pool.request(request),
            #[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
            Self::Direct(pool) => pool.request(request),
            #[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
            Self::Tunneled(pool) => pool.request(request),
        })
    }
}

impl Transport for Http {
    fn exchange(&self, request: Outgoing) -> Exchange<'_> {
        Box::pin(self.send(request))
    }
}

/// A proxy's address may have a password, so nothing of the connectors is shown.
impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    // What stands above it decides between http and https.
    connector.enforce_http(false);
    // Requests are small, and nobody sends a second one before the first is answered.
    connector.set_nodelay(true);
    connector
}

/// Reads an answer to its end, unless it is too long.
async fn read<B>(response: Response<B>) -> Result<Answer, Broken>
where
    B: Body + Unpin,
    B::Data: AsRef<[u8]>,
    B::Error: Error + 'static,
{
    let (head, mut incoming) = response.into_parts();
    let status = head.status.as_u16();
    if incoming.size_hint().lower() > LONGEST_ANSWER as u64 {
        return Err(Broken::TooLong { status });
    }
    let mut body = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await {
        let frame = frame.map_err(|error| Broken::Lost(cause(&error)))?;
        let Ok(chunk) = frame.into_data() else {
            continue;
        };
        let chunk = chunk.as_ref();
        if chunk.len() > LONGEST_ANSWER - body.len() {
            return Err(Broken::TooLong { status });
        }
        body.extend_from_slice(chunk);
    }
    Ok(Answer {
        status,
        headers: head.headers,
        body,
    })
}

/// An error and its causes, on one line. Layers repeat each other, so each part appears once.
fn cause(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        next = error.source();
    }
    text
}
