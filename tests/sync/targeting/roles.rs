//! What a role needs that the guide tells people to make.

use segments_emulator::{Emulator, Role, Statement, Token};
use segments_model::targeting::DraftTargeting;
use segments_model::{ContextKind, Targets};
use segments_runtime::sync::{SyncConfig, SyncError};
use serde_json::json;

use crate::support::{client, lists, segment, with_targets};
use crate::world::{asking, declared, draft, one, sync};

/// The actions of `docs/guide/start-or-ci.md`, less those of one of its rows.
fn role(without: &str) -> Role {
    let segments = [
        "createSegment",
        "updateName",
        "updateDescription",
        "updateTags",
        "updateIncluded",
        "updateExcluded",
        "updateRules",
    ];
    let flags = ["updateTargets", "updateRules", "updateFallthrough"];
    let ai_configs = ["updateAIConfigTargeting"];
    let statements: [(&str, &str, &[&str]); 6] = [
        ("segments", "proj/*:env/production:segment/*", &segments),
        ("kinds", "proj/*:context-kind/*", &["createContextKind"]),
        ("flags", "proj/*:env/production:flag/*", &flags),
        ("flags", "proj/*:env/*:flag/*", &["updateTags"]),
        (
            "AI Configs",
            "proj/*:env/production:aiconfig/*",
            &ai_configs,
        ),
        ("AI Configs", "proj/*:aiconfig/*", &["updateAIConfig"]),
    ];
    let statements = statements.iter().filter(|(row, ..)| *row != without);
    Role::Custom(
        statements
            .map(|(_, resource, actions)| Statement::allow([*resource], actions.iter().copied()))
            .collect(),
    )
}

/// Syncs a segment, a flag and an AI Config, with a role that lacks a row. Returns whether all of it is as
/// declared, the kind of its contexts included.
async fn synced(without: &str) -> Result<bool, SyncError> {
    let emulator = Emulator::builder()
        .token(Token::new("program", "api-program", role(without)))
        .start()
        .await
        .unwrap();
    let world = json!({"projects": {"default": {
        "flags": [{"key": "new-page", "name": "New page", "variations": [{"value": "old"}, {"value": "new"}]}],
        "aiConfigs": [{"key": "assistant", "name": "Assistant", "variations": [
            {"key": "fast", "name": "fast", "model": {}}, {"key": "careful", "name": "careful", "model": {}}]}]}}});
    emulator.fill(&world.to_string()).unwrap();
    let flag = declared(&DraftTargeting {
        kind: segments_model::ResourceKind::Flag,
        key: "new-page".to_owned(),
        variations: ["old", "new"].map(str::to_owned).into(),
        rules: Some(vec![asking("staff", "new")]),
        fallthrough: Some(one("new")),
        ..DraftTargeting::default()
    });
    let assistant = declared(&draft(vec![asking("staff", "careful")]));
    let members = Targets::Exactly(lists(ContextKind::parse("org").unwrap().as_str(), &["o-1"]));
    let staff = with_targets(segment("staff", "Staff"), members, Targets::Unmanaged);
    let config = SyncConfig::builder()
        .token("api-program")
        .base_uri(emulator.base_uri())
        .program("shop", "1.2.3")
        .build()
        .unwrap();
    let report = sync(&config, &[staff], &[assistant, flag]).await?;
    let path = "/api/v2/projects/default/context-kinds";
    let request = client()
        .get(format!("{}{path}", emulator.base_uri()))
        .header("Authorization", "api-program");
    let kinds = request.send().await.unwrap().text().await.unwrap();
    Ok(report.in_sync().is_ok() && kinds.contains("\"org\""))
}

#[tokio::test]
async fn the_role_of_the_guide_is_enough_and_not_too_much() {
    assert!(synced("").await.unwrap());
    for without in ["segments", "kinds", "flags", "AI Configs"] {
        let outcome = synced(without).await;
        assert!(!matches!(outcome, Ok(true)), "nothing needs {without}");
    }
}
