//! The data that SDKs send: events and diagnostics.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value as Json;

use crate::message::{ApiError, Request};

/// As many events as are remembered.
const REMEMBERED: usize = 50_000;

/// As many bytes as they were long.
const REMEMBERED_BYTES: usize = 64 * 1024 * 1024;

/// The number of payloads to remember, to recognize those that are sent again.
const PAYLOADS: usize = 1000;

/// An event that an SDK sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackedEvent {
    /// The project.
    pub project: String,
    /// The environment of the SDK key that came with it.
    pub environment: String,
    /// When it came, in milliseconds since 1970 by the emulator's clock.
    pub received: i64,
    /// The event as the SDK sent it; its `kind` says what it is: `custom`, `index`, `summary`, ...
    pub event: Json,
}

/// The last events, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    events: VecDeque<(TrackedEvent, usize)>,
    bytes: usize,
    payloads: VecDeque<String>,
    diagnostics: VecDeque<TrackedEvent>,
}

impl Tracked {
    /// Takes the events of a payload. One that an SDK sends again, because it did not see the answer, is
    /// taken once, as LaunchDarkly does.
    pub(crate) fn take(
        &mut self,
        request: &Request,
        project: &str,
        environment: &str,
        now: i64,
    ) -> Result<(), ApiError> {
        let events: Vec<Json> = request.json()?;
        if let Some(payload) = request.header("x-launchdarkly-payload-id") {
            if self.payloads.iter().any(|known| known == payload) {
                return Ok(());
            }
            self.payloads.push_back(payload.to_owned());
            if self.payloads.len() > PAYLOADS {
                self.payloads.pop_front();
            }
        }
        let each = request.body.len() / events.len().max(1);
        for event in events {
            self.bytes += each;
            self.events
                .push_back((tracked(project, environment, now, event), each));
            while self.events.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES {
                let forgotten = self.events.pop_front();
                self.bytes -= forgotten.map_or(self.bytes, |(_, bytes)| bytes);
            }
        }
        Ok(())
    }

    /// Takes what an SDK says of itself.
    pub(crate) fn take_diagnostic(
        &mut self,
        request: &Request,
        project: &str,
        environment: &str,
        now: i64,
    ) -> Result<(), ApiError> {
        self.diagnostics
            .push_back(tracked(project, environment, now, request.json()?));
        if self.diagnostics.len() > PAYLOADS {
            self.diagnostics.pop_front();
        }
        Ok(())
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &TrackedEvent> {
        self.events.iter().map(|(event, _)| event)
    }

    pub(crate) fn diagnostics(&self) -> impl Iterator<Item = &TrackedEvent> {
        self.diagnostics.iter()
    }

    /// Forgets everything but which payloads came.
    pub(crate) fn clear(&mut self) {
        self.events.clear();
        self.bytes = 0;
        self.diagnostics.clear();
    }
}

fn tracked(project: &str, environment: &str, received: i64, event: Json) -> TrackedEvent {
    TrackedEvent {
        project: project.to_owned(),
        environment: environment.to_owned(),
        received,
        event,
    }
}
