//! Flags take the same road.

use segments_emulator::Emulator;
use segments_model::targeting::DraftTargeting;
use serde_json::{Value as Json, json};

use crate::support::config;
use crate::world::{asking, declared, listed, one, send, sync};

#[tokio::test]
async fn flags_are_served_by_the_same_rules() {
    let emulator = Emulator::start().await.unwrap();
    let flag = json!({"key": "checkout", "name": "Checkout", "variations": [
        {"value": true}, {"value": false}, {"value": "x", "name": "Very new"}]});
    send(&emulator, "POST", "/api/v2/flags/default", &flag).await;
    emulator.clear_requests();
    let (config, segments) = (config(&emulator), [listed("beta")]);
    let targetings = [declared(&DraftTargeting {
        kind: segments_model::ResourceKind::Flag,
        key: "checkout".to_owned(),
        variations: ["true", "false", "very-new"].map(str::to_owned).into(),
        rules: Some(vec![asking("beta", "very-new")]),
        fallthrough: Some(one("false")),
        ..DraftTargeting::default()
    })];
    let report = sync(&config, &segments, &targetings).await.unwrap();
    assert!(
        report.to_string().contains("adopted flag checkout"),
        "{report}"
    );
    let shown = send(
        &emulator,
        "GET",
        "/api/v2/flags/default/checkout",
        &Json::Null,
    )
    .await;
    let here = &shown["environments"]["production"];
    assert_eq!(here["rules"][0]["variation"], 2);
    assert_eq!(here["fallthrough"]["variation"], 1);
    assert_eq!(
        shown["tags"],
        json!([
            "targeted-by.shop.in.production",
            "targeted.rules.fallthrough.in.production"
        ])
    );
    let again = sync(&config, &segments, &targetings).await.unwrap();
    assert_eq!(again.writes(), 0, "{again}");
}
