//! LaunchDarkly's own server SDK of 3.3 starts from the emulator over its newest protocol, by a poll and then
//! by a stream, and is told of changes and deletions.

use std::time::Duration;

use launchdarkly_sdk_transport::HyperTransport;
use launchdarkly_server_sdk::{
    Client, ConfigBuilder, Context, ContextBuilder, DataSystemBuilder, FDv2PollingBuilder,
    FDv2StreamingBuilder, NullEventProcessorBuilder, ServiceEndpointsBuilder,
};
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

struct World {
    emulator: Emulator,
    http: reqwest::Client,
}

impl World {
    /// An environment with a segment for members of staff, and a flag that is on for them.
    async fn start() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let world = json!({"projects": {"default": {
            "environments": {"test": {"segments": [{"key": "staff", "name": "Staff", "rules": [{"clauses": [
                {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@x.io"]}]}]}]}},
            "flags": [{"key": "new-page", "name": "New page", "instructions": {"test": [
                {"kind": "turnFlagOn"},
                {"kind": "updateFallthroughVariationOrRollout", "variation": 1},
                {"kind": "addRule", "variation": 0, "clauses": [{"contextKind": "user",
                    "attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}]}}});
        emulator.fill(&world.to_string()).unwrap();
        Self {
            emulator,
            http: reqwest::Client::new(),
        }
    }

    async fn send(&self, method: &str, path: &str, body: &Json) {
        let answer = self
            .http
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.emulator.base_uri()),
            )
            .header("Authorization", self.emulator.access_token())
            .header(
                "Content-Type",
                "application/json; domain-model=launchdarkly.semanticpatch",
            )
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    async fn instruct(&self, kind: &str) {
        let instruction = json!({"kind": kind, "contextKind": "user", "values": ["u-1"]});
        let body = json!({"environmentKey": "test", "instructions": [instruction]});
        self.send("PATCH", "/api/v2/segments/default/test/staff", &body)
            .await;
    }

    /// An SDK that begins with a poll and goes on with a stream.
    async fn sdk(&self) -> Client {
        let uri = self.emulator.base_uri();
        let mut endpoints = ServiceEndpointsBuilder::new();
        endpoints
            .polling_base_url(uri)
            .streaming_base_url(uri)
            .events_base_url(uri);
        let transport = HyperTransport::new().unwrap();
        let mut poll = FDv2PollingBuilder::new();
        poll.transport(transport.clone());
        let mut stream = FDv2StreamingBuilder::new();
        stream.transport(transport);
        let mut system = DataSystemBuilder::custom();
        system.initializer(poll).synchronizer(stream);
        let key = self.emulator.sdk_key("default", "test").unwrap();
        let config = ConfigBuilder::new(&key)
            .service_endpoints(&endpoints)
            .event_processor(&NullEventProcessorBuilder::new())
            .data_system(&system);
        let client = Client::build(config.build().unwrap()).unwrap();
        client.start_with_default_executor();
        let started = client.wait_for_initialization(Duration::from_secs(20)).await;
        assert_eq!(started, Some(true), "the SDK did not start");
        client
    }
}

fn user(email: &str) -> Context {
    ContextBuilder::new("u-1")
        .set_string("email", email)
        .build()
        .unwrap()
}

/// Waits until something holds.
async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not arrive");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_is_told_objects_and_what_becomes_of_them() {
    let world = World::start().await;
    let sdk = world.sdk().await;
    let page = |email: &str| sdk.bool_variation(&user(email), "new-page", false);
    assert!(page("ann@x.io"));
    assert!(!page("ann@y.io"));
    world.instruct("addIncludedTargets").await;
    until("a change of the segment", || page("ann@y.io")).await;
    world.instruct("removeIncludedTargets").await;
    until("the second change", || !page("ann@y.io")).await;
    world
        .send("DELETE", "/api/v2/segments/default/test/staff", &Json::Null)
        .await;
    until("the end of the segment", || !page("ann@x.io")).await;
    sdk.close();
    println!("6 steps, 0 failures");
}
