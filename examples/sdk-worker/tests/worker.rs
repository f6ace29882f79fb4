//! The worker with an emulator's REST API, for the sync, and its SDK endpoints,
//! from which LaunchDarkly's own SDK evaluates a flag that targets the worker's segment.

use std::time::Duration;

use launchdarkly_server_sdk::{
    Client, ConfigBuilder, NullEventProcessorBuilder, PollingDataSourceBuilder,
    ServiceEndpointsBuilder,
};
use sdk_worker::{Job, handle};
use segments_emulator::Emulator;
use segments_runtime::{SyncConfig, sync};
use serde_json::{Value, json};

async fn send(emulator: &Emulator, method: &str, path: &str, body: Value) -> Value {
    let semantic = "application/json; domain-model=launchdarkly.semanticpatch";
    let content_type = if method == "PATCH" { semantic } else { "application/json" };
    let answer = reqwest::Client::new()
        .request(method.parse().unwrap(), format!("{}/api/v2{path}", emulator.base_uri()))
        .header("Authorization", emulator.access_token())
        .header("Content-Type", content_type)
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{:?}", answer.text().await);
    answer.json().await.unwrap()
}

/// A flag that somebody has turned on for members of `priority`.
async fn flag(emulator: &Emulator) {
    let body = json!({"key": "new-layout", "name": "New layout"});
    let flag = send(emulator, "POST", "/flags/default", body).await;
    let [yes, no] = [0, 1].map(|index| flag["variations"][index]["_id"].clone());
    let body = json!({"environmentKey": "production", "instructions": [
        {"kind": "turnFlagOn"},
        {"kind": "updateFallthroughVariationOrRollout", "variationId": no},
        {"kind": "addRule", "variationId": yes, "clauses": [{"contextKind": "user",
            "attribute": "segmentMatch", "op": "segmentMatch", "values": ["priority"]}]},
    ]});
    send(emulator, "PATCH", "/flags/default/new-layout", body).await;
}

async fn sdk(emulator: &Emulator) -> Client {
    let uri = emulator.base_uri();
    let mut endpoints = ServiceEndpointsBuilder::new();
    endpoints.polling_base_url(uri).streaming_base_url(uri).events_base_url(uri);
    let mut source = PollingDataSourceBuilder::new();
    source.transport(launchdarkly_sdk_transport::HyperTransport::new().unwrap());
    let config = ConfigBuilder::new(&emulator.sdk_key("default", "production").unwrap())
        .service_endpoints(&endpoints)
        .event_processor(&NullEventProcessorBuilder::new())
        .data_source(&source)
        .build()
        .unwrap();
    let client = Client::build(config).unwrap();
    client.start_with_default_executor();
    let started = client.wait_for_initialization(Duration::from_secs(5)).await;
    assert_eq!(started, Some(true), "the SDK did not start");
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_and_the_worker_mean_the_same_audience() {
    let emulator = Emulator::start().await.unwrap();
    let config = SyncConfig::builder()
        .base_uri(emulator.base_uri())
        .token(emulator.access_token())
        .program("sdk-worker", "0.1.0")
        .build()
        .unwrap();
    sync(&config).await.unwrap();
    flag(&emulator).await;
    let flags = sdk(&emulator).await;

    let mut members = 0;
    for number in 0..60 {
        let plan = ["free", "team", "enterprise"][number % 3];
        let job: Job = serde_json::from_value(json!({"number": number, "customer": {
            "id": format!("c-{number}"),
            "plan": plan,
            "invoices": number * 4,
        }}))
        .unwrap();
        let handling = handle(&flags, &job).unwrap();
        assert_eq!(handling.first, handling.new_layout, "{job:?}");
        members += usize::from(handling.first);
    }
    assert_eq!(members, 20 + 12, "every enterprise, and teams from 100 invoices on");
    flags.close();
}
