//! The client: LaunchDarkly's own SDK, used for AI Configs.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use launchdarkly_server_sdk::{Context, ContextBuilder, Detail};
use serde_json::Value as Json;

use crate::event::{Data, SdkInfo};
use crate::problem::Problem;

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

    pub(crate) fn variation(&self, key: &str, context: &Context) -> Detail<Json> {
        self.shared.client.variation(key, context)
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
