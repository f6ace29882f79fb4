//! Sends requests: with the token, in time, within the rate limit, again where that is safe, and
//! counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use segments_model::wire::ErrorBody;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tokio::time::{Instant, sleep, timeout_at};

use super::base_uri::BaseUri;
use super::clock::Clock;
use super::config::{ConfigError, SyncConfig};
use super::error::{Refusal, RequestError};
use super::limiter::Limiter;
use super::progress::{Progress, ProgressEvent};
use super::report::Requests;
use super::request::Request;
use super::retry::RetryPolicy;
use super::token::AccessToken;

/// The longest answer that is read, in bytes. The longest that is due is a page of 50 segments, each
/// with the 15,000 contexts that the service lets it list: 30 MB if their keys are UUIDs.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// A connection to the service for one sync.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base_uri: BaseUri,
    token: AccessToken,
    limiter: Arc<Limiter>,
    retry: RetryPolicy,
    clock: Clock,
    progress: Progress,
    request_timeout: Duration,
    time: Duration,
    deadline: Instant,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

/// An answer, read to its end.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Client {
    /// Prepares a client whose deadline starts to run now.
    pub(crate) fn new(config: &SyncConfig) -> Result<Self, ConfigError> {
        let options = &config.options;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, config.token.header());
        if let Ok(version) = HeaderValue::from_str(&options.api_version) {
            headers.insert("ld-api-version", version);
        }
        let http = reqwest::Client::builder()
            .user_agent(concat!("segments-runtime/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            // The token would travel with a redirect.
            .redirect(Policy::none())
            .build()
            .map_err(|error| ConfigError::HttpClient(error.into()))?;
        Ok(Self {
            http,
            base_uri: config.base_uri.clone(),
            token: config.token.clone(),
            limiter: Limiter::shared(&config.base_uri, &config.token),
            retry: options.retry,
            clock: options.clock.clone(),
            progress: options.progress.clone(),
            request_timeout: options.request_timeout,
            time: options.deadline,
            deadline: Instant::now() + options.deadline,
            reads: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
        })
    }

    /// What has been sent so far, repetitions included.
    pub(crate) fn requests(&self) -> Requests {
        Requests {
            reads: self.reads.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
        }
    }

    /// Sends a request whose answer is JSON.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<T, RequestError> {
        self.send(request, |answer| {
            serde_json::from_slice(&answer.body)
                .map_err(|error| answer.not_json(&self.token, &error))
        })
        .await
    }

    /// Sends a request whose answer has no body that matters.
    pub(crate) async fn done(&self, request: &Request) -> Result<(), RequestError> {
        self.send(request, |_| Ok(())).await
    }

    /// Waits a little, as before sending something again, unless that would miss the deadline.
    pub(crate) async fn pause(&self, attempt: u32) -> Result<(), RequestError> {
        self.wait(self.retry.pause(attempt, &self.clock)).await
    }

    async fn send<T>(
        &self,
        request: &Request,
        decode: impl Fn(&Answer) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let mut sent = 0;
        loop {
            let result = match self.send_once(request).await {
                Ok(answer) => decode(&answer),
                Err(error) => Err(error),
            };
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            sent += 1;
            let Some(wait) = self.retry.wait(sent, request.repeat, &error, &self.clock) else {
                return Err(error);
            };
            tracing::debug!(method = %request.method, attempt = sent, ?wait, %error, "sending again");
            if self.wait(wait).await.is_err() {
                // What went wrong says more than that the time for trying again is up.
                return Err(error);
            }
        }
    }

    /// Sends a form, once, for as long as the deadline allows; returns the address of what it made.
    pub(crate) async fn upload(
        &self,
        request: &Request,
        form: reqwest::multipart::Form,
    ) -> Result<Option<String>, RequestError> {
        let answer = self.exchange_once(request, Some(form)).await?;
        Ok(answer.header(LOCATION))
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, RequestError> {
        self.exchange_once(request, None).await
    }

    async fn exchange_once(
        &self,
        request: &Request,
        form: Option<reqwest::multipart::Form>,
    ) -> Result<Answer, RequestError> {
        let route = request.route();
        while let Err(wait) = self.limiter.take(&route, Instant::now()) {
            // Whoever waits for the same window must not come back at the same moment.
            let spread = self.clock.up_to(Duration::from_millis(100));
            self.wait(wait + spread).await?;
        }
        let counter = if request.is_write() {
            &self.writes
        } else {
            &self.reads
        };
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        let url = self.base_uri.join(&path, &request.query);
        let mut builder = self.http.request(request.method.clone(), url);
        if let Some(body) = &request.body {
            builder = builder
                .header(CONTENT_TYPE, body.content_type)
                .body(body.bytes.to_vec());
        }
        let now = Instant::now();
        if now >= self.deadline {
            return Err(RequestError::Deadline(self.time));
        }
        let mut ends = self.deadline.min(now + self.request_timeout);
        if let Some(form) = form {
            builder = builder.multipart(form);
            ends = self.deadline;
        }
        counter.fetch_add(1, Ordering::Relaxed);
        let answer = match timeout_at(ends, self.exchange(builder)).await {
            Ok(answer) => answer?,
            Err(_) if Instant::now() >= self.deadline => {
                return Err(RequestError::Deadline(self.time));
            }
            Err(_) => {
                let cause = format!("no answer within {:?}", self.request_timeout);
                return Err(self.lost(cause));
            }
        };
        tracing::trace!(method = %request.method, route, status = answer.status, "answered");
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

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Answer, RequestError> {
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() || error.is_builder() => {
                return Err(RequestError::Unreachable {
                    host: self.base_uri.to_string(),
                    cause: cause(&error.without_url()),
                });
            }
            Err(error) => return Err(self.lost(cause(&error.without_url()))),
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let announced = response.content_length().unwrap_or_default();
        if announced > LONGEST_ANSWER as u64 {
            return Err(RequestError::TooLong { status });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.lost(cause(&error.without_url())))?
        {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(RequestError::TooLong { status });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    fn lost(&self, cause: String) -> RequestError {
        RequestError::Lost {
            host: self.base_uri.to_string(),
            cause,
        }
    }

    async fn wait(&self, wait: Duration) -> Result<(), RequestError> {
        if Instant::now() + wait >= self.deadline {
            return Err(RequestError::Deadline(self.time));
        }
        if wait > Duration::ZERO {
            self.progress.tell(ProgressEvent::Waiting { wait });
            sleep(wait).await;
        }
        Ok(())
    }
}

/// An error and what is behind it, on one line. Layers repeat each other, so each part is said once.
fn cause(error: &dyn std::error::Error) -> String {
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

impl Answer {
    fn header(&self, name: reqwest::header::HeaderName) -> Option<String> {
        let text = self.headers.get(name)?.to_str().ok()?;
        Some(text.to_owned())
    }

    /// The parser's own words may repeat a value of the answer, such as the key of a member, so
    /// only what it missed and where is said.
    fn not_json(&self, token: &AccessToken, error: &serde_json::Error) -> RequestError {
        let words = error.to_string();
        let cause = match error.classify() {
            Category::Data if !words.starts_with("missing field") => format!(
                "a value of another type than documented at line {} column {}",
                error.line(),
                error.column()
            ),
            _ => words,
        };
        let content_type = self
            .header(CONTENT_TYPE)
            .unwrap_or_else(|| "of no stated type".to_owned());
        RequestError::NotJson {
            status: self.status,
            content_type: token.foreign(&content_type),
            cause: token.foreign(&cause),
        }
    }

    fn redirect(&self, token: &AccessToken) -> RequestError {
        let location = self.header(LOCATION).unwrap_or_default();
        RequestError::Redirect {
            status: self.status,
            location: token.foreign(&location),
        }
    }

    /// The body may be empty or not JSON; then the status has to do.
    fn refusal(&self, token: &AccessToken, wait: Option<Duration>) -> RequestError {
        let body: ErrorBody = serde_json::from_slice(&self.body).unwrap_or_default();
        let foreign = |text: Option<String>| text.map(|text| token.foreign(&text));
        let refusal = Refusal {
            status: self.status,
            code: foreign(body.code),
            message: foreign(body.message),
            id: foreign(body.id),
        };
        RequestError::from_refusal(refusal, wait)
    }
}
