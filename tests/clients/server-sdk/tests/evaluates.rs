//! LaunchDarkly's own server SDK starts from the emulator, evaluates a flag that targets a segment,
//! and, when it streams, sees a change of the segment within a second. (It does not poll more often
//! than every 30 seconds.)

use std::time::{Duration, Instant};

use launchdarkly_server_sdk::{
    Client, ConfigBuilder, Context, ContextBuilder, NullEventProcessorBuilder,
    PollingDataSourceBuilder, ServiceEndpointsBuilder, StreamingDataSourceBuilder,
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
        let world = Self {
            emulator: Emulator::start().await.unwrap(),
            http: reqwest::Client::new(),
        };
        let segment = json!({"key": "staff", "name": "Staff"});
        world
            .send("POST", "/api/v2/segments/default/test", segment)
            .await;
        world
            .instruct(json!([{"kind": "addRule", "clauses": [
                {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@x.io"]}]}]))
            .await;
        let flag = world
            .send(
                "POST",
                "/api/v2/flags/default",
                json!({"key": "new-page", "name": "New page"}),
            )
            .await;
        let [yes, no] = [0, 1].map(|index| flag["variations"][index]["_id"].clone());
        let targeting = json!({"environmentKey": "test", "instructions": [
            {"kind": "turnFlagOn"},
            {"kind": "updateFallthroughVariationOrRollout", "variationId": no},
            {"kind": "addRule", "variationId": yes, "clauses": [{"contextKind": "user",
                "attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]},
        ]});
        world
            .send("PATCH", "/api/v2/flags/default/new-page", targeting)
            .await;
        world
    }

    async fn send(&self, method: &str, path: &str, body: Json) -> Json {
        let content_type = if body.get("instructions").is_some() {
            "application/json; domain-model=launchdarkly.semanticpatch"
        } else {
            "application/json"
        };
        let answer = self
            .http
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.emulator.base_uri()),
            )
            .header("Authorization", self.emulator.access_token())
            .header("Content-Type", content_type)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
        answer.json().await.unwrap()
    }

    async fn instruct(&self, instructions: Json) {
        let body = json!({"environmentKey": "test", "instructions": instructions});
        self.send("PATCH", "/api/v2/segments/default/test/staff", body)
            .await;
    }

    async fn sdk(&self, streaming: bool) -> Client {
        let uri = self.emulator.base_uri();
        let mut endpoints = ServiceEndpointsBuilder::new();
        endpoints
            .polling_base_url(uri)
            .streaming_base_url(uri)
            .events_base_url(uri);
        let key = self.emulator.sdk_key("default", "test").unwrap();
        let config = ConfigBuilder::new(&key)
            .service_endpoints(&endpoints)
            .event_processor(&NullEventProcessorBuilder::new());
        let transport = launchdarkly_sdk_transport::HyperTransport::new().unwrap();
        let config = if streaming {
            let mut source = StreamingDataSourceBuilder::new();
            source.transport(transport);
            config.data_source(&source)
        } else {
            let mut source = PollingDataSourceBuilder::new();
            source.transport(transport);
            config.data_source(&source)
        };
        let client = Client::build(config.build().unwrap()).unwrap();
        client.start_with_default_executor();
        let started = client.wait_for_initialization(Duration::from_secs(5)).await;
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

async fn within_a_second(condition: impl Fn() -> bool) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(1) {
        if condition() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_that_polls_evaluates() {
    let world = World::start().await;
    let sdk = world.sdk(false).await;
    let page = |email: &str| sdk.bool_variation(&user(email), "new-page", false);
    assert!(page("ann@x.io"));
    assert!(!page("ann@y.io"));
    sdk.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_that_streams_sees_changes_within_a_second() {
    let world = World::start().await;
    let sdk = world.sdk(true).await;
    let page = |email: &str| sdk.bool_variation(&user(email), "new-page", false);
    assert!(page("ann@x.io"));
    assert!(!page("ann@y.io"));

    world
        .instruct(json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-1"]}]))
        .await;
    assert!(
        within_a_second(|| page("ann@y.io")).await,
        "a change of the segment did not arrive"
    );
    world
        .instruct(
            json!([{"kind": "removeIncludedTargets", "contextKind": "user", "values": ["u-1"]}]),
        )
        .await;
    assert!(
        within_a_second(|| !page("ann@y.io")).await,
        "the second change did not arrive"
    );
    let deleted = world
        .http
        .delete(format!(
            "{}/api/v2/segments/default/test/staff",
            world.emulator.base_uri()
        ))
        .header("Authorization", world.emulator.access_token())
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.status(), 204);
    assert!(
        within_a_second(|| !page("ann@x.io")).await,
        "the end of the segment did not arrive"
    );
    sdk.close();
}
