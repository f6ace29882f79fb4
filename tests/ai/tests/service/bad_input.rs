//! What goes wrong between a program, LaunchDarkly's SDK and the service: the typed default, told once, and no event
//! twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use launchdarkly_server_sdk::{Client, ServiceEndpointsBuilder};
use segments_emulator::Emulator;
use segments_runtime::ai::{AiClient, Config, Feedback, Success, Tokens};
use segments_runtime::sync::{SyncMode, sync};
use segments_runtime::{Context, Metric, ai_config};
use serde_json::{Value as Json, json};

use crate::world::{builder, client, config, custom, emulator, send};

#[derive(Context)]
#[context(kind = "reader")]
struct Reader {
    #[context(key)]
    id: String,
    pages: u32,
}

/// Helps readers.
#[ai_config(
    variations(short, long),
    params(temperature: f64 = 0.5),
    variables(title: &str),
    fallback(model = "local-small", provider = "local", user = "About {{title}}."),
    rule(Reader::PAGES.gt(100) => long),
    fallthrough = short,
)]
struct ReadingGuide;

/// A page that was read.
#[derive(Metric)]
#[metric(kind = count, by = Reader)]
struct PagesRead;

const TITLE: ReadingGuideVariables<'static> = ReadingGuideVariables { title: "Emma" };

fn reader(pages: u32) -> Reader {
    Reader {
        id: "r-1".into(),
        pages,
    }
}

fn ask(ai: &AiClient, pages: u32) -> Config<ReadingGuide> {
    ReadingGuide::config(ai, &reader(pages), &TITLE)
}

/// An emulator with the AI Config, of which `long` says this.
async fn world(long: Json) -> Emulator {
    let emulator = emulator(json!({"key": "fast", "name": "Fast"}), long).await;
    sync(&config(&emulator, SyncMode::Apply)).await.unwrap();
    emulator
}

fn long(more: Json) -> Json {
    let mut long = json!({"key": "long", "name": "Long", "model": {"modelName": "large"},
        "messages": [{"role": "user", "content": "At length, about {{title}}."}]});
    let Json::Object(more) = more else {
        panic!("{more}")
    };
    long.as_object_mut().unwrap().extend(more);
    long
}

fn only_problem(config: &Config<ReadingGuide>) -> String {
    let [problem] = config.problems() else {
        panic!("{config:?}")
    };
    problem.to_string()
}

/// Returns whether it is what the program says itself.
fn is_fallback(config: &Config<ReadingGuide>) -> bool {
    config.enabled
        && config.variation.is_none()
        && config.model.as_ref().unwrap().name == "local-small"
        && config.messages()[0].content == "About Emma."
}

/// Tracks everything that can be said of a run.
fn tell_all(config: &Config<ReadingGuide>) {
    let mut told = config.track().finish(Success {
        tokens: Some(Tokens::new(3, 4)),
        time_to_first_token: Some(Duration::from_millis(5)),
        tools: vec!["search".to_owned()],
        ..Success::default()
    });
    assert!(told.feedback(Feedback::Positive));
    assert!(!told.feedback(Feedback::Positive));
}

/// Each run says each thing once.
fn assert_nothing_is_said_twice(events: &[Json]) {
    let mut seen = BTreeSet::new();
    for event in events.iter().filter(|it| it["data"]["runId"].is_string()) {
        let once = (event["key"].to_string(), event["data"]["runId"].to_string());
        assert!(seen.insert(once), "{event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_parameter_and_a_template_that_does_not_close_are_told() {
    let long = long(json!({"model": {"modelName": "large", "parameters": {"top_k": 3}}}));
    let emulator = world(long).await;
    let ai = AiClient::new(client(&emulator, 100).await);
    let config = ask(&ai, 500);
    assert_eq!(config.variation, Some(ReadingGuideVariation::Long));
    let problem = only_problem(&config);
    assert!(
        problem.contains("`long`: the program does not declare `model.parameters.top_k`"),
        "{problem}"
    );

    let broken = json!({"messages": [{"role": "user", "content": "{{#title}}"}]});
    send(
        &emulator,
        "PATCH",
        "/reading-guide/variations/short",
        &broken,
    )
    .await;
    let ai = AiClient::new(client(&emulator, 100).await);
    let config = ask(&ai, 5);
    let problem = only_problem(&config);
    assert!(
        problem.contains("`short`: `messages[0].content` cannot be filled in"),
        "{problem}"
    );
    assert!(is_fallback(&config));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_megabyte_of_messages_is_served_and_filled_in() {
    let text = format!("{{{{title}}}} {}", "x".repeat(10_000));
    let messages: Vec<Json> = (0..105)
        .map(|_| json!({"role": "user", "content": text}))
        .collect();
    let emulator = world(long(json!({"messages": messages}))).await;
    let ai = AiClient::new(client(&emulator, 100).await);
    let config = ask(&ai, 500);
    assert_eq!(config.problems(), []);
    assert_eq!(config.messages().len(), 105);
    assert!(
        config
            .messages()
            .iter()
            .all(|it| it.content.starts_with("Emma xxx"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variation_that_is_deleted_meanwhile_was_served() {
    let emulator = world(long(json!({}))).await;
    let connected = client(&emulator, 100).await;
    let ai = AiClient::new(connected.clone());
    let before = ask(&ai, 500);
    assert_eq!(before.variation, Some(ReadingGuideVariation::Long));
    // Nobody is served it any more, and it goes; then so does the AI Config.
    let stop = json!({"environmentKey": "production", "instructions": [{"kind": "replaceRules", "rules": []}]});
    let uri = format!(
        "{}/api/v2/projects/default/ai-configs/reading-guide/targeting",
        emulator.base_uri()
    );
    let patch = reqwest::Client::new()
        .patch(uri)
        .header("Authorization", emulator.access_token())
        .header(
            "Content-Type",
            "application/json; domain-model=launchdarkly.semanticpatch",
        )
        .body(stop.to_string());
    patch.send().await.unwrap().error_for_status().unwrap();
    send(
        &emulator,
        "DELETE",
        "/reading-guide/variations/long",
        &Json::Null,
    )
    .await;
    let after = ask(&AiClient::new(client(&emulator, 100).await), 500);
    assert_eq!(
        (&after.variation, after.problems()),
        (&Some(ReadingGuideVariation::Short), &[][..])
    );
    send(&emulator, "DELETE", "/reading-guide", &Json::Null).await;
    let gone = ask(&AiClient::new(client(&emulator, 100).await), 500);
    assert!(only_problem(&gone).contains("LaunchDarkly has no AI Config of this key"));
    assert!(is_fallback(&gone));
    // What was asked before is told as it was.
    tell_all(&before);
    let events = custom(&connected, &emulator).await;
    assert_nothing_is_said_twice(&events);
    let told = events
        .iter()
        .filter(|it| it["data"]["variationKey"] == "long");
    assert_eq!(told.count(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_launchdarkly_the_fallback_is_used_and_nothing_is_sent() {
    let emulator = world(long(json!({}))).await;
    let offline = builder(&emulator, 100).offline(true).build().unwrap();
    let offline = Arc::new(Client::build(offline).unwrap());
    offline.start_with_default_executor();
    // Nothing listens there.
    let mut nowhere = ServiceEndpointsBuilder::new();
    let refused = "http://127.0.0.1:9";
    nowhere
        .polling_base_url(refused)
        .streaming_base_url(refused)
        .events_base_url(refused);
    let waiting = builder(&emulator, 100)
        .service_endpoints(&nowhere)
        .build()
        .unwrap();
    let waiting = Arc::new(Client::build(waiting).unwrap());
    waiting.start_with_default_executor();
    for client in [offline, waiting] {
        let ai = AiClient::new(client.clone());
        let config = ask(&ai, 500);
        let problem = only_problem(&config);
        assert!(
            problem.contains("LaunchDarkly's client is offline or not initialized"),
            "{problem}"
        );
        assert!(is_fallback(&config));
        tell_all(&config);
        PagesRead::track(&client, &reader(1));
        client.close();
    }
    assert!(emulator.events().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_find_the_queue_full_are_dropped_and_not_doubled() {
    let emulator = world(long(json!({}))).await;
    let connected = client(&emulator, 2).await;
    let ai = AiClient::new(connected.clone());
    let config = ask(&ai, 500);
    for _ in 0..500 {
        tell_all(&config);
        PagesRead::track(&connected, &reader(1));
    }
    let events = custom(&connected, &emulator).await;
    assert_nothing_is_said_twice(&events);
    assert!(events.len() < 500 * 9, "{} events", events.len());
    connected.close();
}
