//! Numbers from outside, at their ends: whatever is sent, the emulator goes on.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use reqwest::Client;
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::is_thorough;

struct World {
    emulator: Emulator,
    client: Client,
    runtime: Runtime,
}

impl World {
    fn start() -> Self {
        Self {
            emulator: Emulator::builder().start_blocking().unwrap(),
            client: Client::new(),
            runtime: Runtime::new().unwrap(),
        }
    }

    fn send(&self, method: &str, path: &str, body: &Json) -> u16 {
        let request = self
            .client
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.emulator.base_uri()),
            )
            .header("Authorization", self.emulator.access_token())
            .header("LD-API-Version", "beta")
            .header(
                "Content-Type",
                if body["instructions"].is_array() {
                    "application/json; domain-model=launchdarkly.semanticpatch"
                } else {
                    "application/json"
                },
            )
            .header("Last-Event-ID", body["id"].to_string())
            .body(body.to_string());
        let answer = self.runtime.block_on(async { request.send().await });
        answer.expect("an answer").status().as_u16()
    }

    /// Everything that looks at what is stored.
    fn look(&self) -> Result<(), TestCaseError> {
        for path in [
            "/",
            "/api/v2/projects?expand=environments",
            "/api/v2/segments/default/test?sort=-creationDate",
            "/api/v2/segments/default/test/a",
            "/api/v2/segments/default/a/expiring-targets/test",
            "/api/v2/flags/default",
            "/api/v2/projects/default/ai-configs",
            "/api/v2/projects/default/context-kinds",
            "/api/v2/approval-requests",
            "/_emulator/clock",
            "/_emulator/requests",
        ] {
            let status = self.send("GET", path, &Json::Null);
            prop_assert_eq!(status, 200, "{}", path);
        }
        let context = json!({"kind": "user", "key": "u", "n": 1});
        let evaluate = "/api/v2/projects/default/environments/test/segments/evaluate";
        prop_assert_eq!(self.send("POST", evaluate, &context), 200);
        Ok(())
    }
}

/// Numbers at the ends of every type that reads one, and some in the middle.
fn number() -> impl Strategy<Value = Json> {
    prop_oneof![
        6 => prop::sample::select(vec![
            json!(0), json!(-1), json!(1), json!(i64::MIN), json!(i64::MAX), json!(u64::MAX),
            json!(u64::MAX - 1), json!(u32::MAX), json!(i32::MIN), json!(100_000), json!(100_001),
            json!(1e308), json!(-1e308), json!(0.5), json!(253_402_300_799_999_i64),
            json!(9_007_199_254_740_993_i64),
        ]),
        1 => any::<i64>().prop_map(|it| json!(it)),
        1 => any::<u64>().prop_map(|it| json!(it)),
    ]
}

/// Runs the same cases each time: so many under `SEGMENTS_THOROUGH`, else half of them.
fn run(cases: u32, test: impl Fn(&World, Vec<Json>) -> Result<(), TestCaseError>) {
    let world = World::start();
    let segment = json!({"key": "a", "name": "A"});
    world.send("POST", "/api/v2/segments/default/test", &segment);
    let mut config = ProptestConfig::with_cases(if is_thorough() { cases } else { cases / 2 });
    config.failure_persistence = None;
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let numbers = prop::collection::vec(number(), 8);
    if let Err(failure) = runner.run(&numbers, |numbers| test(&world, numbers)) {
        panic!("{failure}");
    }
}

#[test]
fn of_segments_that_are_imported_and_then_changed() {
    run(60, |world, n| {
        let segment = json!({
            "key": "a", "name": "A", "version": n[0], "generation": n[1], "creationDate": n[2],
            "lastModifiedDate": n[3], "included": ["u"],
            "rules": [{"weight": n[4], "clauses": [
                {"attribute": "n", "op": "before", "values": [n[5], n[6]], "contextKind": "user"},
                {"attribute": "n", "op": "lessThan", "values": [n[7]], "contextKind": "user"}]}],
        });
        let mut without_rules = segment.clone();
        without_rules["rules"] = json!([]);
        for listed in [segment, without_rules] {
            world.send("POST", "/_emulator/import/default/test", &json!([listed]));
        }
        // There is one in any case.
        world.send(
            "POST",
            "/api/v2/segments/default/test",
            &json!({"key": "a", "name": "A"}),
        );
        for instruction in [
            json!({"kind": "addIncludedTargets", "contextKind": "user", "values": ["u", "v"]}),
            json!({"kind": "updateName", "value": n[0].to_string()}),
        ] {
            let patch = json!({"environmentKey": "test", "instructions": [instruction]});
            let status = world.send("PATCH", "/api/v2/segments/default/test/a", &patch);
            prop_assert_eq!(status, 200);
        }
        for (kind, version) in [
            ("addExpiringTarget", &n[2]),
            ("updateExpiringTarget", &n[3]),
        ] {
            let patch = json!({"instructions": [{"kind": kind, "targetType": "included",
                "contextKey": "u", "contextKind": "user", "value": n[4], "version": version}]});
            world.send(
                "PATCH",
                "/api/v2/segments/default/a/expiring-targets/test",
                &patch,
            );
        }
        world.look()?;
        let deleted = world.send("DELETE", "/api/v2/segments/default/test/a", &Json::Null);
        prop_assert_eq!(deleted, 204);
        let again = json!({"key": "a", "name": "A"});
        prop_assert_eq!(
            world.send("POST", "/api/v2/segments/default/test", &again),
            201
        );
        world.look()
    });
}

#[test]
fn of_pages() {
    run(150, |world, n| {
        let text = |number: &Json| match number.as_f64() {
            Some(number) if (number - 0.5).abs() < f64::EPSILON => {
                "99999999999999999999999999".to_owned()
            }
            _ => number.to_string(),
        };
        for path in [
            "/api/v2/segments/default/test",
            "/api/v2/projects/default/ai-configs",
            "/api/v2/approval-requests",
            "/api/v2/flags/default",
            "/api/v2/projects",
        ] {
            let path = format!("{path}?limit={}&offset={}", text(&n[0]), text(&n[1]));
            let status = world.send("GET", &path, &Json::Null);
            prop_assert!(matches!(status, 200 | 400), "{path}: {status}");
        }
        Ok(())
    });
}

#[test]
fn of_flags_ai_configs_context_kinds_and_approvals() {
    run(60, |world, n| {
        world.send(
            "POST",
            "/api/v2/flags/default",
            &json!({
            "key": "f", "name": "F", "defaults": {"onVariation": n[0], "offVariation": n[1]}}),
        );
        world.send(
            "POST",
            "/api/v2/flags/default",
            &json!({"key": "f", "name": "F"}),
        );
        world.send(
            "POST",
            "/api/v2/projects/default/ai-configs",
            &json!({"key": "c", "name": "C",
            "defaultVariation": {"key": "v", "name": "V", "model": {"parameters": {"n": n[2]}}}}),
        );
        for path in [
            "/api/v2/flags/default/f",
            "/api/v2/projects/default/ai-configs/c/targeting",
        ] {
            for instruction in [
                json!({"kind": "addRule", "variation": n[2], "clauses": []}),
                json!({"kind": "addRule", "rolloutWeights": {"x": n[3], "y": n[4]}, "clauses": []}),
                json!({"kind": "updateFallthroughVariationOrRollout", "variation": n[5]}),
                json!({"kind": "updateFallthroughVariationOrRollout", "rolloutWeights": {"x": n[6]}}),
            ] {
                let patch = json!({"environmentKey": "test", "instructions": [instruction]});
                let status = world.send("PATCH", path, &patch);
                prop_assert!(matches!(status, 200 | 400), "{path}: {status}");
            }
        }
        world.send(
            "PUT",
            "/api/v2/projects/default/context-kinds/org",
            &json!({
            "name": "Org", "version": n[7]}),
        );
        world.send(
            "PATCH",
            "/api/v2/approval-requests/projects/default/settings",
            &json!({
            "environmentKey": "test", "resourceKind": "segment", "minNumApprovals": n[0]}),
        );
        world.look()
    });
}

#[test]
fn of_the_clock_and_of_limits() {
    run(60, |world, n| {
        for (method, path, body) in [
            (
                "PUT",
                "/_emulator/limits",
                json!({"windowMs": n[0], "global": 4_000_000_000_u32, "address": n[1]}),
            ),
            (
                "PUT",
                "/_emulator/limits",
                json!({"windowMs": n[2], "global": 4_000_000_000_u32, "staleReset": true}),
            ),
            (
                "PUT",
                "/_emulator/behavior",
                json!({"contextKindLagMs": n[3], "pageLimit": n[4]}),
            ),
            ("POST", "/_emulator/clock", json!({"advanceMs": n[5]})),
            (
                "POST",
                "/_emulator/faults",
                json!({"kind": "rateLimited",
                "hint": {"form": "reset", "milliseconds": n[6]}, "after": n[7], "times": n[0]}),
            ),
            (
                "POST",
                "/_emulator/faults",
                json!({"kind": "rateLimited",
                "hint": {"form": "retryAfter", "seconds": n[6]}}),
            ),
        ] {
            let status = world.send(method, path, &body);
            prop_assert!(matches!(status, 200 | 201 | 400), "{path}: {status}");
            let status = world.send("GET", "/api/v2/projects", &Json::Null);
            prop_assert!(matches!(status, 200 | 429), "{path}: {status}");
        }
        world.send("PUT", "/_emulator/limits", &json!({}));
        world.send("DELETE", "/_emulator/faults", &Json::Null);
        world.look()
    });
}
