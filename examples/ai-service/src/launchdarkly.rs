//! LaunchDarkly's part: what people make there, the client that asks it, and what it was told.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use launchdarkly_sdk_transport::HyperTransport;
use launchdarkly_server_sdk::{
    Client, ConfigBuilder, EventProcessorBuilder, PollingDataSourceBuilder, ServiceEndpointsBuilder,
};
use segments_emulator::Emulator;
use serde_json::{Value, json};

/// Makes the AI Config, as people do in LaunchDarkly's pages.
pub(crate) async fn prepare(emulator: &Emulator) -> Result<(), Box<dyn Error>> {
    let http = reqwest::Client::new();
    let post = async |path: &str, body: Value| {
        let uri = format!(
            "{}/api/v2/projects/default/ai-configs{path}",
            emulator.base_uri()
        );
        let request = http
            .post(uri)
            .header("Authorization", emulator.access_token());
        request.json(&body).send().await?.error_for_status()
    };
    post(
        "",
        json!({"key": "support-assistant", "name": "Support assistant"}),
    )
    .await?;
    let messages = json!([
        {"role": "system", "content": "You help users of the plan {{ldctx.plan}}."},
        {"role": "user", "content": "{{{question}}}"},
    ]);
    let fast = json!({"key": "fast", "name": "Fast", "messages": messages, "provider": {"name": "openai"},
        "model": {"modelName": "gpt-4o-mini", "parameters": {"temperature": 0.2}}});
    post("/support-assistant/variations", fast).await?;
    let messages = json!([
        {"role": "system", "content": "You help {{nmae}} with patience."},
        {"role": "user", "content": "{{{question}}}"},
    ]);
    let careful = json!({"key": "careful", "name": "Careful", "messages": messages, "provider": {"name": "openai"},
        "model": {"modelName": "gpt-4o", "parameters": {"temperature": 0.7, "max_tokens": 800},
            "custom": {"tone": "friendly"}}});
    post("/support-assistant/variations", careful).await?;
    Ok(())
}

/// LaunchDarkly's own client, which asks the emulator.
pub(crate) async fn connect(emulator: &Emulator) -> Result<Arc<Client>, Box<dyn Error>> {
    let uri = emulator.base_uri();
    let mut endpoints = ServiceEndpointsBuilder::new();
    endpoints
        .polling_base_url(uri)
        .streaming_base_url(uri)
        .events_base_url(uri);
    let mut source = PollingDataSourceBuilder::new();
    source.transport(HyperTransport::new()?);
    let mut events = EventProcessorBuilder::new();
    // By default the SDK keeps 500 events until it sends them, every five seconds, and drops what is more.
    events.transport(HyperTransport::new()?).capacity(10_000);
    let key = emulator
        .sdk_key("default", "production")
        .ok_or("there is no such environment")?;
    let config = ConfigBuilder::new(&key)
        .service_endpoints(&endpoints)
        .data_source(&source)
        .event_processor(&events)
        .build()?;
    let client = Arc::new(Client::build(config)?);
    client.start_with_default_executor();
    client
        .wait_for_initialization(Duration::from_secs(10))
        .await;
    Ok(client)
}

/// An event of a run, in words; `None` if it is of something else.
pub(crate) fn in_words(event: &Value) -> Option<String> {
    let data = &event["data"];
    data["runId"].as_str()?;
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let key = word(&event["key"]);
    let value = match &*key {
        "$ld:ai:duration:total" => "(milliseconds)".to_owned(),
        _ => event["metricValue"].to_string(),
    };
    let (variation, version) = (word(&data["variationKey"]), &data["version"]);
    // A resumption token does not say which model it was.
    let model = data["modelName"].as_str().filter(|it| !it.is_empty());
    let model = model.map_or_else(String::new, |model| format!(", {model}"));
    Some(format!(
        "{key:<30} {value:<14} {variation}, version {version}{model}"
    ))
}
