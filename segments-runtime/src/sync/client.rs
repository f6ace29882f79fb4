//! Sends requests: with the token, within the deadline and the rate limit, with retries if they are safe,
//! and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};

use super::base_uri::BaseUri;
use super::clock::{Clock, after};
use super::config::{ConfigError, SyncConfig};
use super::error::SyncError;
use super::failed::FailedRequest;
use super::limiter::Limiter;
use super::progress::{Progress, ProgressEvent};
use super::report::Requests;
use super::request::Request;
use super::request_error::RequestError;
use super::retry::RetryPolicy;
use super::service_clock::ServiceClock;
use super::token::AccessToken;
use super::transport::{self, Answer, Broken, Chunks, Outgoing, Payload, Transport};

/// A connection to the service for one sync.
#[derive(Debug)]
pub(crate) struct Client {
    transport: Arc<dyn Transport>,
    /// The headers of every request.
    headers: HeaderMap,
    base_uri: BaseUri,
    token: AccessToken,
    limiter: Arc<Limiter>,
    retry: RetryPolicy,
    clock: Clock,
    service_clock: ServiceClock,
    progress: Progress,
    request_timeout: Duration,
    time: Duration,
    deadline: Instant,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

/// The deadline comes before the end of a wait. It has not been reached yet.
#[derive(Debug)]
pub(crate) struct TooLate;

impl Client {
    /// Prepares a client whose deadline starts to run now.
    pub(crate) fn new(config: &SyncConfig) -> Result<Self, ConfigError> {
        Ok(Self::over(config, transport::to(&config.base_uri)?))
    }

    /// The same over another transport.
    pub(crate) fn over(config: &SyncConfig, transport: Arc<dyn Transport>) -> Self {
        let options = &config.options;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, config.token.header());
        if let Ok(version) = HeaderValue::from_str(&options.api_version) {
            headers.insert(HeaderName::from_static("ld-api-version"), version);
        }
        Self {
            transport,
            headers,
            base_uri: config.base_uri.clone(),
            token: config.token.clone(),
            limiter: Limiter::shared(&config.base_uri, &config.token),
            retry: options.retry,
            clock: options.clock.clone(),
            service_clock: ServiceClock::default(),
            progress: options.progress.clone(),
            request_timeout: options.request_timeout,
            time: options.deadline,
            deadline: after(Instant::now(), options.deadline),
            reads: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
        }
    }

    /// The number of requests so far, including repetitions.
    pub(crate) fn requests(&self) -> Requests {
        Requests {
            reads: self.reads.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
        }
    }

    /// The time of day of the service, in milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.service_clock.now(&self.clock)
    }

    /// Sends a request whose answer is JSON.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<T, FailedRequest> {
        self.read(request, Answer::json).await
    }

    /// Sends a request whose answer is read in another way.
    pub(crate) async fn read<T>(
        &self,
        request: &Request,
        read: impl Fn(&Answer, &AccessToken) -> Result<T, RequestError>,
    ) -> Result<T, FailedRequest> {
        self.send(request, |answer| read(answer, &self.token)).await
    }

    /// Sends a request whose answer has no body that matters.
    pub(crate) async fn done(&self, request: &Request) -> Result<(), FailedRequest> {
        self.send(request, |answer| answer.done(&self.token)).await
    }

    /// Waits a little, as before sending something again, unless that would miss the deadline.
    pub(crate) async fn pause(&self, attempt: u32) -> Result<(), TooLate> {
        self.wait(self.retry.pause(attempt, &self.clock)).await
    }

    async fn send<T>(
        &self,
        request: &Request,
        decode: impl Fn(&Answer) -> Result<T, RequestError>,
    ) -> Result<T, FailedRequest> {
        let started = Instant::now();
        let mut sent = 0;
        let mut before = None;
        let failed = |sent, error| FailedRequest::new(request, sent, started.elapsed(), error);
        loop {
            if Instant::now() >= self.deadline {
                let error = before.unwrap_or(RequestError::Deadline(self.time));
                return Err(failed(sent, error));
            }
            let result = match self.send_once(request).await {
                Ok(answer) => decode(&answer),
                Err(error) => Err(error),
            };
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            sent += u32::from(!matches!(error, RequestError::NoBudget { .. }));
            // What went wrong before says more than that there was no time to repeat it.
            let error = match (error, before) {
                (error, Some(before)) if error.is_lack_of_time() => {
                    return Err(failed(sent, before));
                }
                (error, _) => error,
            };
            let Some(wait) = self.retry.wait(sent, request.repeat, &error, &self.clock) else {
                return Err(failed(sent, error));
            };
            tracing::debug!(method = %request.method, attempt = sent, ?wait, %error, "sending again");
            if self.wait(wait).await.is_err() {
                return Err(failed(sent, error));
            }
            before = Some(error);
        }
    }

    /// Sends a body that is made meanwhile, once, for as long as the deadline allows; returns the
    /// address of what it made.
    pub(crate) async fn upload(
        &self,
        request: &Request,
        content_type: &str,
        body: Chunks,
    ) -> Result<Option<String>, FailedRequest> {
        let started = Instant::now();
        let failed = |error| FailedRequest::new(request, 1, started.elapsed(), error);
        let content_type = HeaderValue::from_str(content_type).ok();
        let body = Payload::Streamed(body);
        let answer = self.exchange_once(request, content_type, body).await;
        let answer = answer.map_err(failed)?;
        answer.done(&self.token).map_err(failed)?;
        Ok(answer.header(&LOCATION).map(str::to_owned))
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, RequestError> {
        let body = request.body.as_ref();
        let content_type = body.map(|body| HeaderValue::from_static(body.content_type));
        let body = Payload::Whole(body.map(|body| body.bytes.clone()));
        self.exchange_once(request, content_type, body).await
    }

    async fn exchange_once(
        &self,
        request: &Request,
        content_type: Option<HeaderValue>,
        body: Payload,
    ) -> Result<Answer, RequestError> {
        let route = request.route();
        while let Err(wait) = self.limiter.take(&route, Instant::now()) {
            // Whoever waits for the same window must not come back at the same moment.
            let spread = self.clock.up_to(Duration::from_millis(100));
            if self.wait(wait.saturating_add(spread)).await.is_err() {
                return Err(RequestError::NoBudget { wait });
            }
        }
        let now = Instant::now();
        if now >= self.deadline {
            return Err(RequestError::Deadline(self.time));
        }
        // A long body takes as long as the whole sync may.
        let ends = match body {
            Payload::Streamed(_) => self.deadline,
            Payload::Whole(_) => self.deadline.min(after(now, self.request_timeout)),
        };
        self.count(request);
        let outgoing = self.outgoing(request, content_type, body);
        let answer = match timeout_at(ends, self.transport.exchange(outgoing)).await {
            Ok(answer) => answer.map_err(|broken| self.broken(broken))?,
            Err(_) if Instant::now() >= self.deadline => {
                return Err(RequestError::Deadline(self.time));
            }
            Err(_) => {
                let cause = format!("no answer within {:?}", self.request_timeout);
                return Err(self.broken(Broken::Lost(cause)));
            }
        };
        tracing::trace!(method = %request.method, route, status = answer.status, "answered");
        self.service_clock.learn(&answer.headers, &self.clock);
        let limited = answer.status == 429;
        let wait = self.limiter.learn(
            &route,
            limited,
            &answer.headers,
            &self.clock,
            Instant::now(),
        );
        match answer.status {
            200..=299 => Ok(answer),
            300..=399 => Err(answer.redirect(&self.token)),
            _ => Err(answer.refusal(&self.token, wait)),
        }
    }

    fn count(&self, request: &Request) {
        let counter = if request.is_write() {
            &self.writes
        } else {
            &self.reads
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn outgoing(
        &self,
        request: &Request,
        content_type: Option<HeaderValue>,
        body: Payload,
    ) -> Outgoing {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        let mut headers = self.headers.clone();
        headers.extend(content_type.map(|content_type| (CONTENT_TYPE, content_type)));
        Outgoing {
            method: request.method.clone(),
            uri: self.base_uri.join(&path, &request.query),
            headers,
            body,
        }
    }

    fn broken(&self, broken: Broken) -> RequestError {
        let host = self.base_uri.to_string();
        match broken {
            Broken::Unreachable(cause) => RequestError::Unreachable { host, cause },
            Broken::Lost(cause) => RequestError::ResponseLost { host, cause },
            Broken::TooLong { status } => RequestError::ResponseTooLarge { status },
        }
    }

    /// Waits, unless the deadline comes first.
    pub(crate) async fn wait(&self, wait: Duration) -> Result<(), TooLate> {
        if after(Instant::now(), wait) >= self.deadline {
            return Err(TooLate);
        }
        if wait > Duration::ZERO {
            self.progress.tell(ProgressEvent::Waiting { wait });
            sleep(wait).await;
        }
        Ok(())
    }
}

/// A connection for one sync, whose deadline starts to run now.
pub(crate) fn connect(config: &SyncConfig) -> Result<Arc<Client>, SyncError> {
    Ok(Arc::new(Client::new(config)?))
}
