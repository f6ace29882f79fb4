//! The segments part of LaunchDarkly's API on loopback: for examples, tests and offline work.
//!
//! [`Emulator::start`] starts a separate service on a free port. It implements the REST API of segments
//! with the status codes, bodies and habits of LaunchDarkly, records its requests, and injects faults on
//! request.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use segments_emulator::Emulator;
//!
//! let emulator = Emulator::start().await?;
//! let segments = format!("{}/api/v2/segments/default/production", emulator.base_uri());
//! let answer = reqwest::Client::new()
//!     .post(&segments)
//!     .header("Authorization", emulator.access_token())
//!     .json(&serde_json::json!({"key": "beta", "name": "Beta"}))
//!     .send()
//!     .await?;
//! assert_eq!(answer.status(), 201);
//! assert_eq!(emulator.segments("default", "production")[0].name, "Beta");
//! assert_eq!(emulator.requests().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! | task | item |
//! |---|---|
//! | start, inspect, stop | [`Emulator`], [`Builder`] |
//! | recorded requests | [`RecordedRequest`] |
//! | events of SDKs | [`TrackedEvent`] |
//! | behavior that LaunchDarkly does not document | [`Behavior`] |
//! | faults and rate limits | [`Fault`], [`RateLimits`] |
//! | permissions | [`Token`], [`Role`] |
//!
//! `docs/service-behaviour.md` lists what the emulator assumes about the service, with the source of
//! each fact.
//!
//! Four layers, each of which uses only those below: `http` (sockets, the page, SDKs), `api` (one table
//! of routes, and the handlers), `service` (operations on the state: tokens, limits, faults, the data
//! file), `state` (the data).
//!
//! # Features
//!
//! - `page`: a web page at `/` that shows the data.

mod api;
mod emulator;
mod http;
mod message;
mod service;
mod state;

pub use emulator::{Builder, Emulator, ImportError, StartError};
pub use message::RecordedRequest;
pub use service::auth::{Role, Statement, Token};
pub use service::behavior::Behavior;
pub use service::fault::Fault;
pub use service::rate_limit::{Hint, RateLimits};
pub use service::results::{ExperimentResults, ResultRow};
pub use service::store::DataError;
pub use service::tracked::TrackedEvent;
pub use state::IterationStatus;
