//! The service without a network: its state, its clock, its record, and its faults.

pub(crate) mod auth;
pub(crate) mod behavior;
pub(crate) mod clock;
mod commit;
mod expiry;
pub(crate) mod fault;
pub(crate) mod hosts;
pub(crate) mod log;
pub(crate) mod rate_limit;
pub(crate) mod results;
pub(crate) mod store;
pub(crate) mod tracked;

use std::time::Duration;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::message::{ApiError, Response};
use crate::state::{Environment, Ids, State};
use auth::Token;
use behavior::Behavior;
use clock::Clock;
use fault::Faults;
use hosts::Hosts;
use log::Requests;
use rate_limit::RateLimiter;
use store::Store;
use tracked::Tracked;

/// Everything behind the lock.
pub(crate) struct Service {
    pub(crate) state: State,
    pub(crate) behavior: Behavior,
    pub(crate) tokens: Vec<Token>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) faults: Faults,
    pub(crate) limiter: RateLimiter,
    pub(crate) latency: Latency,
    pub(crate) requests: Requests,
    pub(crate) tracked: Tracked,
    pub(crate) store: Store,
    /// Under which names it is reached, and by which pages.
    pub(crate) hosts: Hosts,
    /// When it started, so that what SDKs remember of an earlier start is not taken for this one's.
    pub(crate) started: i64,
    /// When the next individual target goes by itself, at the earliest.
    pub(crate) next_expiry: i64,
    /// How many changes were made.
    pub(crate) changes: u64,
}

/// Nothing waits longer than a day.
pub(crate) const LONGEST_WAIT: u64 = 24 * 60 * 60 * 1000;

/// How long every answer of the REST API takes at least.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Latency {
    pub(crate) least_ms: u64,
    /// Up to so much more, drawn from the seed.
    pub(crate) jitter_ms: u64,
}

impl Service {
    /// Writes what changed into the file of data, if there is one.
    pub(crate) fn save_changes(&mut self) -> Result<(), ApiError> {
        self.store.save(&self.state)
    }

    /// Remembers that an environment was asked about a context, and by which program.
    pub(crate) fn remember(
        &mut self,
        project: &str,
        environment: &str,
        context: &Json,
        application: &str,
    ) -> Result<&mut Environment, ApiError> {
        let now = self.clock.now();
        let found = self.state.environment_mut(project, environment)?;
        found.seen.remember(context, application, now);
        Ok(found)
    }

    /// How long the next answer takes.
    pub(crate) fn latency(&mut self) -> Duration {
        let Latency {
            least_ms,
            jitter_ms,
        } = self.latency;
        let least = Duration::from_millis(least_ms.min(LONGEST_WAIT));
        let jitter = Duration::from_millis(jitter_ms.min(LONGEST_WAIT));
        least + jitter.mul_f64(self.ids.fraction())
    }

    /// Makes an answer of an error.
    pub(crate) fn refuse(&mut self, error: ApiError) -> Response {
        if error.status == StatusCode::UNAUTHORIZED && self.behavior.empty_unauthorized {
            return Response::empty(error.status);
        }
        error.response(self.ids.uuid())
    }
}
