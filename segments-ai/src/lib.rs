//! LaunchDarkly AI Configs for Rust: typed variations, prompts, and tracked runs.
//!
//! Applications use this crate through `segments-runtime` with the feature `ai`, where `#[ai_config]`
//! generates the types. You can also use it alone: [`AiClient::config_of`] reads any AI Config.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use launchdarkly_server_sdk::{Context, ContextBuilder, Detail, Reason};
//! use segments_ai::{AiClient, Completion, Data, FlagClient, Success, Tokens, Undeclared};
//! use serde_json::{Value as Json, json};
//!
//! /// What stands in for LaunchDarkly's client in a test.
//! #[derive(Default)]
//! struct Fake(Mutex<Vec<String>>);
//!
//! impl FlagClient for Fake {
//!     fn variation(&self, _: &str, _: &Context) -> Detail<Json> {
//!         let value = json!({
//!             "_ldMeta": {"enabled": true, "variationKey": "fast", "version": 3},
//!             "model": {"name": "gpt-4o-mini", "parameters": {"temperature": 0.2}},
//!             "provider": {"name": "openai"},
//!             "messages": [{"role": "system", "content": "Help {{name}}, who is on {{ldctx.plan}}."}],
//!         });
//!         Detail { value: Some(value), variation_index: Some(0), reason: Reason::Off }
//!     }
//!
//!     fn track(&self, event: &str, _: Context, value: f64, _: &Data<'_>) {
//!         self.0.lock().unwrap().push(format!("{event} {value}"));
//!     }
//! }
//!
//! let fake = Arc::new(Fake::default());
//! let ai = AiClient::new(fake.clone());
//! let context = ContextBuilder::new("u-1").set_string("plan", "pro").build()?;
//! let variables = json!({"name": "Ann"});
//!
//! let variables = variables.as_object().unwrap();
//! let config = ai.config_of::<Undeclared<Completion>>("assistant", context, variables);
//! assert!(config.enabled && config.problems().is_empty());
//! assert_eq!(config.messages()[0].content, "Help Ann, who is on pro.");
//!
//! let run = config.track();
//! run.finish(Success { tokens: Some(Tokens::new(12, 30)), ..Success::default() });
//! let events = fake.0.lock().unwrap().join("\n");
//! assert!(events.contains("$ld:ai:generation:success 1\n$ld:ai:tokens:total 42\n"), "{events}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What does not fit
//!
//! People edit AI Configs while programs run, so a served value never makes a program fail. A value that
//! does not fit the declaration is a [`Problem`]: it names the AI Config, the variation and the path, is
//! logged once, and is replaced by the typed default.
//!
//! # Dependencies
//!
//! The crate uses LaunchDarkly's SDK and, of the model, only the template parser: the runtime re-exports
//! it, so it cannot depend on the runtime. The SDK has no features enabled; the application chooses TLS
//! and cryptography where it creates its client.

mod client;
mod config;
mod event;
pub mod judge;
mod measured;
mod mode;
mod parameter;
mod parts;
mod printed;
mod problem;
mod run;
mod score;
mod served;
pub mod template;
mod token;
mod tool;
mod variable;

#[doc(hidden)]
pub use client::untracked;
pub use client::{AiClient, EventClient, FlagClient};
pub use config::{Config, Declared, Fallback, JudgeSetting, Model, Undeclared};
pub use event::{Data, RunData, SdkInfo};
pub use judge::{JudgeError, JudgeResult, Score};
/// LaunchDarkly's SDK, with its client and contexts.
pub use launchdarkly_server_sdk as sdk;
pub use measured::{Measured, Tokens};
pub use mode::{Agent, Completion, Judge, Message, Messages, Mode, Role};
pub use parameter::{Parameters, Reader};
pub use problem::{Instead, Mismatch, Problem};
pub use run::{Feedback, Run, Success, Told};
pub use token::TokenError;
pub use tool::Tool;
pub use variable::{AsVariable, Items, Variable, Variables};
