//! Whatever is sent, the answer is one that the service gives: never a 500, never a panic, never a
//! body outside the documented shape of errors.
//!
//! `ANY_REQUEST_SECONDS=600 cargo test -p segments-emulator --test any_request` goes on for so long.

use std::sync::OnceLock;
use std::time::Instant;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use reqwest::Client;
use reqwest::header::HeaderValue;
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::is_thorough;

struct World {
    emulator: Emulator,
    client: Client,
    runtime: Runtime,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let emulator = Emulator::builder().start_blocking().unwrap();
        let world = World {
            emulator,
            client: Client::new(),
            runtime: Runtime::new().unwrap(),
        };
        for (key, unbounded) in [("a", false), ("b", false), ("big", true)] {
            let body = json!({"key": key, "name": key, "unbounded": unbounded});
            world.ask(
                "POST",
                "/api/v2/segments/default/test",
                &[],
                body.to_string(),
            );
        }
        for (path, body) in [
            ("/api/v2/flags/default", json!({"key": "f", "name": "F"})),
            (
                "/api/v2/projects/default/ai-configs",
                json!({"key": "c", "name": "C", "defaultVariation": {"key": "v", "name": "V"}}),
            ),
        ] {
            world.ask("POST", path, &[], body.to_string());
        }
        world
    })
}

impl World {
    fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&'static str, String)],
        body: String,
    ) -> (u16, Option<Json>, bool) {
        let mut request = self
            .client
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.emulator.base_uri()),
            )
            .header("Authorization", self.emulator.access_token())
            .body(body);
        for (name, value) in headers {
            // What no header can carry is not sent.
            if let Ok(value) = value.parse::<HeaderValue>() {
                request = request.header(*name, value);
            }
        }
        self.runtime.block_on(async {
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            let body = answer.bytes().await.expect("a body");
            (status, serde_json::from_slice(&body).ok(), body.is_empty())
        })
    }
}

/// Headers that mean something, right, nearly right and wrong.
fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let content_type = prop_oneof![
        4 => prop::sample::select(vec![
            "application/json",
            "application/json; domain-model=launchdarkly.semanticpatch",
            "multipart/form-data; boundary=x",
            "text/plain",
            "",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
    ]
    .prop_map(|value| ("Content-Type", value));
    let version = prop_oneof![
        3 => Just("beta".to_owned()),
        2 => Just("20240415".to_owned()),
        1 => Just("20220603".to_owned()),
        1 => "[a-z0-9]{0,9}",
    ]
    .prop_map(|value| ("LD-API-Version", value));
    let other = (
        prop::sample::select(vec![
            "X-HTTP-Method-Override",
            "If-None-Match",
            "Origin",
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers",
            "Accept",
            "User-Agent",
            "X-Anything",
        ]),
        prop_oneof![
            2 => prop::sample::select(vec!["PATCH", "DELETE", "GET", "*", "http://localhost", "null"])
                .prop_map(str::to_owned),
            1 => "\\PC{0,20}",
        ],
    );
    (content_type, version, prop::collection::vec(other, 0..3)).prop_map(
        |(content_type, version, mut headers)| {
            headers.extend([content_type, version]);
            headers
        },
    )
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "segments", "default", "test", "production", "a", "b", "big", "contexts", "users", "imports", "exports",
            "projects", "environments", "evaluate", "flags", "f", "context-kinds", "user", "ai-configs", "targeting",
            "variations", "approval-requests", "reviews", "apply", "settings", "expiring-targets",
            "expiring-user-targets",
        ]).prop_map(str::to_owned),
        1 => "[a-zA-Z0-9._~%-]{0,8}".prop_filter("percent signs are escapes", |text| !text.contains('%')),
        1 => prop::sample::select(vec!["%ff", "%00", "%2F", "...", "%C3%A9"]).prop_map(str::to_owned),
    ]
}

/// Paths that are near to real ones.
fn path() -> impl Strategy<Value = String> {
    let random = prop::collection::vec(name(), 0..7)
        .prop_map(|parts| format!("/api/v2/{}", parts.join("/")));
    let real = prop::sample::select(vec![
        "/api/v2/segments/default/test",
        "/api/v2/segments/default/test/a",
        "/api/v2/segments/default/test/big",
        "/api/v2/segments/default/test/big/contexts",
        "/api/v2/segments/default/test/big/imports",
        "/api/v2/segments/default/a/expiring-targets/test",
        "/api/v2/flags/default",
        "/api/v2/flags/default/f",
        "/api/v2/projects/default/environments/test/segments/evaluate",
        "/api/v2/projects/default/context-kinds/org",
        "/api/v2/projects/default/ai-configs",
        "/api/v2/projects/default/ai-configs/c",
        "/api/v2/projects/default/ai-configs/c/targeting",
        "/api/v2/projects/default/ai-configs/c/variations/v",
        "/api/v2/segments/default/a/expiring-user-targets/test",
        "/api/v2/segments/default/test/big/exports",
        "/api/v2/segments/default/test/big/users/u",
        "/api/v2/flags/default/f/dependent-flags",
        "/api/v2/flags/default/f/expiring-targets/test",
        "/api/v2/flags/default/f/expiring-user-targets/test",
        "/api/v2/projects/default/environments/test/contexts/search",
        "/api/v2/projects/default/environments/test/context-instances/search",
        "/api/v2/projects/default/environments/test/context-attributes/a",
        "/sdk/latest-all",
        "/_emulator/requests",
        "/_emulator/import/default/test",
        "/_emulator/fill",
        "/requests",
        "/",
        "/api/v2/approval-requests",
        "/api/v2/approval-requests/projects/default/settings",
    ])
    .prop_map(str::to_owned);
    let query = prop::option::of(
        "(limit|offset|sort|filter|dryRun|expand|context|at|continuationToken)=([a-z0-9,|()%5B\"-]{0,12}|(tags|status|query) (anyOf|equals) [\\[\"a-z]{0,6})",
    );
    (prop_oneof![1 => random, 3 => real], query).prop_map(|(path, query)| match query {
        Some(query) => format!(
            "{path}?{}",
            query
                .replace('%', "%25")
                .replace('"', "%22")
                .replace(' ', "%20")
        ),
        None => path,
    })
}

/// JSON that is near to what the service takes.
fn json() -> impl Strategy<Value = Json> {
    let word = prop::sample::select(vec![
        "key",
        "name",
        "a",
        "b",
        "test",
        "user",
        "org",
        "kind",
        "values",
        "value",
        "instructions",
        "environmentKey",
        "patch",
        "merge",
        "op",
        "path",
        "add",
        "remove",
        "replace",
        "/rules/-",
        "/included",
        "/name",
        "clauses",
        "addRule",
        "addIncludedTargets",
        "removeRule",
        "updateName",
        "contextKind",
        "attribute",
        "segmentMatch",
        "in",
        "rules",
        "included",
        "tags",
        "weight",
        "ruleId",
        "targetType",
        "contextKey",
        "variationId",
        "multi",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        word.clone().prop_map(Json::from),
        ".{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|members| Json::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            )),
        ]
    })
}

/// Instructions, whole or nearly so.
fn instructions() -> impl Strategy<Value = Json> {
    let kind = prop::sample::select(vec![
        "addTags",
        "removeTags",
        "updateName",
        "addIncludedTargets",
        "removeIncludedTargets",
        "addExcludedTargets",
        "addIncludedUsers",
        "addRule",
        "removeRule",
        "addClauses",
        "removeClauses",
        "updateClause",
        "addValuesToClause",
        "reorderRules",
        "updateRuleDescription",
        "updateRuleRolloutAndContextKind",
        "addBigSegmentIncludedTargets",
        "processBigSegmentImport",
        "addExpiringTarget",
        "turnFlagOn",
        "addTargets",
        "updateOffVariation",
        "replaceRules",
        "replaceTargets",
        "clearTargets",
        "updateDefaultVariation",
        "updateRuleVariationOrRollout",
        "updateFallthroughVariationOrRollout",
        "addExpireUserTargetDate",
        "updateExpireUserTargetDate",
        "removeExpiringTarget",
        "addReviewers",
        "addPrerequisite",
        "removePrerequisite",
        "replacePrerequisites",
        "archiveFlag",
        "updateDescription",
    ]);
    let one = (kind, prop::collection::vec("[a-c]{1,2}", 0..3), json()).prop_map(|(kind, values, other)| {
        json!({"kind": kind, "values": values, "value": "New", "contextKind": "user", "ruleId": "x", "clauseId": "y",
            "clauses": [{"attribute": "a", "op": "in", "values": [other]}], "ruleIds": values, "weight": 3,
            "targetType": "included", "contextKey": "a", "userKey": "a", "variationId": "z", "description": "d",
            "variation": values.len(), "targets": [], "rules": [], "version": 1, "key": "f", "prerequisites": []})
    });
    prop::collection::vec(one, 0..4)
        .prop_map(|instructions| json!({"environmentKey": "test", "instructions": instructions}))
}

/// Uploads, whole or nearly so.
fn form() -> impl Strategy<Value = String> {
    ("(merge|replace|[a-z]{0,4})", "[a-c\n,\"]{0,12}", any::<bool>()).prop_map(|(mode, keys, whole)| {
        let end = if whole { "--x--\r\n" } else { "--x" };
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n{keys}\r\n\
             --x\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\n{mode}\r\n{end}"
        )
    })
}

fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => json().prop_map(|json| json.to_string()),
        3 => instructions().prop_map(|json| json.to_string()),
        1 => form(),
        1 => ".{0,40}",
        1 => Just(String::new()),
        1 => (1_usize..200).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
    ]
}

/// Asks once, and looks at the answer.
fn check(
    method: &str,
    path: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> Result<(), TestCaseError> {
    // What everything else here is about has to stay.
    let is = |header: &(&str, String)| *header == ("X-HTTP-Method-Override", "DELETE".to_owned());
    let deletes = method == "DELETE" || headers.iter().any(is);
    if deletes && path.starts_with("/api/v2/projects/default") {
        return Ok(());
    }
    let (status, json, empty) = world().ask(method, path, headers, body);
    // 501 is what the service has and the emulator leaves out.
    prop_assert!(status < 500 || status == 501, "{method} {path}: {status}");
    if method == "HEAD" {
        return Ok(());
    }
    if status >= 400 {
        let json = json.unwrap_or_default();
        for member in ["code", "message", "id"] {
            let text = json[member].as_str();
            prop_assert!(
                text.is_some_and(|text| !text.is_empty()),
                "{method} {path}: {status} {json}"
            );
        }
    } else if !matches!(status, 204 | 304) && !empty {
        let is_text = path.contains("/file") || !path.starts_with("/api");
        prop_assert!(json.is_some() || is_text, "{method} {path}: {status}");
    }
    Ok(())
}

/// How long to go on; by default it is a number of requests.
fn seconds() -> Option<u64> {
    let text = std::env::var("ANY_REQUEST_SECONDS").ok()?;
    Some(text.parse().expect("ANY_REQUEST_SECONDS is a number"))
}

/// All of them under `SEGMENTS_THOROUGH`, which `.ci/thorough` sets, else a fifth.
fn cases() -> u32 {
    if is_thorough() { 1500 } else { 300 }
}

#[test]
fn every_answer_has_a_documented_shape() {
    let methods = vec!["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"];
    let request = (prop::sample::select(methods), path(), headers(), body());
    let begin = Instant::now();
    let mut asked = 0_u64;
    loop {
        // Without a time the requests are the same each time.
        let mut config = ProptestConfig::with_cases(cases());
        config.failure_persistence = None;
        let mut runner = match seconds() {
            None => {
                TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
            }
            Some(_) => TestRunner::new(config),
        };
        let outcome = runner.run(&request, |(method, path, headers, body)| {
            check(method, &path, &headers, body)
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
        asked += 1500;
        if seconds().is_none_or(|seconds| begin.elapsed().as_secs() >= seconds) {
            break;
        }
    }
    println!("{asked} requests in {:?}", begin.elapsed());
}
