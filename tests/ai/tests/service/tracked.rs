//! Events of metrics, and contexts that list their segments, as LaunchDarkly's SDK sends them.

use launchdarkly_server_sdk::Client;
use segments_emulator::Emulator;
use segments_runtime::{Context, Metric, sdk, segment};
use serde_json::{Value as Json, json};

use crate::world::{client, custom};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    plan: String,
}

#[derive(Context)]
#[context(kind = "device", segments = "audiences")]
struct Device {
    #[context(key)]
    id: String,
    model: String,
}

/// Users who pay.
#[segment(rule(User::PLAN.is("pro")))]
struct Paying;

/// Users who do not pay.
#[segment(rule(User::PLAN.is("free")))]
struct Guests;

/// Old devices.
#[segment(rule(Device::MODEL.is("m1")))]
struct OldDevices;

/// A segment that only LaunchDarkly's salt decides.
#[segment(rule(percent = 50, by = User::ID, User::PLAN.is("pro")))]
struct HalfOfThem;

/// A question that was answered.
#[derive(Metric)]
#[metric(kind = occurrence, by = User)]
struct Resolved;

/// What a checkout was worth.
#[derive(Metric)]
#[metric(kind = numeric, unit = "USD", success = higher, event = "checkout", by = User)]
struct CheckoutTotal;

/// How often a device restarts.
#[derive(Metric)]
#[metric(kind = count, success = lower, by = Device)]
struct Restarts;

fn user() -> User {
    User {
        id: "u-1".into(),
        plan: "pro".into(),
    }
}

fn device() -> Device {
    Device {
        id: "d-1".into(),
        model: "m1".into(),
    }
}

/// What an event says: key, value and data.
fn said(event: &Json) -> [&Json; 3] {
    ["key", "metricValue", "data"].map(|name| event.get(name).unwrap_or(&Json::Null))
}

/// Whom an event is about, by kind.
fn about(event: &Json) -> Json {
    let context = &event["context"];
    match context["kind"].as_str().unwrap() {
        "multi" => json!({"user": context["user"]["key"], "device": context["device"]["key"]}),
        kind => json!({kind: context["key"]}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_has_a_value_if_its_metric_is_numeric() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator, 100).await;
    let (user, device) = (user(), device());
    Resolved::track(&client, &user);
    CheckoutTotal::track(&client, (&user, &device), 42.5);
    CheckoutTotal::track(&client, &user, -0.0);
    Restarts::track(&client, (&user, Some(&device)));
    let events = custom(&client, &emulator).await;
    let (of_user, of_both) = (
        json!({"user": "u-1"}),
        json!({"user": "u-1", "device": "d-1"}),
    );
    let expected = [
        [json!("resolved"), Json::Null, Json::Null, of_user.clone()],
        [json!("checkout"), json!(42.5), Json::Null, of_both.clone()],
        [json!("checkout"), json!(-0.0), Json::Null, of_user],
        [json!("restarts"), Json::Null, Json::Null, of_both],
    ];
    let shown = events.iter().map(|event| {
        let [key, value, data] = said(event).map(Clone::clone);
        [key, value, data, about(event)]
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    client.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sdk_cannot_send_is_not_tracked() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator, 100).await;
    let nobody = User {
        id: String::new(),
        ..user()
    };
    Resolved::track(&client, &nobody);
    Restarts::track(&client, (&user(), None::<&Device>));
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        CheckoutTotal::track(&client, &user(), value);
    }
    assert_eq!(custom(&client, &emulator).await, Vec::<Json>::new());
    client.close();
}

/// The contexts that the SDK sent, by kind.
async fn sent(client: &Client, emulator: &Emulator) -> Vec<Json> {
    custom(client, emulator).await;
    let events = emulator.events().into_iter().map(|it| it.event);
    let indexed = events.filter(|it| it["kind"] == "index");
    indexed.map(|it| it["context"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn contexts_list_the_segments_that_hold_them() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator, 100).await;
    let (user, device) = (user(), device());
    // A list is asked for by the call, or by the type.
    Resolved::track(&client, user.with_segments());
    Restarts::track(&client, &device);
    Resolved::track(&client, (user.with_segments().named("groups"), &device));
    let guest = User {
        id: "u-2".into(),
        plan: "free".into(),
    };
    Resolved::track(&client, &guest);
    let contexts = sent(&client, &emulator).await;
    let expected = [
        json!({"kind": "user", "key": "u-1", "plan": "pro", "segments": ["paying"]}),
        json!({"kind": "device", "key": "d-1", "model": "m1", "audiences": ["old-devices"]}),
        json!({"kind": "multi",
            "user": {"key": "u-1", "plan": "pro", "groups": ["old-devices", "paying"]},
            "device": {"key": "d-1", "model": "m1", "audiences": ["old-devices", "paying"]}}),
        json!({"kind": "user", "key": "u-2", "plan": "free"}),
    ];
    assert_eq!(contexts, expected);
    client.close();
}

#[test]
fn a_list_is_computed_only_where_it_is_asked_for() {
    let json = |context: sdk::Context| serde_json::to_value(context).unwrap();
    assert!(
        json(sdk::context(&user()).unwrap())
            .get("segments")
            .is_none()
    );
    let listed = json(sdk::context(user().with_segments()).unwrap());
    assert_eq!(listed["segments"], json!(["paying"]));
}
