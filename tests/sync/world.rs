//! An emulator with an AI Config, and what tests declare and see of it.

use segments_emulator::Emulator;
use segments_model::draft::{DraftClause, DraftRule};
use segments_model::targeting::{DraftServe, DraftTargeting, DraftTargetingRule};
use segments_model::{Definition, Operator, Targeting};
use segments_runtime::sync::{
    Definitions, Outcome, Report, SyncConfig, SyncError, sync_definitions,
};
use serde_json::{Value as Json, json};

use crate::support::{client, segment, users, with_targets};

pub(crate) const CONFIGS: &str = "/api/v2/projects/default/ai-configs";

/// What a person does in LaunchDarkly's pages, or a script.
pub(crate) async fn send(emulator: &Emulator, method: &str, path: &str, body: &Json) -> Json {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let response = client()
        .request(method, format!("{}{path}", emulator.base_uri()))
        .header("Authorization", emulator.access_token())
        .header(
            "Content-Type",
            "application/json; domain-model=launchdarkly.semanticpatch",
        )
        .header("LD-API-Version", "beta")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// An emulator with an AI Config of two variations, as people make them.
pub(crate) async fn emulator() -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    let config = json!({"key": "assistant", "name": "Assistant"});
    send(&emulator, "POST", CONFIGS, &config).await;
    for key in ["fast", "careful"] {
        let variation = json!({"key": key, "name": key, "model": {"modelName": key}});
        let path = format!("{CONFIGS}/assistant/variations");
        send(&emulator, "POST", &path, &variation).await;
    }
    emulator.clear_requests();
    emulator
}

/// What is served in production: rules in words, and what everybody else is served.
pub(crate) async fn served(emulator: &Emulator) -> (Vec<(String, String)>, String) {
    served_in(emulator, "production").await
}

pub(crate) async fn served_in(
    emulator: &Emulator,
    environment: &str,
) -> (Vec<(String, String)>, String) {
    let here = targeting(emulator).await;
    let variations = here["variations"].as_array().unwrap().clone();
    let name = |served: &Json| match served["variation"].as_u64() {
        Some(place) => variations[usize::try_from(place).unwrap()]["name"]
            .as_str()
            .unwrap()
            .to_owned(),
        None => served["rollout"]["variations"].to_string(),
    };
    let here = &here["environments"][environment];
    let rules = here["rules"].as_array().unwrap().iter();
    let rules = rules.map(|rule| (rule["clauses"][0]["values"].to_string(), name(rule)));
    (rules.collect(), name(&here["fallthrough"]))
}

pub(crate) async fn targeting(emulator: &Emulator) -> Json {
    let path = format!("{CONFIGS}/assistant/targeting");
    send(emulator, "GET", &path, &Json::Null).await
}

pub(crate) async fn rule_ids(emulator: &Emulator) -> Vec<String> {
    let targeting = targeting(emulator).await;
    let rules = targeting["environments"]["production"]["rules"].clone();
    let rules = rules.as_array().unwrap().iter();
    rules
        .map(|rule| rule["_id"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) async fn variation_id(emulator: &Emulator, name: &str) -> String {
    let targeting = targeting(emulator).await;
    let variations = targeting["variations"].as_array().unwrap();
    let found = variations.iter().find(|it| it["name"] == name).unwrap();
    found["_id"].as_str().unwrap().to_owned()
}

/// A rule that somebody makes by hand.
pub(crate) async fn by_hand(emulator: &Emulator, environment: &str, email: &str) {
    let id = variation_id(emulator, "fast").await;
    let clause = json!({"contextKind": "user", "attribute": "email", "op": "in", "values": [email], "negate": false});
    let instruction = json!({"kind": "addRule", "variationId": id, "clauses": [clause]});
    let patch = json!({"environmentKey": environment, "instructions": [instruction]});
    let path = format!("{CONFIGS}/assistant/targeting");
    send(emulator, "PATCH", &path, &patch).await;
    emulator.clear_requests();
}

pub(crate) fn asking(segment: &str, serve: &str) -> DraftTargetingRule {
    let clause = DraftClause {
        operator: Some(Operator::SegmentMatch),
        values: vec![Some(segment.to_owned().into())],
        ..DraftClause::default()
    };
    DraftTargetingRule {
        when: DraftRule {
            clauses: vec![clause],
            ..DraftRule::default()
        },
        serve: Some(one(serve)),
    }
}

pub(crate) fn one(variation: &str) -> DraftServe {
    DraftServe::Variation(variation.to_owned())
}

pub(crate) fn draft(rules: Vec<DraftTargetingRule>) -> DraftTargeting {
    DraftTargeting {
        key: "assistant".to_owned(),
        variations: ["fast", "careful"].map(str::to_owned).into(),
        rules: Some(rules),
        fallthrough: Some(one("fast")),
        ..DraftTargeting::default()
    }
}

pub(crate) fn declared(draft: &DraftTargeting) -> Targeting {
    draft.parse().unwrap().0
}

/// A segment of users that are listed.
pub(crate) fn listed(key: &str) -> Definition {
    with_targets(segment(key, key), users(&["u-1", "u-2"]), users(&[]))
}

pub(crate) async fn sync(
    config: &SyncConfig,
    segments: &[Definition],
    targetings: &[Targeting],
) -> Result<Report, SyncError> {
    let declared = Definitions {
        segments,
        targetings,
        ..Definitions::default()
    };
    sync_definitions(config, declared).await
}

pub(crate) fn outcome(result: &Result<Report, SyncError>) -> &Outcome {
    let report = match result {
        Ok(report) => report,
        Err(error) => error.report().unwrap(),
    };
    &report.targetings[0].outcome
}
