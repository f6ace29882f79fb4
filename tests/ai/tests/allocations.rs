//! Reading a typed configuration allocates what it fills in, and nothing else: an allocator that counts
//! proves it.

#[path = "support/assistant.rs"]
#[allow(dead_code, reason = "the benchmark uses all of it")]
mod assistant;

use std::sync::Arc;

use assistant::{SupportAssistant, SupportAssistantVariables, served};
use launchdarkly_server_sdk::{Context as SdkContext, ContextBuilder, Detail};
use segments_runtime::ai::{AiClient, Data, FlagClient};
use serde_json::Value as Json;

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
    let served = served();
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
    let filled = [
        "You help Ann with the app, briefly and kindly.",
        "Hello, I am Ann.",
    ];
    assert_eq!(texts, filled);
    // The list of messages, and the text of each.
    assert_eq!(allocations.count_total, 3);
}
