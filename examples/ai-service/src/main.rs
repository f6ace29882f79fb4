//! `cargo run -p ai-service` needs nothing: it starts an emulator of LaunchDarkly on this machine, makes in it what
//! people would make in LaunchDarkly's pages, serves the support page, asks it four questions, and shows what was
//! tracked.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use launchdarkly_sdk_transport::HyperTransport;
use launchdarkly_server_sdk::{
    Client, ConfigBuilder, EventProcessorBuilder, PollingDataSourceBuilder, ServiceEndpointsBuilder,
};
use segments_emulator::Emulator;
use segments_runtime::SyncConfig;
use segments_runtime::ai::AiClient;
use segments_runtime::sync::check_prompts;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start().await?;
    prepare(&emulator).await?;
    let config = SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(emulator.base_uri())
        .build()?;
    heading("Sync");
    let report = segments_runtime::sync(&config).await?;
    for settled in report.settled() {
        println!("{settled}");
    }
    heading("What prompts ask for and the program does not provide");
    for finding in check_prompts(&config).await? {
        println!("{finding}");
    }

    let client = connect(&emulator).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let page = format!("http://{}/ask", listener.local_addr()?);
    let router = ai_service::router(AiClient::new(client.clone()));
    tokio::spawn(async { axum::serve(listener, router).await });

    heading("Four questions");
    let http = reqwest::Client::new();
    for (id, plan, days, question, helpful) in [
        (
            "u-1",
            "free",
            90,
            "How do I change my password?",
            Some(true),
        ),
        (
            "u-2",
            "pro",
            90,
            "How do I change my password?",
            Some(false),
        ),
        ("u-3", "pro", 5, "Is <b>this</b> safe?", None),
        ("u-4", "free", 1, "Please overload yourself.", None),
    ] {
        let user = json!({"id": id, "plan": plan, "accountAge": days});
        let body = json!({"user": user, "question": question, "helpful": helpful});
        let answer = http.post(&page).json(&body).send().await?;
        let status = answer.status();
        if !status.is_success() {
            println!("{id}: {status}");
            continue;
        }
        let answer: Value = answer.json().await?;
        let (variation, text) = (&answer["variation"], &answer["answer"]);
        println!(
            "{id}, {}, {}: {}",
            word(variation),
            word(&answer["tone"]),
            word(text)
        );
    }

    client.flush_blocking(Duration::from_secs(10)).await;
    client.close();
    heading("What was tracked");
    for tracked in emulator.events() {
        let event = tracked.event;
        let data = &event["data"];
        if event["kind"] != "custom" || data["runId"].is_null() {
            continue;
        }
        let value = match event["key"].as_str() {
            Some("$ld:ai:duration:total") => "(milliseconds)".to_owned(),
            _ => event["metricValue"].to_string(),
        };
        println!(
            "{:<30} {value:<14} {}, version {}, {}",
            word(&event["key"]),
            word(&data["variationKey"]),
            data["version"],
            word(&data["modelName"]),
        );
    }
    Ok(())
}

fn heading(text: &str) {
    println!("\n== {text}");
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("none")
}

/// Makes the AI Config, as people do in LaunchDarkly's pages.
async fn prepare(emulator: &Emulator) -> Result<(), Box<dyn Error>> {
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
async fn connect(emulator: &Emulator) -> Result<Arc<Client>, Box<dyn Error>> {
    let uri = emulator.base_uri();
    let mut endpoints = ServiceEndpointsBuilder::new();
    endpoints
        .polling_base_url(uri)
        .streaming_base_url(uri)
        .events_base_url(uri);
    let mut source = PollingDataSourceBuilder::new();
    source.transport(HyperTransport::new()?);
    let mut events = EventProcessorBuilder::new();
    events.transport(HyperTransport::new()?);
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
