//! What SDKs send, and what they are sent of AI Configs.

use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

struct World {
    emulator: Emulator,
    http: reqwest::Client,
}

impl World {
    async fn start() -> Self {
        Self {
            emulator: Emulator::start().await.unwrap(),
            http: reqwest::Client::new(),
        }
    }

    fn sdk_key(&self) -> String {
        self.emulator.sdk_key("default", "test").unwrap()
    }

    async fn tell(&self, path: &str, key: &str, payload: &str, body: &str) -> u16 {
        let request = self
            .http
            .post(format!("{}/{path}", self.emulator.base_uri()))
            .header("Authorization", key)
            .header("X-LaunchDarkly-Payload-ID", payload)
            .body(body.to_owned());
        request.send().await.unwrap().status().as_u16()
    }

    async fn api(&self, method: &str, path: &str, body: Json) -> (u16, Json) {
        let uri = format!(
            "{}/api/v2/projects/default/{path}",
            self.emulator.base_uri()
        );
        let request = self.http.request(method.parse().unwrap(), uri);
        let request = request.header("Authorization", self.emulator.access_token());
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    async fn served(&self, key: &str) -> Vec<Json> {
        let uri = format!("{}/sdk/flags/{key}", self.emulator.base_uri());
        let answer = self.http.get(uri).header("Authorization", self.sdk_key());
        let flag: Json = answer.send().await.unwrap().json().await.unwrap();
        flag["variations"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn events_are_kept_once_each() {
    let world = World::start().await;
    let key = world.sdk_key();
    let events = r#"[{"kind": "custom", "key": "clicked"}, {"kind": "summary"}]"#;
    for payload in ["one", "one", "two"] {
        assert_eq!(world.tell("bulk", &key, payload, events).await, 202);
    }
    assert_eq!(
        world.tell("bulk", "sdk-of-nobody", "three", events).await,
        401
    );
    for broken in ["{}", "[", "", "null"] {
        assert_eq!(
            world.tell("bulk", &key, "four", broken).await,
            400,
            "{broken}"
        );
    }
    // What was refused may be sent again under its name.
    assert_eq!(world.tell("bulk", &key, "four", "[]").await, 202);
    assert_eq!(
        world
            .tell("diagnostic", &key, "", r#"{"kind": "diagnostic-init"}"#)
            .await,
        202
    );
    let told = world.emulator.events();
    let kinds: Vec<&str> = told
        .iter()
        .map(|it| it.event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["custom", "summary", "custom", "summary"]);
    assert_eq!(
        (&*told[0].project, &*told[0].environment),
        ("default", "test")
    );
    assert_eq!(world.emulator.diagnostics().len(), 1);
    let uri = format!("{}/_emulator/events", world.emulator.base_uri());
    let token = world.emulator.access_token();
    let shown = world
        .http
        .get(&uri)
        .header("Authorization", token)
        .send()
        .await
        .unwrap();
    let shown: Json = shown.json().await.unwrap();
    assert_eq!(shown["events"][0]["event"]["key"], "clicked");
    let cleared = world
        .http
        .delete(&uri)
        .header("Authorization", token)
        .send()
        .await
        .unwrap();
    assert_eq!(cleared.status(), 204);
    assert!(world.emulator.events().is_empty() && world.emulator.diagnostics().is_empty());
}

#[tokio::test]
async fn sdks_receive_tools_and_judges_in_their_own_form() {
    let world = World::start().await;
    let tool = json!({"key": "search", "description": "Looks.", "schema": {"type": "object"}});
    assert_eq!(world.api("POST", "ai-tools", tool.clone()).await.0, 201);
    assert_eq!(world.api("POST", "ai-tools", tool).await.0, 409);
    let change = json!({"description": "Looks twice.", "key": "other"});
    let (status, second) = world.api("PATCH", "ai-tools/search", change).await;
    assert_eq!(
        (status, &second["version"], &second["key"]),
        (200, &json!(2), &json!("search"))
    );
    let (_, versions) = world
        .api("GET", "ai-tools/search/versions", Json::Null)
        .await;
    assert_eq!(versions["totalCount"], 2);
    assert_eq!(
        world.api("GET", "ai-tools", Json::Null).await.1["items"][0]["version"],
        2
    );

    world
        .api(
            "POST",
            "ai-configs",
            json!({"key": "assistant", "name": "A", "mode": "agent"}),
        )
        .await;
    let variation = |key: &str, more: Json| {
        let mut variation = json!({"key": key, "name": key});
        variation
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        variation
    };
    let path = "ai-configs/assistant/variations";
    let first = variation(
        "first",
        json!({"tools": [{"key": "search", "version": 1}], "judgeConfiguration":
        {"judges": [{"judgeConfigKey": "j", "samplingRate": 0.5}]}}),
    );
    assert_eq!(world.api("POST", path, first).await.0, 201);
    let last = variation("last", json!({"toolKeys": ["search"]}));
    assert_eq!(world.api("POST", path, last).await.0, 201);
    let none = variation("none", json!({"toolKeys": ["nothing"]}));
    let (status, error) = world.api("POST", path, none).await;
    assert_eq!(status, 400, "{error}");
    let served = world.served("assistant").await;
    assert_eq!(
        served[1]["tools"]["search"],
        json!({
        "name": "search", "type": "function", "description": "Looks.", "parameters": {"type": "object"}})
    );
    assert_eq!(
        served[1]["judgeConfiguration"]["judges"][0],
        json!({"key": "j", "samplingRate": 0.5})
    );
    assert_eq!(served[1]["_ldMeta"]["mode"], "agent");
    assert_eq!(served[2]["tools"]["search"]["description"], "Looks twice.");
    assert_eq!(
        world.api("DELETE", "ai-tools/search", Json::Null).await.0,
        204
    );
    assert_eq!(world.api("GET", "ai-tools/search", Json::Null).await.0, 404);
}
