//! What is around segments: flags, experiments, projects, approvals, and the clients that are told.

use std::time::Duration;

use crate::world::{FLAG, World};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn an_experiment_runs_until_it_is_stopped() {
    let world = World::start().await;
    let variations = world.ok("GET", FLAG, Json::Null).await["variations"].clone();
    let treatment = |at: usize| {
        json!({"name": at.to_string(), "baseline": at == 0, "allocationPercent": "40",
        "parameters": [{"flagKey": "checkout", "variationId": variations[at]["_id"]}]})
    };
    let path = "/api/v2/projects/default/environments/production/experiments";
    let new = json!({"key": "speed", "name": "Speed", "iteration": {"hypothesis": "h", "metrics": [],
        "treatments": [treatment(0), treatment(1)], "randomizationUnit": "user",
        "flags": {"checkout": {"ruleId": "fallthrough", "flagConfigVersion": 1}}}});
    world.ok("POST", path, new.clone()).await;
    assert_eq!(world.send("api-one", "POST", path, new).await.0, 409);
    let one = format!("{path}/speed");
    let start = json!({"instructions": [{"kind": "startIteration"}]});
    let started = world.ok("PATCH", &one, start).await;
    assert_eq!(started["currentIteration"]["status"], "running");
    let running = world
        .ok(
            "GET",
            &format!("{path}?filter=flagKey:checkout,status:running"),
            Json::Null,
        )
        .await;
    assert_eq!(running["items"][0]["key"], "speed");

    let flag = world.ok("GET", FLAG, Json::Null).await;
    let rollout = &flag["environments"]["production"]["fallthrough"]["rollout"];
    assert_eq!(rollout["experimentAllocation"]["type"], "experiment");
    assert_eq!(rollout["variations"][2]["_untracked"], true, "{rollout}");
    for edit in [
        json!({"environmentKey": "production", "instructions": [
            {"kind": "updateFallthroughVariationOrRollout", "variation": 0}]}),
        json!([{"op": "replace", "path": "/environments/production/fallthrough", "value": {"variation": 0}}]),
    ] {
        let (status, refused) = world.send("api-one", "PATCH", FLAG, edit).await;
        assert_eq!(status, 409, "{refused}");
        assert!(
            refused["message"]
                .as_str()
                .unwrap()
                .contains("an experiment"),
            "{refused}"
        );
    }
    // What stands beside it may change.
    world
        .patch(
            "production",
            json!({"kind": "updateOffVariation", "variationId": variations[0]["_id"]}),
        )
        .await;

    let winner = started["currentIteration"]["treatments"][1]["_id"].clone();
    let stop = json!({"instructions": [{"kind": "stopIteration", "winningTreatmentId": winner}]});
    world.ok("PATCH", &one, stop).await;
    let flag = world.ok("GET", FLAG, Json::Null).await;
    assert_eq!(
        flag["environments"]["production"]["fallthrough"],
        json!({"variation": 1})
    );
}

#[tokio::test]
async fn a_flag_takes_json_patches_and_targets_by_index() {
    let world = World::start().await;
    let add = json!({"kind": "addTargets", "variation": 0, "values": ["u-9"]});
    let shown = world.patch("production", add).await;
    assert_eq!(
        shown["environments"]["production"]["targets"][0]["values"],
        json!(["u-9"])
    );
    let patch = json!({"comment": "why", "patch": [
        {"op": "replace", "path": "/name", "value": "Till"},
        {"op": "replace", "path": "/environments/production/on", "value": false},
        {"op": "replace", "path": "/environments/production/rules/0/variation", "value": 0}]});
    let shown = world.ok("PATCH", FLAG, patch).await;
    let here = &shown["environments"]["production"];
    assert_eq!(
        (&shown["name"], &here["on"]),
        (&json!("Till"), &json!(false))
    );
    assert_eq!(here["rules"][0]["variation"], 0);
    let beyond =
        json!([{"op": "replace", "path": "/environments/production/offVariation", "value": 7}]);
    assert_eq!(world.send("api-one", "PATCH", FLAG, beyond).await.0, 400);
}

#[tokio::test]
async fn a_role_for_one_environment_changes_flags_in_that_one() {
    let world = World::start().await;
    for (environment, expected) in [("test", 200), ("production", 403)] {
        let body = json!({"environmentKey": environment, "instructions": [{"kind": "turnFlagOn"},
            {"kind": "updateTrackEvents", "trackEvents": true}]});
        let (status, answer) = world.send("api-only-test", "PATCH", FLAG, body).await;
        assert_eq!(status, expected, "{answer}");
    }
}

#[tokio::test]
async fn a_request_for_an_approval_is_reviewed_by_somebody_else_if_the_settings_say_so() {
    let world = World::start().await;
    let settings = json!({"environmentKey": "production", "resourceKind": "segment", "required": true,
        "canReviewOwnRequest": false});
    let requests = "/api/v2/approval-requests";
    world
        .ok(
            "PATCH",
            &format!("{requests}/projects/default/settings"),
            settings,
        )
        .await;
    let new = json!({"resourceId": "proj/default:env/production:segment/beta", "description": "d",
        "instructions": [{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-2"]}]});
    // The body has instructions, and is no semantic patch all the same.
    let id = world.ok("POST", requests, new).await["_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let review = format!("{requests}/{id}/reviews");
    let approve = json!({"kind": "approve"});
    assert_eq!(
        world
            .send("api-one", "POST", &review, json!({"kind": "comment"}))
            .await
            .0,
        200
    );
    assert_eq!(
        world
            .send("api-one", "POST", &review, approve.clone())
            .await
            .0,
        403
    );
    assert_eq!(
        world.send("api-other", "POST", &review, approve).await.0,
        200
    );
}

#[tokio::test]
async fn projects_environments_and_callers_are_what_they_say() {
    let world = World::start().await;
    assert_eq!(
        world.ok("GET", "/api/v2/caller-identity", Json::Null).await["tokenName"],
        "one"
    );
    let rename = json!([{"op": "replace", "path": "/name", "value": "Shop"},
        {"op": "add", "path": "/tags/-", "value": "t"}]);
    let shown = world.ok("PATCH", "/api/v2/projects/default", rename).await;
    assert_eq!(
        (&shown["name"], &shown["tags"]),
        (&json!("Shop"), &json!(["t"]))
    );
    let rename = json!([{"op": "replace", "path": "/name", "value": "Live"},
        {"op": "replace", "path": "/requireComments", "value": true}]);
    let shown = world
        .ok(
            "PATCH",
            "/api/v2/projects/default/environments/production",
            rename,
        )
        .await;
    assert_eq!(shown["name"], "Live");
    let status = world
        .ok(
            "GET",
            "/api/v2/flag-statuses/default/production/checkout",
            Json::Null,
        )
        .await;
    assert_eq!(status["name"], "new");
    let context = json!({"kind": "user", "key": "u-1", "plan": "pro"});
    let environment = "/api/v2/projects/default/environments/production";
    let flags = world
        .ok("POST", &format!("{environment}/flags/evaluate"), context)
        .await;
    assert_eq!(flags["items"][0]["_value"], false);
    assert_eq!(flags["items"][0]["reason"]["kind"], "RULE_MATCH");
    let names = world
        .ok(
            "GET",
            &format!("{environment}/context-attributes"),
            Json::Null,
        )
        .await;
    assert_eq!(names["items"][0]["names"][1]["name"], "plan");
}

/// An identifier in the path, or a mobile key; whom nobody knows is not found.
#[tokio::test]
async fn client_side_sdks_are_told_what_they_are_served() {
    let world = World::start().await;
    let here = world
        .ok(
            "GET",
            "/api/v2/projects/default/environments/production",
            Json::Null,
        )
        .await;
    let (id, mobile) = (
        here["_id"].as_str().unwrap(),
        here["mobileKey"].as_str().unwrap(),
    );
    // {"kind":"user","key":"u-1"}
    let context = "eyJraW5kIjoidXNlciIsImtleSI6InUtMSJ9";
    let path = format!("/sdk/evalx/{id}/contexts/{context}?withReasons=true");
    let flags = world.ok("GET", &path, Json::Null).await;
    assert_eq!(flags["checkout"]["value"], false);
    assert_eq!(flags["checkout"]["reason"]["kind"], "RULE_MATCH");
    let body = json!({"kind": "user", "key": "u-2"});
    let flags = world
        .ok("REPORT", &format!("/sdk/evalx/{id}/context"), body.clone())
        .await;
    assert_eq!(flags["checkout"]["value"], true);
    let (status, flags) = world
        .send(mobile, "REPORT", "/msdk/evalx/context", body)
        .await;
    assert_eq!((status, &flags["checkout"]["value"]), (200, &json!(true)));
    let nobody = format!("/sdk/evalx/000000000000000000000000/contexts/{context}");
    assert_eq!(world.send("", "GET", &nobody, Json::Null).await.0, 404);
    assert_eq!(
        world
            .send("nobody", "GET", &format!("/meval/{context}"), Json::Null)
            .await
            .0,
        404
    );
    // The newest protocol, which is left out.
    let newest = format!("/sdk/poll/eval/{context}");
    assert_eq!(world.send("", "GET", &newest, Json::Null).await.0, 404);
    assert_eq!(
        world
            .send("", "POST", &format!("/events/bulk/{id}"), json!([]))
            .await
            .0,
        202
    );

    let url = format!("{}/meval/{context}", world.emulator.base_uri());
    let mut stream = world
        .client
        .get(url)
        .header("Authorization", mobile)
        .send()
        .await
        .unwrap();
    assert!(
        next(&mut stream)
            .await
            .starts_with("event: put\ndata: {\"checkout\"")
    );
    world
        .patch("production", json!({"kind": "turnFlagOff"}))
        .await;
    assert!(next(&mut stream).await.starts_with("event: ping"));
}

async fn next(stream: &mut reqwest::Response) -> String {
    let chunk = tokio::time::timeout(Duration::from_secs(20), stream.chunk());
    let chunk = chunk.await.unwrap().unwrap().unwrap();
    String::from_utf8(chunk.to_vec()).unwrap()
}

#[tokio::test]
async fn the_newest_sdks_are_told_objects_and_states() {
    let world = World::start().await;
    let key = world.emulator.sdk_key("default", "production").unwrap();
    let (status, polled) = world.send(&key, "GET", "/sdk/poll", Json::Null).await;
    assert_eq!(status, 200);
    let events = polled["events"].as_array().unwrap();
    let names: Vec<_> = events
        .iter()
        .map(|it| it["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "server-intent",
            "put-object",
            "put-object",
            "payload-transferred"
        ]
    );
    assert_eq!(events[0]["data"]["payloads"][0]["intentCode"], "xfer-full");
    assert_eq!(events[1]["data"]["kind"], "flag");
    let state = events[3]["data"]["state"].as_str().unwrap();
    let (_, again) = world
        .send(&key, "GET", &format!("/sdk/poll?basis={state}"), Json::Null)
        .await;
    assert_eq!(
        again["events"][0]["data"]["payloads"][0]["intentCode"],
        "none"
    );
    assert_eq!(again["events"].as_array().unwrap().len(), 1);

    let url = format!("{}/sdk/stream?basis={state}", world.emulator.base_uri());
    let mut stream = world
        .client
        .get(url)
        .header("Authorization", &key)
        .send()
        .await
        .unwrap();
    assert!(next(&mut stream).await.contains("\"intentCode\":\"none\""));
    world
        .patch("production", json!({"kind": "turnFlagOff"}))
        .await;
    let told = next(&mut stream).await;
    assert!(
        told.starts_with("event: put-object") && told.contains("event: payload-transferred"),
        "{told}"
    );
}

/// The requests of LaunchDarkly's published skills `aiconfig-segments` and `aiconfig-targeting`, one after
/// the other.
#[tokio::test]
async fn the_requests_of_the_published_skills_are_taken() {
    let world = World::start().await;
    let segments = "/api/v2/segments/default/production";
    world
        .ok(
            "POST",
            segments,
            json!({"key": "premium", "name": "Premium", "tags": ["ai"]}),
        )
        .await;
    let clause = |attribute: &str, op: &str, value: &str| json!({"contextKind": "user", "attribute": attribute, "op": op, "values": [value], "negate": false});
    for instruction in [
        json!({"kind": "addRule", "clauses": [clause("tier", "in", "premium")]}),
        json!({"kind": "addRule", "clauses": [clause("email", "endsWith", ".edu")], "weight": 50_000,
            "rolloutContextKind": "user"}),
        json!({"kind": "addIncludedTargets", "values": ["u-1"]}),
        json!({"kind": "addExcludedTargets", "contextKind": "user", "values": ["u-2"]}),
    ] {
        let body = json!({"environmentKey": "production", "instructions": [instruction]});
        world
            .ok("PATCH", &format!("{segments}/premium"), body)
            .await;
    }

    let configs = "/api/v2/projects/default/ai-configs";
    world
        .ok(
            "POST",
            configs,
            json!({"key": "assistant", "name": "Assistant", "mode": "completion"}),
        )
        .await;
    for key in ["fast", "careful"] {
        let variation =
            json!({"key": key, "name": key, "messages": [], "model": {"modelName": "m"}});
        world
            .ok(
                "POST",
                &format!("{configs}/assistant/variations"),
                variation,
            )
            .await;
    }
    let path = format!("{configs}/assistant/targeting");
    let shown = world.ok("GET", &path, Json::Null).await;
    let id = |place: usize| shown["variations"][place]["_id"].clone();
    let shares = json!([{"variation": 1, "weight": 60_000}, {"variation": 2, "weight": 40_000}]);
    let targeting = async |instruction: Json| {
        let body =
            json!({"environmentKey": "production", "comment": "c", "instructions": [instruction]});
        world.ok("PATCH", &path, body).await
    };
    for instruction in [
        json!({"kind": "updateFallthroughVariationOrRollout", "variationId": id(1)}),
        json!({"kind": "addRule", "clauses": [clause("selectedModel", "contains", "sonnet")], "variation": 2,
            "description": "by model"}),
        json!({"kind": "addRule", "clauses": [clause("tier", "in", "premium")], "percentageRolloutConfig":
            {"contextKind": "user", "bucketBy": "key", "variations": shares}}),
        json!({"kind": "addTargets", "variation": 1, "contextKind": "user", "values": ["u-1"]}),
        json!({"kind": "addRule", "variation": 1, "clauses": [{"attribute": "segmentMatch", "contextKind": "",
            "op": "segmentMatch", "values": ["premium"], "negate": false}]}),
    ] {
        targeting(instruction).await;
    }
    let shown_now = world.ok("GET", &path, Json::Null).await;
    let here = &shown_now["environments"]["production"];
    assert_eq!(here["rules"].as_array().unwrap().len(), 3, "{here}");
    assert_eq!(
        here["rules"][1]["rollout"]["variations"][1]["weight"], 60_000,
        "{here}"
    );
    targeting(json!({"kind": "replaceRules", "rules": []})).await;
    let guarded = json!({"kind": "addRule", "clauses": [clause("tier", "in", "beta")], "guardedRolloutConfig":
        {"randomizationUnit": "user", "stages": [{"rolloutWeight": 1000, "monitoringWindowMilliseconds": 17_280_000}],
        "metrics": [{"metricKey": "error-rate", "onRegression": {"rollback": true}, "regressionThreshold": 0.01}]}});
    let shown = targeting(guarded).await;
    let rollout = &shown["environments"]["production"]["rules"][0]["rollout"];
    assert_eq!(
        rollout["experimentAllocation"]["type"], "measuredRollout",
        "{rollout}"
    );
}
