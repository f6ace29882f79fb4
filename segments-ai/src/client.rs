//! The client: LaunchDarkly's own SDK, used for AI Configs.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use launchdarkly_server_sdk::{Context, ContextBuilder, Detail};
use serde::Serialize;
use serde_json::Value as Json;

use crate::config::{Config, Declared};
use crate::mode::Mode;
use crate::problem::Problem;
use crate::run::Data;
use crate::variable::Variables;

/// Evaluates AI Configs and tracks events. LaunchDarkly's SDK implements it; a test may use another
/// implementation.
pub trait FlagClient: Send + Sync + 'static {
    /// Returns the variation that is served.
    fn variation(&self, key: &str, context: &Context) -> Detail<Json>;

    /// Tracks an event. It is sent later.
    fn track(&self, event: &str, context: Context, value: f64, data: &Data<'_>);
}

impl FlagClient for launchdarkly_server_sdk::Client {
    fn variation(&self, key: &str, context: &Context) -> Detail<Json> {
        self.json_variation_detail(context, key, Json::Null)
    }

    fn track(&self, event: &str, context: Context, value: f64, data: &Data<'_>) {
        self.track_metric(context, event, value, data);
    }
}

/// Tracks the events that metrics count. LaunchDarkly's SDK implements it; a test may use another
/// implementation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` sends no events to LaunchDarkly",
    label = "not a client",
    note = "pass a reference to the client of the official SDK, as in `track(&client, &user)`"
)]
pub trait EventClient {
    /// Tracks an event, with a value if its metric is numeric. It is sent later.
    fn track_event(&self, event: &str, context: Context, value: Option<f64>);
}

impl EventClient for launchdarkly_server_sdk::Client {
    fn track_event(&self, event: &str, context: Context, value: Option<f64>) {
        match value {
            Some(value) => self.track_metric(context, event, value, Json::Null),
            None => launchdarkly_server_sdk::Client::track_event(self, context, event),
        }
    }
}

impl<C: EventClient + ?Sized> EventClient for Arc<C> {
    fn track_event(&self, event: &str, context: Context, value: Option<f64>) {
        C::track_event(self, event, context, value);
    }
}

/// Logs that an event was not tracked, because the SDK does not accept its context.
#[doc(hidden)]
pub fn untracked(event: &str, why: &dyn std::fmt::Display) {
    tracing::error!(%event, "not tracked: {why}");
}

/// A client for AI Configs. Cheap to clone.
///
/// ```no_run
/// use std::sync::Arc;
/// use launchdarkly_server_sdk::{Client, ConfigBuilder};
/// use segments_ai::AiClient;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::build(ConfigBuilder::new("sdk-key").build()?)?;
/// let ai = AiClient::new(Arc::new(client));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AiClient {
    shared: Arc<Shared>,
}

struct Shared {
    client: Arc<dyn FlagClient>,
    /// The problems that were logged, so that a problem of each request is logged once.
    told: Mutex<HashSet<u64>>,
    hasher: RandomState,
}

impl std::fmt::Debug for AiClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AiClient").finish_non_exhaustive()
    }
}

/// As many problems are remembered. Those that come then are logged each time.
const MOST_TOLD: usize = 1024;

/// The program that tracks, as LaunchDarkly records it once for each client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SdkInfo {
    #[serde(rename = "aiSdkName")]
    name: &'static str,
    #[serde(rename = "aiSdkVersion")]
    version: &'static str,
    #[serde(rename = "aiSdkLanguage")]
    language: &'static str,
}

impl AiClient {
    /// Creates a client on top of LaunchDarkly's.
    #[must_use]
    pub fn new<C: FlagClient>(client: Arc<C>) -> Self {
        let client: Arc<dyn FlagClient> = client;
        let own = ContextBuilder::new("ld-internal-tracking")
            .kind("ld_ai")
            .anonymous(true)
            .build();
        if let Ok(own) = own {
            let info = Data::Sdk(SdkInfo {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                language: "rust",
            });
            client.track("$ld:ai:sdk:info", own, 1.0, &info);
        }
        Self {
            shared: Arc::new(Shared {
                client,
                told: Mutex::default(),
                hasher: RandomState::new(),
            }),
        }
    }

    /// Returns the AI Config that this context is served.
    #[must_use]
    pub fn config<C: Declared>(&self, context: Context, variables: &dyn Variables) -> Config<C> {
        self.config_of(C::KEY, context, variables)
    }

    /// Returns the AI Config of this key, which may differ from the declared key.
    ///
    /// ```
    /// # use segments_ai::{AiClient, Completion, Undeclared};
    /// # fn ask(ai: &AiClient, context: launchdarkly_server_sdk::Context) {
    /// let config = ai.config_of::<Undeclared<Completion>>("support-assistant", context, &());
    /// if config.enabled {
    ///     for message in config.messages() {
    ///         println!("{}: {}", message.role.as_str(), message.content);
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn config_of<C: Declared>(
        &self,
        key: impl Into<Cow<'static, str>>,
        context: Context,
        variables: &dyn Variables,
    ) -> Config<C> {
        let key = key.into();
        let usage = Data::Key(&key);
        self.track(C::Mode::USAGE, context.clone(), 1.0, &usage);
        let served = self.shared.client.variation(&key, &context);
        Config::read(self, key, Ok(context), Some(served), variables)
    }

    /// Returns the fallback of an AI Config, for contexts that the SDK does not accept.
    #[must_use]
    pub fn fallback<C: Declared>(
        &self,
        why: impl Into<String>,
        variables: &dyn Variables,
    ) -> Config<C> {
        Config::read(self, C::KEY.into(), Err(why.into()), None, variables)
    }

    /// Reads an AI Config from a served value.
    #[must_use]
    pub fn read<C: Declared>(
        &self,
        context: Context,
        served: Detail<Json>,
        variables: &dyn Variables,
    ) -> Config<C> {
        Config::read(self, C::KEY.into(), Ok(context), Some(served), variables)
    }

    pub(crate) fn track(&self, event: &str, context: Context, value: f64, data: &Data<'_>) {
        self.shared.client.track(event, context, value, data);
    }

    /// Logs problems, each once.
    pub(crate) fn tell(&self, problems: &[Problem]) {
        for problem in problems {
            let text = problem.to_string();
            let hash = self.shared.hasher.hash_one(&text);
            let mut told = self
                .shared
                .told
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let new = told.len() >= MOST_TOLD || told.insert(hash);
            drop(told);
            if new {
                tracing::error!("{text}");
            }
        }
    }
}
