//! An AI Config, and what LaunchDarkly's SDK serves of it.

use launchdarkly_server_sdk::{Detail, Reason};
use segments_runtime::{Context, ai_config};
use serde_json::{Value as Json, json};

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
}

/// The assistant on the support page.
#[ai_config(
    variations(fast, careful),
    params(temperature: f64 = 0.7, max_tokens: Option<u32>),
    variables(name: &str, product: &str),
    rule(User::ID.is("u-1") => careful),
    fallthrough = fast,
)]
pub struct SupportAssistant;

pub fn value() -> Json {
    json!({
        "_ldMeta": {"enabled": true, "variationKey": "careful", "version": 7, "mode": "completion"},
        "model": {"name": "gpt-4o", "parameters": {"temperature": 0.2, "max_tokens": 500}},
        "provider": {"name": "openai"},
        "messages": [
            {"role": "system", "content": "You help {{name}} with {{product}}, briefly and kindly."},
            {"role": "user", "content": "Hello, I am {{name}}."},
        ],
    })
}

pub fn served() -> Detail<Json> {
    Detail {
        value: Some(value()),
        variation_index: Some(0),
        reason: Reason::Fallthrough {
            in_experiment: false,
        },
    }
}
