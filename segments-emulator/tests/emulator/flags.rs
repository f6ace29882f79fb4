//! What flags have beyond what AI Configs have: prerequisites, expiring targets, and actions of roles.

use std::time::Duration;

use crate::world::{FLAG, World};
use segments_emulator::{Emulator, Role, Statement, Token};
use serde_json::{Value as Json, json};

const PRODUCTION: &str = "/api/v2/projects/default/environments/production";

/// The flag, and another one that has to serve `true` first.
async fn with_prerequisite() -> (World, Json) {
    let world = World::start().await;
    let new = json!({"key": "payments", "name": "Payments"});
    let payments = world.ok("POST", "/api/v2/flags/default", new).await;
    let needed = json!({"kind": "addPrerequisite", "key": "payments", "variationId": payments["variations"][0]["_id"]});
    world.patch("production", needed).await;
    (world, payments)
}

async fn evaluated(world: &World, key: &str) -> Json {
    let context = json!({"kind": "user", "key": "u-1"});
    let flags = world
        .ok("POST", &format!("{PRODUCTION}/flags/evaluate"), context)
        .await;
    let items = flags["items"].as_array().unwrap();
    items.iter().find(|it| it["key"] == key).unwrap().clone()
}

async fn refused(world: &World, path: &str, body: Json) -> (u16, String) {
    let (status, answer) = world.send("api-one", "PATCH", path, body).await;
    (
        status,
        answer["message"].as_str().unwrap_or_default().to_owned(),
    )
}

fn instruction(instruction: &Json) -> Json {
    json!({"environmentKey": "production", "instructions": [instruction]})
}

#[tokio::test]
async fn a_flag_serves_its_off_variation_until_its_prerequisite_is_met() {
    let (world, payments) = with_prerequisite().await;
    let served = evaluated(&world, "checkout").await;
    assert_eq!(
        served["reason"],
        json!({"kind": "PREREQUISITE_FAILED", "prerequisiteKey": "payments"})
    );
    let on = instruction(&json!({"kind": "turnFlagOn"}));
    world
        .ok("PATCH", "/api/v2/flags/default/payments", on)
        .await;
    assert_eq!(
        evaluated(&world, "checkout").await["reason"]["kind"],
        "RULE_MATCH"
    );

    let other = payments["variations"][1]["_id"].clone();
    let update = json!({"kind": "updatePrerequisite", "key": "payments", "variationId": other});
    let shown = world.patch("production", update).await;
    assert_eq!(
        shown["environments"]["production"]["prerequisites"],
        json!([{"key": "payments", "variation": 1}])
    );
    assert_eq!(
        evaluated(&world, "checkout").await["reason"]["kind"],
        "PREREQUISITE_FAILED"
    );
    let key = world.emulator.sdk_key("default", "production").unwrap();
    let (_, data) = world.send(&key, "GET", "/sdk/latest-all", Json::Null).await;
    assert_eq!(
        data["flags"]["checkout"]["prerequisites"],
        json!([{"key": "payments", "variation": 1}])
    );
    world
        .patch(
            "production",
            json!({"kind": "removePrerequisite", "key": "payments"}),
        )
        .await;
    // One that is not there is no error.
    world
        .patch(
            "production",
            json!({"kind": "removePrerequisite", "key": "payments"}),
        )
        .await;
    assert_eq!(
        evaluated(&world, "checkout").await["reason"]["kind"],
        "RULE_MATCH"
    );
    let add = json!([{"op": "add", "path": "/environments/production/prerequisites/-",
        "value": {"key": "payments", "variation": 0}}]);
    let shown = world.ok("PATCH", FLAG, add).await;
    assert_eq!(
        shown["environments"]["production"]["prerequisites"][0]["key"],
        "payments"
    );
}

#[tokio::test]
async fn a_prerequisite_is_there_once_and_never_the_flag_itself() {
    let (world, payments) = with_prerequisite().await;
    let id = payments["variations"][0]["_id"].clone();
    let checkout = world.ok("GET", FLAG, Json::Null).await["variations"][0]["_id"].clone();
    for (path, change, expected) in [
        (
            FLAG,
            json!({"kind": "addPrerequisite", "key": "payments", "variationId": id}),
            "already",
        ),
        (
            FLAG,
            json!({"kind": "addPrerequisite", "key": "nobody", "variationId": id}),
            "unknown flag",
        ),
        (
            FLAG,
            json!({"kind": "addPrerequisite", "key": "payments", "variationId": "v"}),
            "unknown variation",
        ),
        (
            FLAG,
            json!({"kind": "updatePrerequisite", "key": "checkout", "variationId": checkout}),
            "not a prerequisite",
        ),
        (
            FLAG,
            json!({"kind": "replacePrerequisites", "prerequisites": [{"key": "checkout", "variationId": checkout}]}),
            "itself",
        ),
        (
            "/api/v2/flags/default/payments",
            json!({"kind": "addPrerequisite", "key": "checkout", "variationId": checkout}),
            "itself",
        ),
    ] {
        let (status, message) = refused(&world, path, instruction(&change)).await;
        assert!(
            status == 400 && message.contains(expected),
            "{status} {message}"
        );
    }
    let (status, answer) = world
        .send(
            "api-one",
            "DELETE",
            "/api/v2/flags/default/payments",
            Json::Null,
        )
        .await;
    assert_eq!(status, 409, "{answer}");
}

#[tokio::test]
async fn dependents_are_told_for_one_environment_and_for_all() {
    let (world, _) = with_prerequisite().await;
    let all = "/api/v2/flags/default/payments/dependent-flags";
    let shown = world.ok("GET", all, Json::Null).await;
    let item = &shown["items"][0];
    assert_eq!(
        (&item["key"], &item["name"]),
        (&json!("checkout"), &json!("Checkout"))
    );
    assert_eq!(item["environments"][0]["key"], "production");
    assert_eq!(item["environments"].as_array().unwrap().len(), 1);
    for (environment, count) in [("production", 1), ("test", 0)] {
        let path = format!("/api/v2/flags/default/{environment}/payments/dependent-flags");
        let shown = world.ok("GET", &path, Json::Null).await;
        assert_eq!(
            shown["items"].as_array().unwrap().len(),
            count,
            "{environment}"
        );
    }
    let nobody = "/api/v2/flags/default/nobody/dependent-flags";
    assert_eq!(
        world.send("api-one", "GET", nobody, Json::Null).await.0,
        404
    );
}

#[tokio::test]
async fn a_target_of_a_flag_goes_when_its_time_comes() {
    let world = World::start().await;
    let id = world.ok("GET", FLAG, Json::Null).await["variations"][0]["_id"].clone();
    world
        .patch(
            "production",
            json!({"kind": "addTargets", "variationId": id, "values": ["u-8", "u-9"]}),
        )
        .await;
    let path = "/api/v2/flags/default/checkout/expiring-targets/production";
    let target = |kind: &str, key: &str, value: i64| json!({"kind": kind, "variationId": id, "contextKind": "user", "contextKey": key, "value": value});
    let at = world.ok("GET", "/_emulator/clock", Json::Null).await["now"]
        .as_i64()
        .unwrap()
        + 60_000;
    let body = json!({"instructions": [
        target("addExpiringTarget", "u-9", at), target("addExpiringTarget", "u-8", at + 1),
        target("addExpiringTarget", "u-7", at), target("addExpiringTarget", "u-9", at)]});
    let shown = world.ok("PATCH", path, body).await;
    assert_eq!(
        (
            &shown["successfulInstructions"],
            &shown["failedInstructions"]
        ),
        (&json!(2), &json!(2))
    );
    let item = &shown["items"][0];
    assert_eq!(
        (&item["variationId"], &item["expirationDate"]),
        (&id, &json!(at))
    );
    assert_eq!(
        (&item["_resourceId"]["kind"], item.get("targetType")),
        (&json!("flag"), None)
    );
    let nowhere = json!({"instructions": [{"kind": "addExpiringTarget", "contextKey": "u-9", "value": at,
        "targetType": "included"}]});
    let refused = world.ok("PATCH", path, nowhere).await;
    assert_eq!(refused["errors"][0]["message"], "variationId is required");
    let users = "/api/v2/flags/default/checkout/expiring-user-targets/production";
    let removed = json!({"instructions": [
        {"kind": "updateExpireUserTargetDate", "variationId": id, "userKey": "u-9", "value": at + 2},
        {"kind": "removeExpireUserTargetDate", "variationId": id, "userKey": "u-8"}]});
    let shown = world.ok("PATCH", users, removed).await;
    assert_eq!(shown["items"][0]["userKey"], "u-9");
    assert_eq!(shown["items"].as_array().unwrap().len(), 1);

    world.emulator.advance(Duration::from_mins(2));
    let flag = world.ok("GET", FLAG, Json::Null).await;
    assert_eq!(
        flag["environments"]["production"]["targets"][0]["values"],
        json!(["u-8"])
    );
    assert_eq!(world.ok("GET", path, Json::Null).await["items"], json!([]));
    assert_eq!(world.ok("GET", users, Json::Null).await["items"], json!([]));
}

#[tokio::test]
async fn a_target_that_is_removed_does_not_expire() {
    let world = World::start().await;
    let id = world.ok("GET", FLAG, Json::Null).await["variations"][0]["_id"].clone();
    let path = "/api/v2/flags/default/checkout/expiring-targets/production";
    let targets = |kind: &str| json!({"kind": kind, "variationId": id, "values": ["u-9"]});
    let expire = json!({"instructions": [{"kind": "addExpiringTarget", "variationId": id,
        "contextKind": "user", "contextKey": "u-9", "value": 253_402_300_000_000_i64}]});
    world.patch("production", targets("addTargets")).await;
    world.ok("PATCH", path, expire).await;
    world.patch("production", targets("removeTargets")).await;
    assert_eq!(world.ok("GET", path, Json::Null).await["items"], json!([]));
}

/// A list as the documentation of *patchFeatureFlag* writes it: without a kind.
#[tokio::test]
async fn a_json_patch_adds_a_list_of_users() {
    let world = World::start().await;
    let add = json!([{"op": "add", "path": "/environments/production/targets/-",
        "value": {"variation": 0, "values": ["u-10"]}}]);
    let shown = world.ok("PATCH", FLAG, add).await;
    let targets = &shown["environments"]["production"]["targets"];
    assert_eq!(targets[0]["values"], json!(["u-10"]));
    let twice = json!([{"op": "add", "path": "/environments/production/targets/-",
        "value": {"variation": 1, "values": ["u-10"]}}]);
    let (status, message) = refused(&world, FLAG, twice).await;
    assert!(
        status == 400 && message.contains("another variation"),
        "{message}"
    );
}

#[tokio::test]
async fn an_instruction_that_is_left_out_is_no_error_of_the_client() {
    let world = World::start().await;
    let (status, message) =
        refused(&world, FLAG, instruction(&json!({"kind": "deprecateFlag"}))).await;
    assert!(
        status == 501 && message.contains("`deprecateFlag`"),
        "{status} {message}"
    );
    let (status, _) = refused(&world, FLAG, instruction(&json!({"kind": "archiveFlags"}))).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn an_archived_flag_reaches_no_sdk() {
    let world = World::start().await;
    let sdk_key = world.emulator.sdk_key("default", "production").unwrap();
    let reaches = async || {
        let (_, data) = world
            .send(&sdk_key, "GET", "/sdk/latest-all", Json::Null)
            .await;
        data["flags"].get("checkout").is_some()
    };
    assert!(reaches().await);
    let archive = instruction(&json!({"kind": "archiveFlag"}));
    let shown = world.ok("PATCH", FLAG, archive).await;
    assert_eq!(shown["archived"], true);
    assert_eq!(shown["environments"]["production"]["archived"], true);
    assert!(!reaches().await);
    let listed = world.ok("GET", "/api/v2/flags/default", Json::Null).await;
    assert_eq!(listed["items"], json!([]));
    let restore = instruction(&json!({"kind": "restoreFlag"}));
    let shown = world.ok("PATCH", FLAG, restore).await;
    assert_eq!(shown["archived"], false);
    assert!(reaches().await);
}

#[tokio::test]
async fn a_variation_gets_another_name_and_value() {
    let world = World::start().await;
    let shown = world.ok("GET", FLAG, Json::Null).await;
    let id = &shown["variations"][0]["_id"];
    let edit = json!({"kind": "updateVariation", "variationId": id, "name": "One", "value": "one"});
    let shown = world.ok("PATCH", FLAG, instruction(&edit)).await;
    assert_eq!(shown["variations"][0]["name"], "One");
    assert_eq!(shown["variations"][0]["value"], "one");
    let unknown = json!({"kind": "updateVariation", "variationId": "x", "name": "One"});
    let (status, _) = refused(&world, FLAG, instruction(&unknown)).await;
    assert_eq!(status, 400);
}

/// Each part of a flag has an action of its own, and approvals are known by what they are about.
#[tokio::test]
async fn a_role_changes_the_parts_of_a_flag_that_it_names() {
    let role = |resources: &[&str], actions: &[&str]| {
        Role::Custom(vec![Statement::allow(
            resources.iter().copied(),
            actions.iter().copied(),
        )])
    };
    let here = "proj/*:env/production:flag/*;till";
    let emulator = Emulator::builder()
        .token(Token::new(
            "targets",
            "api-targets",
            role(&[here], &["updateTargets", "createApprovalRequest"]),
        ))
        .token(Token::new(
            "reviews",
            "api-reviews",
            role(&[here], &["reviewApprovalRequest"]),
        ))
        .token(Token::new(
            "metadata",
            "api-metadata",
            role(&["proj/*:env/*:flag/*"], &["updateName", "updateTags"]),
        ))
        .start()
        .await
        .unwrap();
    let world = World {
        emulator,
        client: reqwest::Client::new(),
    };
    let fill = json!({"projects": {"default": {"flags": [
        {"key": "checkout", "name": "Checkout", "tags": ["till"]}, {"key": "other", "name": "Other"}]}}});
    world.emulator.fill(&fill.to_string()).unwrap();
    let targets = || json!({"kind": "addTargets", "variation": 0, "values": ["u-1"]});
    let on = || json!({"kind": "turnFlagOn"});
    let name = json!({"kind": "updateName", "value": "Till"});
    let other = "/api/v2/flags/default/other";
    for (token, path, environment, change, expected) in [
        ("api-targets", FLAG, "production", targets(), 200),
        ("api-targets", FLAG, "production", on(), 403),
        ("api-targets", FLAG, "test", targets(), 403),
        ("api-targets", other, "production", targets(), 403),
        ("api-metadata", FLAG, "production", name, 200),
        ("api-metadata", FLAG, "production", on(), 403),
    ] {
        let body = json!({"environmentKey": environment, "instructions": [change]});
        let (status, answer) = world.send(token, "PATCH", path, body).await;
        assert_eq!(status, expected, "{token} {path} {environment}: {answer}");
    }
    let requests =
        "/api/v2/projects/default/flags/checkout/environments/production/approval-requests";
    let new = json!({"description": "d", "instructions": [on()]});
    let (status, made) = world.send("api-targets", "POST", requests, new).await;
    assert_eq!(status, 201, "{made}");
    let review = format!("{requests}/{}/reviews", made["_id"].as_str().unwrap());
    for (token, expected) in [("api-targets", 403), ("api-reviews", 200)] {
        let (status, answer) = world
            .send(token, "POST", &review, json!({"kind": "approve"}))
            .await;
        assert_eq!(status, expected, "{token}: {answer}");
    }
}
