//! LaunchDarkly, and its SDK.

use std::sync::Arc;
use std::time::Duration;

use launchdarkly_sdk_transport::HyperTransport;
use launchdarkly_server_sdk::{
    Client, ConfigBuilder, EventProcessorBuilder, PollingDataSourceBuilder, ServiceEndpointsBuilder,
};
use segments_emulator::Emulator;
use segments_runtime::sync::{SyncConfig, SyncMode};
use serde_json::{Value as Json, json};

/// Sends a request about AI Configs.
pub(crate) async fn send(emulator: &Emulator, method: &str, path: &str, body: &Json) {
    let uri = format!(
        "{}/api/v2/projects/default/ai-configs{path}",
        emulator.base_uri()
    );
    let request = reqwest::Client::new()
        .request(method.parse().unwrap(), uri)
        .header("Authorization", emulator.access_token())
        .json(body);
    request.send().await.unwrap().error_for_status().unwrap();
}

pub(crate) async fn post(emulator: &Emulator, path: &str, body: Json) {
    send(emulator, "POST", path, &body).await;
}

pub(crate) fn config(emulator: &Emulator, mode: SyncMode) -> SyncConfig {
    SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(emulator.base_uri())
        .mode(mode)
        .build()
        .unwrap()
}

/// An emulator with the AI Configs of this program, of which one variation each was written by people.
pub(crate) async fn emulator(of_assistant: Json, of_guide: Json) -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    for (key, variation) in [
        ("support-assistant", of_assistant),
        ("reading-guide", of_guide),
    ] {
        post(&emulator, "", json!({"key": key, "name": key})).await;
        post(&emulator, &format!("/{key}/variations"), variation).await;
    }
    let short = json!({"key": "short", "name": "Short", "model": {"modelName": "small"},
        "messages": [{"role": "user", "content": "Shortly, about {{title}}."}]});
    post(&emulator, "/reading-guide/variations", short).await;
    emulator
}

/// How the SDK asks the emulator, with room for so many events.
pub(crate) fn builder(emulator: &Emulator, capacity: usize) -> ConfigBuilder {
    let uri = emulator.base_uri();
    let mut endpoints = ServiceEndpointsBuilder::new();
    endpoints
        .polling_base_url(uri)
        .streaming_base_url(uri)
        .events_base_url(uri);
    let mut source = PollingDataSourceBuilder::new();
    source.transport(HyperTransport::new().unwrap());
    let mut events = EventProcessorBuilder::new();
    events
        .transport(HyperTransport::new().unwrap())
        .capacity(capacity);
    let key = emulator.sdk_key("default", "production").unwrap();
    ConfigBuilder::new(&key)
        .service_endpoints(&endpoints)
        .data_source(&source)
        .event_processor(&events)
}

/// A client that has everything, with room for so many events.
pub(crate) async fn client(emulator: &Emulator, capacity: usize) -> Arc<Client> {
    let config = builder(emulator, capacity).build().unwrap();
    let client = Arc::new(Client::build(config).unwrap());
    client.start_with_default_executor();
    let started = client
        .wait_for_initialization(Duration::from_secs(30))
        .await;
    assert_eq!(started, Some(true));
    client
}

/// The custom events that arrived, after everything was sent.
pub(crate) async fn custom(client: &Client, emulator: &Emulator) -> Vec<Json> {
    assert!(client.flush_blocking(Duration::from_secs(30)).await);
    let events = emulator.events().into_iter().map(|it| it.event);
    events.filter(|it| it["kind"] == "custom").collect()
}
