//! Starts, inspects and stops an emulator.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use segments_model::wire::Segment;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::api::fill::fill;
use crate::api::import::import;
use crate::api::received::receive;
use crate::http::server::{self, Limits, Server, Shared};
use crate::message::{ApiError, RecordedRequest};
use crate::service::auth::{Role, Token};
use crate::service::behavior::Behavior;
use crate::service::clock::Clock;
use crate::service::fault::{Fault, Faults};
use crate::service::hosts::{self, Hosts};
use crate::service::log::Requests;
use crate::service::rate_limit::{RateLimiter, RateLimits};
use crate::service::results::{self, ExperimentResults};
use crate::service::store::{Claim, DataError, Store};
use crate::service::tracked::{Tracked, TrackedEvent};
use crate::service::{LONGEST_WAIT, Latency, Service};
use crate::state::Ids;

/// A local LaunchDarkly. It listens until it is dropped.
///
/// A new emulator has the project `default` with the environments `production` and `test`, no segments,
/// and one access token with all permissions.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), segments_emulator::StartError> {
/// use segments_emulator::Emulator;
///
/// let emulator = Emulator::start().await?;
/// assert!(emulator.base_uri().starts_with("http://127.0.0.1:"));
/// assert!(emulator.segments("default", "production").is_empty());
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    address: SocketAddr,
    base_uri: String,
    access_token: String,
    shared: Shared,
    // Last, so that the server stops before the rest goes away.
    _server: Server,
}

/// The reason why an emulator did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The emulator cannot listen on the address, usually because it is in use.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for any free one")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        source: std::io::Error,
    },
    /// The server thread could not be created.
    #[error("cannot start the thread that serves: {0}")]
    Thread(#[source] std::io::Error),
    /// The data file cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Other machines can reach the address, and no token was set.
    #[error("{0} can be reached from other machines; set your own access token for the emulator")]
    NoToken(SocketAddr),
}

/// The reason why segments, or the resources around them, could not be imported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The JSON does not have the expected form.
    #[error("cannot import this: {0}")]
    Json(#[from] serde_json::Error),
    /// A part is refused, or the data file cannot be written.
    #[error("cannot import: {0}")]
    Refused(String),
}

impl From<ApiError> for ImportError {
    fn from(refusal: ApiError) -> Self {
        ImportError::Refused(refusal.message)
    }
}

/// The access token of an emulator that was given none.
const ACCESS_TOKEN: &str = "api-00000000-0000-4000-8000-000000000000";

/// Configures an [`Emulator`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), segments_emulator::StartError> {
/// use segments_emulator::{Emulator, Role, Token};
///
/// let emulator = Emulator::builder()
///     .environment("shop", "staging")
///     .token(Token::new("ci", "api-read-only", Role::Reader))
///     .start()
///     .await?;
/// assert!(emulator.segments("shop", "staging").is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    address: SocketAddr,
    environments: Vec<(String, String)>,
    hosts: Vec<String>,
    network: Limits,
    tokens: Vec<Token>,
    behavior: Behavior,
    limits: RateLimits,
    latency: Latency,
    data: Option<PathBuf>,
    seed: u64,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            environments: vec![
                ("default".to_owned(), "production".to_owned()),
                ("default".to_owned(), "test".to_owned()),
            ],
            hosts: Vec::new(),
            network: Limits::default(),
            tokens: Vec::new(),
            behavior: Behavior::default(),
            limits: RateLimits::default(),
            latency: Latency::default(),
            data: None,
            seed: 0,
        }
    }
}

impl Builder {
    /// Listens on this port of loopback; 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Listens on this address. If other machines can reach it, set a [`token`](Self::token).
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Adds an environment, and its project if it does not exist.
    pub fn environment(mut self, project: impl Into<String>, key: impl Into<String>) -> Self {
        self.environments.push((project.into(), key.into()));
        self
    }

    /// Also serves clients that reach it under this host name. On loopback it accepts only requests to
    /// `localhost` or to a loopback address, because any page in a browser can point its own domain name
    /// there.
    pub fn host(mut self, name: impl AsRef<str>) -> Self {
        self.hosts.push(hosts::name_of(name.as_ref()));
        self
    }

    /// Sets the maximum number of connections, 256 by default; further ones wait until one ends.
    pub fn connections(mut self, most: usize) -> Self {
        self.network.connections = most.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Sets the time that a client has to send the head of a request, and then its body: 30 seconds by
    /// default.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.network.read_timeout = timeout.min(Duration::from_millis(LONGEST_WAIT));
        self
    }

    /// Adds an access token. The first one replaces the default token.
    pub fn token(mut self, token: Token) -> Self {
        self.tokens.push(token);
        self
    }

    /// Sets the behavior that LaunchDarkly's documentation leaves open.
    pub fn behavior(mut self, behavior: Behavior) -> Self {
        self.behavior = behavior;
        self
    }

    /// Sets the rate limits.
    pub fn limits(mut self, limits: RateLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Delays every response of the REST API by this time.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency.least_ms = milliseconds(latency);
        self
    }

    /// Adds a random delay of up to this time to every response of the REST API.
    pub fn jitter(mut self, jitter: Duration) -> Self {
        self.latency.jitter_ms = milliseconds(jitter);
        self
    }

    /// Keeps the state in this file: it is read at the start and written before each change is answered,
    /// so that even a kill loses no change that a client knows about.
    pub fn data(mut self, file: impl Into<PathBuf>) -> Self {
        self.data = Some(file.into());
        self
    }

    /// Sets the seed of identifiers, jitter and chance. The same seed and the same requests give the same
    /// responses, except for times.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Starts the emulator.
    ///
    /// # Errors
    ///
    /// When the address is taken, or open to other machines without a token of one's own.
    #[allow(
        clippy::unused_async,
        reason = "starting may come to wait, and callers should not have to change then"
    )]
    pub async fn start(self) -> Result<Emulator, StartError> {
        self.start_blocking()
    }

    /// Starts the emulator, on its own thread, for programs without a runtime.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_blocking(self) -> Result<Emulator, StartError> {
        if !self.address.ip().is_loopback() && self.tokens.is_empty() {
            return Err(StartError::NoToken(self.address));
        }
        let bind_error = |source| StartError::Bind {
            address: self.address,
            source,
        };
        let listener = server::bind(self.address).map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;

        let mut ids = Ids::new(self.seed);
        let clock = Clock::default();
        let claim = self.data.as_deref().map(Claim::new).transpose()?;
        let (claim, state) = claim.map_or((None, None), |(claim, state)| (Some(claim), state));
        let mut state = state.unwrap_or_default();
        for (project, environment) in &self.environments {
            state.ensure_environment(project, environment, clock.now(), &mut ids);
        }
        let store = match claim {
            Some(claim) => Store::new(claim, &state)?,
            None => Store::default(),
        };
        let own_tokens = !self.tokens.is_empty();
        let mut tokens = self.tokens;
        if tokens.is_empty() {
            tokens.push(Token::new("emulator", ACCESS_TOKEN, Role::Writer));
        }
        let access_token = tokens[0].secret().to_owned();
        let started = clock.now();
        let shared = Shared::new(Service {
            hosts: Hosts {
                loopback: address.ip().is_loopback(),
                any_origin: own_tokens,
                named: self.hosts,
            },
            started,
            state,
            behavior: self.behavior,
            tokens,
            clock,
            ids,
            faults: Faults::new(self.seed),
            limiter: RateLimiter::new(self.limits),
            latency: self.latency,
            requests: Requests::default(),
            tracked: Tracked::default(),
            store,
            // The first look finds out.
            next_expiry: i64::MIN,
            changes: 0,
        });
        let server =
            Server::start(listener, shared.clone(), self.network).map_err(StartError::Thread)?;
        Ok(Emulator {
            address,
            base_uri: format!("http://{address}"),
            access_token,
            shared,
            _server: server,
        })
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Emulator {
    /// Starts an emulator on a free port of loopback.
    ///
    /// # Errors
    ///
    /// If no port or no thread is available.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Returns a builder with the default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address that replaces `https://app.launchdarkly.com` in clients, without a trailing
    /// slash.
    pub fn base_uri(&self) -> &str {
        &self.base_uri
    }

    /// Returns the first access token; clients send it in `Authorization`.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// Returns the segments of an environment, newest first, as the list shows them; empty if there is no
    /// such environment.
    pub fn segments(&self, project: &str, environment: &str) -> Vec<Segment> {
        crate::api::segment::all(&self.shared.lock().state, project, environment)
    }

    /// Returns a segment as the list shows it, if it exists.
    pub fn segment(&self, project: &str, environment: &str, key: &str) -> Option<Segment> {
        self.segments(project, environment)
            .into_iter()
            .find(|segment| segment.key == key)
    }

    /// Returns the recorded requests, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared
            .lock()
            .requests
            .all()
            .into_iter()
            .cloned()
            .collect()
    }

    /// Returns the events that SDKs sent, oldest first. An SDK sends them every few seconds, and when it is
    /// flushed.
    pub fn events(&self) -> Vec<TrackedEvent> {
        self.shared.lock().tracked.events().cloned().collect()
    }

    /// Returns the diagnostics that SDKs sent, oldest first.
    pub fn diagnostics(&self) -> Vec<TrackedEvent> {
        self.shared.lock().tracked.diagnostics().cloned().collect()
    }

    /// Returns what came of the experiments of an environment, counted from the events: by metric, variation and
    /// segment. `attribute` is where contexts list their segments; with `#[context(segments)]` it is `segments`.
    pub fn results(
        &self,
        project: &str,
        environment: &str,
        attribute: &str,
    ) -> Vec<ExperimentResults> {
        let service = self.shared.lock();
        results::results(&service, project, environment, attribute)
    }

    /// Clears the events and the diagnostics of SDKs.
    pub fn clear_events(&self) {
        self.shared.lock().tracked.clear();
    }

    /// Returns the SDK key of an environment for server-side SDKs, if the environment exists.
    pub fn sdk_key(&self, project: &str, environment: &str) -> Option<String> {
        let service = self.shared.lock();
        let found = service.state.environment(project, environment).ok()?;
        Some(found.sdk_key.clone())
    }

    /// Imports segments in JSON as `GET` lists them, from the real service or from a file: the whole
    /// response, or the array of its items. Creates the environment if it does not exist. Returns the
    /// number of segments.
    ///
    /// # Errors
    ///
    /// If the JSON is not a list of segments, or the data file cannot be written.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use segments_emulator::Emulator;
    ///
    /// let emulator = Emulator::start().await?;
    /// let listed = r#"{"items": [{"key": "beta", "name": "Beta", "included": ["u-1"], "version": 7}]}"#;
    /// assert_eq!(emulator.import("shop", "production", listed)?, 1);
    /// assert_eq!(emulator.segments("shop", "production")[0].version, 7);
    /// # Ok(())
    /// # }
    /// ```
    pub fn import(
        &self,
        project: &str,
        environment: &str,
        listed: &str,
    ) -> Result<usize, ImportError> {
        let listed = serde_json::from_str(listed)?;
        let mut service = self.shared.lock();
        let imported = import(&mut service, project, environment, listed)?;
        service.save_changes()?;
        Ok(imported)
    }

    /// Adds projects, segments, flags and AI Configs from JSON; existing ones stay or are replaced.
    ///
    /// # Errors
    ///
    /// If the JSON has another form, or a part of it is refused.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use segments_emulator::Emulator;
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.fill(r#"{"projects": {"shop": {
    ///     "environments": {"staging": {"segments": [
    ///         {"key": "beta", "name": "Beta", "included": ["u-1"]}]}},
    ///     "flags": [{"key": "new-page", "name": "New page", "instructions": {"staging": [
    ///         {"kind": "turnFlagOn"},
    ///         {"kind": "addRule", "variation": 0, "clauses": [
    ///             {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["beta"]}]}]}}]}}}"#)?;
    /// assert_eq!(emulator.segments("shop", "staging")[0].included, ["u-1"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fill(&self, world: &str) -> Result<(), ImportError> {
        let world = serde_json::from_str(world)?;
        let mut service = self.shared.lock();
        fill(&mut service, world)?;
        service.save_changes()?;
        Ok(())
    }

    /// Imports an environment as SDKs receive it: JSON with `segments` and `flags`, including salts, so
    /// that percentages pick the same contexts. Existing resources with the same keys are replaced.
    ///
    /// # Errors
    ///
    /// If the JSON has another form, or a part of it is refused.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use segments_emulator::Emulator;
    ///
    /// let emulator = Emulator::start().await?;
    /// let data = r#"{"flags": {}, "segments": {"beta": {"key": "beta", "salt": "e5b6", "included": ["u-1"]}}}"#;
    /// emulator.receive("shop", "production", data)?;
    /// assert_eq!(emulator.segments("shop", "production")[0].included, ["u-1"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn receive(&self, project: &str, environment: &str, data: &str) -> Result<(), ImportError> {
        let received = serde_json::from_str(data)?;
        let mut service = self.shared.lock();
        receive(&mut service, project, environment, received)?;
        service.save_changes()?;
        Ok(())
    }

    /// Clears the recorded requests.
    pub fn clear_requests(&self) {
        self.shared.lock().requests.clear();
    }

    /// Queues a fault. The first queued fault that matches a request applies.
    pub fn inject_fault(&self, fault: Fault) {
        self.shared.lock().faults.add(fault);
    }

    /// Removes all queued faults.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Changes the rate limits.
    pub fn set_limits(&self, limits: RateLimits) {
        self.shared.lock().limiter.limits = limits;
    }

    /// Changes the latency of every response of the REST API.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.lock().latency.least_ms = milliseconds(latency);
    }

    /// Changes the behavior that LaunchDarkly's documentation leaves open.
    pub fn set_behavior(&self, behavior: Behavior) {
        self.shared.lock().behavior = behavior;
    }

    /// Moves the emulator's clock forward, so that expiring targets expire.
    pub fn advance(&self, by: Duration) {
        self.shared.lock().clock.advance(by);
    }
}

/// Without the token.
impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("base_uri", &self.base_uri)
            .finish_non_exhaustive()
    }
}
