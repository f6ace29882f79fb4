//! Reading a typed configuration allocates what it fills in, and nothing else: an allocator that counts
//! proves it.

use std::sync::Arc;

use launchdarkly_server_sdk::{Context as SdkContext, ContextBuilder, Detail, Reason};
use segments_runtime::ai::{AiClient, Data, FlagClient};
use segments_runtime::{Context, ai_config};
use serde_json::{Value as Json, json};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

/// The assistant on the support page.
#[ai_config(
    variations(fast, careful),
    params(temperature: f64 = 0.7, max_tokens: Option<u32>),
    variables(name: &str, product: &str),
    rule(User::ID.is("u-1") => careful),
    fallthrough = fast,
)]
struct SupportAssistant;

/// The client is not asked: what it serves is passed.
struct Nobody;

impl FlagClient for Nobody {
    fn variation(&self, _: &str, _: &SdkContext) -> Detail<Json> {
        unreachable!("what is served is passed")
    }

    fn track(&self, _: &str, _: SdkContext, _: f64, _: &Data<'_>) {}
}

#[test]
fn reading_allocates_the_filled_in_messages_only() {
    let client = AiClient::new(Arc::new(Nobody));
    let variables = SupportAssistantVariables {
        name: "Ann",
        product: "the app",
    };
    let served = Detail {
        value: Some(json!({
            "_ldMeta": {"enabled": true, "variationKey": "careful", "version": 7, "mode": "completion"},
            "model": {"name": "gpt-4o", "parameters": {"temperature": 0.2, "max_tokens": 500}},
            "provider": {"name": "openai"},
            "messages": [
                {"role": "system", "content": "You help {{name}} with {{product}}, briefly."},
                {"role": "user", "content": "Hello, I am {{name}}."},
            ],
        })),
        variation_index: Some(0),
        reason: Reason::Fallthrough {
            in_experiment: false,
        },
    };
    let context = ContextBuilder::new("u-1").build().unwrap();
    let mut read = None;
    let allocations = allocation_counter::measure(|| {
        read = Some(client.read::<SupportAssistant>(context, served, &variables));
    });
    let config = read.unwrap();
    assert!(config.problems().is_empty() && config.enabled);
    let texts: Vec<&str> = config
        .messages()
        .iter()
        .map(|message| &*message.content)
        .collect();
    let filled = ["You help Ann with the app, briefly.", "Hello, I am Ann."];
    assert_eq!(texts, filled);
    // The list of messages, and the text of each.
    assert_eq!(allocations.count_total, 3);
}
