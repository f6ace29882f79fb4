//! A world with a flag, and two writers and a role that look at it.
#![allow(dead_code, reason = "each test uses a part of it")]

use reqwest::Client;
use segments_emulator::{Emulator, Role, Statement, Token};
use serde_json::{Value as Json, json};

pub(crate) const FLAG: &str = "/api/v2/flags/default/checkout";
const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
}

impl World {
    /// A flag that is on and serves its second variation to the members of a segment.
    pub(crate) async fn start() -> Self {
        let only_test = Role::Custom(vec![Statement::allow(
            [
                "proj/default:env/test:flag/*",
                "proj/default:env/test:aiconfig/*",
            ],
            ["updateOn", "updateTrackEvents", "updateAIConfigTargeting"],
        )]);
        let emulator = Emulator::builder()
            .token(Token::new("one", "api-one", Role::Writer))
            .token(Token::new("other", "api-other", Role::Writer))
            .token(Token::new("only-test", "api-only-test", only_test))
            .start()
            .await
            .unwrap();
        let world = json!({"projects": {"default": {
            "environments": {"production": {"segments": [{"key": "beta", "name": "Beta", "included": ["u-1"]}]}},
            "flags": [{"key": "checkout", "name": "Checkout", "instructions": {"production": [
                {"kind": "turnFlagOn"},
                {"kind": "addRule", "variation": 1, "clauses": [{"attribute": "segmentMatch",
                    "op": "segmentMatch", "values": ["beta"]}]}]}}]}}});
        emulator.fill(&world.to_string()).unwrap();
        Self {
            emulator,
            client: Client::new(),
        }
    }

    pub(crate) async fn send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Json,
    ) -> (u16, Json) {
        let content_type = if body.get("instructions").is_some() {
            SEMANTIC
        } else {
            "application/json"
        };
        let url = format!("{}{path}", self.emulator.base_uri());
        let request = self.client.request(method.parse().unwrap(), url);
        let request = request
            .header("Authorization", token)
            .header("LD-API-Version", "beta")
            .header("Content-Type", content_type);
        let request = if body.is_null() {
            request
        } else {
            request.body(body.to_string())
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// The body of an answer that is a success.
    pub(crate) async fn ok(&self, method: &str, path: &str, body: Json) -> Json {
        let (status, answer) = self.send("api-one", method, path, body).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {answer}"
        );
        answer
    }

    /// Changes the flag by one instruction.
    pub(crate) async fn patch(&self, environment: &str, instruction: Json) -> Json {
        let body = json!({"environmentKey": environment, "instructions": [instruction]});
        self.ok("PATCH", FLAG, body).await
    }
}
