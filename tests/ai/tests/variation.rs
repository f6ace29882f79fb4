//! `variation` is generated code, `variation_with` is interpreted: what the one knows, the other says, too.

use std::time::Duration;

use launchdarkly_server_sdk::{Client, ConfigBuilder, NullEventProcessorBuilder, TestData};
use segments_runtime::model::EnvironmentKey;
use segments_runtime::testing::Snapshot;
use segments_runtime::{Context, Salts, ai_config, sdk, segment};
use serde_json::Value as Json;

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    beta: Option<bool>,
    age: f64,
    names: Vec<String>,
}

#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
    model: String,
}

/// Some.
#[segment(include(User = ["u-1"]), rule(User::BETA.is(true)))]
struct Pioneers;

/// A share of them.
#[segment(rule(percent = 30, by = User::ID, User::AGE.gt(50)))]
struct Share;

#[ai_config(
    variations(fast, careful, bold),
    target(User = ["u-3", "u-4"] => bold),
    target(Device = ["d-1"] => careful),
    rule(member_of!(Pioneers), !User::NAMES.is("x") => careful),
    rule(!member_of!(Pioneers, Share), Device::MODEL.matches("m[0-9]+") => bold),
    rule(has_kind!(Device), User::AGE.lt(20) => percent(fast = 50, bold = 50)),
    rule(User::AGE.ge(70) => careful),
    fallthrough = fast,
)]
struct Assistant;

#[ai_config(variations(on, off), rule(member_of!(Share) => on), fallthrough = on)]
struct SameAnyway;

#[ai_config(variations(on, off), fallthrough = percent(on = 50, off = 50, by = User::ID))]
struct Drawn;

#[ai_config(variations(on, off), rule(User::AGE.gt(3) => on))]
struct Open;

#[ai_config(
    variations(on, off),
    rule(User::AGE.gt(3) => on),
    fallthrough = off,
    environment("staging", rule(User::AGE.gt(90) => on)),
)]
struct Staged;

const STAGING: EnvironmentKey = EnvironmentKey::from_static("staging");
const PRODUCTION: EnvironmentKey = EnvironmentKey::from_static("production");

#[test]
fn generated_and_interpreted_answers_are_the_same() {
    let mut rng = fastrand::Rng::with_seed(4);
    let mut known = 0;
    for number in 0..1000 {
        let user = User {
            id: format!("u-{}", rng.u8(..12)),
            beta: [None, Some(true), Some(false)][rng.usize(..3)],
            age: [f64::NAN, 3.0, 19.5, 60.0, 70.0, 95.0][rng.usize(..6)],
            names: ["x", "y"][..rng.usize(..3)]
                .iter()
                .map(|it| (*it).to_owned())
                .collect(),
        };
        let device = Device {
            id: format!("d-{}", rng.u8(..4)),
            model: ["m12", "m", "Ä"][rng.usize(..3)].to_owned(),
        };
        let device = (number % 3 > 0).then_some(&device);
        let contexts = (&user, device);
        let salts = Salts::new();
        let told = Assistant::variation(contexts);
        assert_eq!(
            told,
            Assistant::variation_with(contexts, &salts),
            "{}",
            Assistant::explain(contexts)
        );
        known += usize::from(told.known().is_some());
        assert_eq!(
            SameAnyway::variation(&user),
            SameAnyway::variation_with(&user, &salts)
        );
        assert_eq!(
            Drawn::variation(&user),
            Drawn::variation_with(&user, &salts)
        );
        assert_eq!(Open::variation(&user), Open::variation_with(&user, &salts));
        assert_eq!(Staged::variation_in(STAGING, &user), {
            let salts = Salts::new().of_environment(&STAGING);
            Staged::variation_with(&user, &salts)
        });
        assert_eq!(Staged::variation_in(PRODUCTION, &user), {
            let salts = Salts::new().of_environment(&PRODUCTION);
            Staged::variation_with(&user, &salts)
        });
    }
    assert!(known > 500, "{known}");
}

/// Nobody is asked over a network: neither the snapshot nor the SDK's `TestData`.
#[tokio::test(flavor = "multi_thread")]
async fn test_data_filled_from_a_snapshot_serves_what_the_snapshot_says() {
    let text = r#"{
        "snapshot": {"format": 1, "project": "shop", "environment": "production",
            "taken": "2026-11-30T09:00:00Z", "protocol": "fdv1"},
        "segments": {"share": {"key": "share", "included": ["u-1"], "excluded": [], "salt": "e5b6", "version": 3,
            "rules": [{"weight": 30000, "rolloutContextKind": "user", "clauses": [
                {"contextKind": "user", "attribute": "age", "op": "greaterThan", "values": [50]}]}]}},
        "flags": {"same-anyway": {"key": "same-anyway", "version": 7, "on": true, "salt": "07fc", "offVariation": 1,
            "trackEvents": false, "trackEventsFallthrough": false, "debugEventsUntilDate": null,
            "variations": [
                {"_ldMeta": {"enabled": true, "variationKey": "on"}}, {"_ldMeta": {"enabled": true, "variationKey": "off"}}],
            "prerequisites": [], "targets": [], "contextTargets": [],
            "rules": [{"id": "r", "variation": 0, "trackEvents": false, "clauses": [
                {"contextKind": "user", "attribute": "", "op": "segmentMatch", "values": ["share"], "negate": false}]}],
            "fallthrough": {"rollout": {"contextKind": "user", "variations": [
                {"variation": 0, "weight": 20000}, {"variation": 1, "weight": 80000}]}}}}
    }"#;
    let production = Snapshot::parse(text).unwrap();
    let data = TestData::new();
    for segment in production.sdk_segments().unwrap() {
        data.use_preconfigured_segment(segment);
    }
    for flag in production.sdk_flags().unwrap() {
        data.use_preconfigured_flag(flag);
    }
    let config = ConfigBuilder::new("sdk-key")
        .data_source(&data)
        .event_processor(&NullEventProcessorBuilder::new())
        .build()
        .unwrap();
    let client = Client::build(config).unwrap();
    client.start_with_default_executor();
    let started = client
        .wait_for_initialization(Duration::from_secs(10))
        .await;
    assert_eq!(started, Some(true));
    let mut served = Vec::new();
    for number in 0..60 {
        let user = User {
            id: format!("u-{number}"),
            beta: None,
            age: f64::from(number * 2),
            names: Vec::new(),
        };
        let context = sdk::context(&user).unwrap();
        let of_sdk = client.json_variation(&context, "same-anyway", Json::Null);
        let of_snapshot = production.variation::<SameAnyway>(&user).unwrap();
        let of_snapshot = of_snapshot.known().unwrap().to_string();
        assert_eq!(of_sdk["_ldMeta"]["variationKey"], of_snapshot, "u-{number}");
        served.push(of_snapshot);
    }
    client.close();
    assert!(served.contains(&"on".to_owned()) && served.contains(&"off".to_owned()));
}
