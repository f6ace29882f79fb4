//! What a sync sends, and what comes of it.

use crate::support::{config, five, writes};
use segments_emulator::Emulator;
use segments_runtime::sync::{Outcome, SyncError, SyncMode, plan, sync_definitions};
use serde_json::{Value as Json, json};

/// The bodies for the five segments, written by hand after LaunchDarkly's API documentation
/// (*postSegment*, *patchSegment*).
fn bodies() -> Vec<(&'static str, Json, Json)> {
    let clause = |kind: &str, attribute: &str, op: &str, values: Json| json!({"contextKind": kind, "attribute": attribute, "op": op, "values": values, "negate": false});
    let rule = |clauses: Json| json!({"kind": "addRule", "clauses": clauses});
    vec![
        (
            "beta-testers",
            json!({"key": "beta-testers", "name": "Beta Testers",
                   "tags": ["beta", "testing", "managed-by.shop", "manages.tags.included.excluded.rules"]}),
            json!([
                {"kind": "addIncludedTargets", "contextKind": "user",
                 "values": ["user-123", "user-456", "user-789"]},
                {"kind": "addExcludedTargets", "contextKind": "user", "values": ["user-999"]},
                rule(json!([clause("user", "beta_opted_in", "in", json!([true]))])),
            ]),
        ),
        (
            "ai-beta-testers",
            json!({"key": "ai-beta-testers", "name": "AI Beta Testers",
                   "description": "Users testing new AI features",
                   "tags": ["ai-configs", "beta", "testing", "managed-by.shop", "manages.description.tags.rules"]}),
            json!([rule(json!([
                clause("user", "beta_tester", "in", json!([true])),
                clause("user", "accountAge", "greaterThan", json!([30])),
            ]))]),
        ),
        (
            "enterprise-customers",
            json!({"key": "enterprise-customers", "name": "Enterprise Customers",
                   "tags": ["ai-configs", "enterprise", "premium", "managed-by.shop", "manages.tags.rules"]}),
            json!([
                rule(json!([clause(
                    "organization",
                    "plan",
                    "in",
                    json!(["enterprise", "enterprise-plus"])
                )])),
                rule(json!([clause(
                    "organization",
                    "mrr",
                    "greaterThan",
                    json!([10_000])
                )])),
                rule(json!([clause(
                    "organization",
                    "customContract",
                    "in",
                    json!([true])
                )])),
            ]),
        ),
        (
            "eu-power-users",
            json!({"key": "eu-power-users", "name": "EU Power Users",
                   "tags": ["eu", "power-users", "regional", "managed-by.shop", "manages.tags.rules"]}),
            json!([rule(json!([
                clause(
                    "user",
                    "region",
                    "in",
                    json!(["eu-west", "eu-central", "eu-north"])
                ),
                clause("user", "monthlyUsage", "greaterThan", json!([1000])),
            ]))]),
        ),
        (
            "established-staff",
            json!({"key": "established-staff", "name": "Established Staff",
                   "tags": ["managed-by.shop", "manages.rules"]}),
            json!([rule(json!([
                clause("user", "email", "endsWith", json!(["@company.com"])),
                clause(
                    "user",
                    "accountCreated",
                    "before",
                    json!([1_704_067_200_000_i64])
                ),
                clause("device", "version", "semVerGreaterThan", json!(["2.0.0"])),
            ]))]),
        ),
    ]
}

#[tokio::test]
async fn bodies_are_what_the_service_documents() {
    let emulator = Emulator::start().await.unwrap();
    sync_definitions(&config(&emulator), &five()).await.unwrap();
    let writes = writes(&emulator);
    for (key, create, instructions) in bodies() {
        let created = writes.iter().find(|request| {
            request.method == "POST" && request.body.as_ref().is_some_and(|body| body["key"] == key)
        });
        let created = created.unwrap();
        assert_eq!(created.path, "/api/v2/segments/default/production");
        assert_eq!(created.body, Some(create));
        assert_eq!(created.content_type.as_deref(), Some("application/json"));
        let path = format!("/api/v2/segments/default/production/{key}");
        let patches: Vec<_> = writes
            .iter()
            .filter(|request| request.path == path)
            .collect();
        assert_eq!(patches.len(), 1);
        let sent = patches[0];
        assert_eq!(sent.method, "PATCH");
        assert_eq!(
            sent.content_type.as_deref(),
            Some("application/json; domain-model=launchdarkly.semanticpatch")
        );
        assert_eq!(sent.api_version.as_deref(), Some("20240415"));
        let body = sent.body.as_ref().unwrap();
        assert_eq!(body["environmentKey"], "production");
        assert_eq!(body["instructions"], instructions, "{key}");
        let comment = body["comment"].as_str().unwrap();
        assert!(
            comment.starts_with("shop 1.2.3 (segments-runtime "),
            "{comment}"
        );
        assert!(
            !comment.contains("user-123"),
            "members are not named: {comment}"
        );
    }
}

#[tokio::test]
async fn the_second_sync_sends_one_request_and_writes_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let plan = plan(&config, &five()).await.unwrap();
    assert!(!plan.is_empty());
    let shown = plan.to_string();
    assert!(
        shown.contains("+ beta-testers\n    include 3 contexts of kind user"),
        "{shown}"
    );

    let first = plan.apply(&config).await.unwrap();
    assert!(first.to_string().contains("5 created"), "{first}");
    assert_eq!(first.requests(), emulator.requests().len());
    // Two for each segment, and one for each kind that the project does not have: `organization`
    // and `device`.
    assert_eq!(first.writes(), 5 * 2 + 2);

    emulator.clear_requests();
    let second = sync_definitions(&config, &five()).await.unwrap();
    assert_eq!((second.requests(), second.writes()), (1, 0));
    assert_eq!(emulator.requests().len(), 1);
    assert!(
        second
            .segments
            .iter()
            .all(|segment| matches!(segment.outcome, Outcome::Unchanged))
    );
    assert!(
        segments_runtime::sync::plan(&config, &five())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn each_50_segments_that_are_as_declared_take_one_request() {
    for (count, requests) in [(50, 1), (51, 2), (101, 3)] {
        let emulator = Emulator::start().await.unwrap();
        let config = config(&emulator);
        let declared = crate::support::catalog(count, 1);
        sync_definitions(&config, &declared).await.unwrap();
        let again = sync_definitions(&config, &declared).await.unwrap();
        assert_eq!((again.requests(), again.writes()), (requests, 0), "{count}");
    }
}

#[tokio::test]
async fn a_verification_reads_only_and_reports_drift() {
    let emulator = Emulator::start().await.unwrap();
    let verify = config(&emulator).with_mode(SyncMode::Verify);
    let report = sync_definitions(&verify, &five()).await.unwrap();
    assert_eq!(report.writes(), 0);
    let error = report.in_sync().unwrap_err();
    assert!(matches!(error, SyncError::Drift(_)));
    assert!(
        error.to_string().contains("5 of 5 segments differ"),
        "{error}"
    );

    sync_definitions(&config(&emulator), &five()).await.unwrap();
    let report = sync_definitions(&verify, &five()).await.unwrap();
    assert!(report.in_sync().is_ok());
}

#[tokio::test]
async fn a_fingerprint_stands_for_what_was_seen_and_what_is_due() {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let first = plan(&config, &five()).await.unwrap().fingerprint();
    assert_eq!(first.len(), 64);
    assert_eq!(plan(&config, &five()).await.unwrap().fingerprint(), first);

    // As many members, but others: the plan looks the same and is another one.
    let mut other = five();
    other[0] = crate::support::with_targets(
        other[0].clone(),
        crate::support::users(&["user-123", "user-456", "user-788"]),
        crate::support::users(&["user-999"]),
    );
    let plan_of_others = plan(&config, &other).await.unwrap();
    let again = plan(&config, &five()).await.unwrap();
    assert_eq!(plan_of_others.to_string(), again.to_string());
    assert_ne!(plan_of_others.fingerprint(), first);

    plan(&config, &five())
        .await
        .unwrap()
        .apply(&config)
        .await
        .unwrap();
    assert_ne!(plan(&config, &five()).await.unwrap().fingerprint(), first);
}
