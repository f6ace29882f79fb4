//! Whatever is sent, the answer is one that the service gives: never a 500, never a body outside the
//! documented shape of errors.

use std::sync::OnceLock;

use proptest::prelude::*;
use reqwest::Client;
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

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
                "application/json",
                body.to_string(),
            );
        }
        world.ask(
            "POST",
            "/api/v2/flags/default",
            "application/json",
            json!({"key": "f", "name": "F"}).to_string(),
        );
        world
    })
}

impl World {
    fn ask(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: String,
    ) -> (u16, Option<Json>, bool) {
        let request = self
            .client
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.emulator.base_uri()),
            )
            .header("Authorization", self.emulator.access_token())
            .header("LD-API-Version", "beta")
            .header("Content-Type", content_type)
            .body(body);
        self.runtime.block_on(async {
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            let body = answer.bytes().await.expect("a body");
            (status, serde_json::from_slice(&body).ok(), body.is_empty())
        })
    }
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
        1 => prop::sample::select(vec!["%ff", "%00", "%2F", "..", "%C3%A9"]).prop_map(str::to_owned),
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
        "/api/v2/approval-requests",
        "/api/v2/approval-requests/projects/default/settings",
    ])
    .prop_map(str::to_owned);
    let query = prop::option::of("(limit|offset|sort|filter|dryRun)=[a-z0-9,|()%5B\"-]{0,12}");
    (prop_oneof![1 => random, 3 => real], query).prop_map(|(path, query)| match query {
        Some(query) => format!("{path}?{}", query.replace('"', "%22").replace('%', "%25")),
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
    ]);
    let one = (kind, prop::collection::vec("[a-c]{1,2}", 0..3), json()).prop_map(|(kind, values, other)| {
        json!({"kind": kind, "values": values, "value": "New", "contextKind": "user", "ruleId": "x", "clauseId": "y",
            "clauses": [{"attribute": "a", "op": "in", "values": [other]}], "ruleIds": values, "weight": 3,
            "targetType": "included", "contextKey": "a", "variationId": "z", "description": "d"})
    });
    prop::collection::vec(one, 0..4)
        .prop_map(|instructions| json!({"environmentKey": "test", "instructions": instructions}))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500)
    ))]

    #[test]
    fn every_answer_has_a_documented_shape(
        method in prop::sample::select(vec!["GET", "POST", "PATCH", "PUT", "DELETE"]),
        path in path(),
        content_type in prop::sample::select(vec![
            "application/json", "application/json; domain-model=launchdarkly.semanticpatch",
            "multipart/form-data; boundary=x", "text/plain", "",
        ]),
        body in prop_oneof![
            3 => json().prop_map(|json| json.to_string()),
            3 => instructions().prop_map(|json| json.to_string()),
            1 => ".{0,40}",
            1 => Just(String::new()),
        ],
    ) {
        // What everything else here is about has to stay.
        prop_assume!(method != "DELETE" || !path.starts_with("/api/v2/projects/default"));
        let (status, json, empty) = world().ask(method, &path, content_type, body);
        prop_assert!(status < 500, "{method} {path}: {status}");
        if status >= 400 {
            let json = json.unwrap_or_default();
            for member in ["code", "message", "id"] {
                prop_assert!(json[member].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}: {json}");
            }
        } else if status != 204 && !empty {
            prop_assert!(json.is_some() || path.ends_with("/file"), "{method} {path}: {status}");
        }
    }
}
