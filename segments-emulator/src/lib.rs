//! The segments part of LaunchDarkly's API on loopback: for examples, tests and offline work.
//!
//! [`Emulator::start`] gives a service of its own on a free port. It speaks the REST API of
//! segments with the status codes, bodies and habits of LaunchDarkly, remembers what it was asked,
//! and misbehaves on request.
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
//! | what | where |
//! |---|---|
//! | start, ask, stop | [`Emulator`], [`Builder`] |
//! | what it was asked | [`RecordedRequest`] |
//! | what it takes the service to do where nobody says | [`Behaviour`] |
//! | what goes wrong on request | [`Fault`], [`RateLimits`] |
//! | who may do what | [`Token`], [`Role`] |
//!
//! What it takes the service to do, with the source of each fact, is in
//! `docs/service-behaviour.md`.

mod admin;
mod ai_config;
mod approval;
mod auth;
mod behaviour;
mod big;
mod clock;
mod commit;
mod context_attribute;
mod context_kind;
mod cors;
mod emulator;
mod error;
mod evaluate;
mod expiring;
mod fault;
mod fill;
mod filter;
mod flag;
mod ids;
mod import;
mod log;
mod page;
mod paging;
mod project;
mod rate_limit;
mod request;
mod response;
mod router;
mod sdk;
mod segment;
mod server;
mod service;
mod state;
mod store;
mod targeting;
mod version;

pub use auth::{Role, Statement, Token};
pub use behaviour::Behaviour;
pub use emulator::{Builder, Emulator, ImportError, StartError};
pub use fault::Fault;
pub use rate_limit::{Hint, RateLimits};
pub use request::RecordedRequest;
pub use store::DataError;
