//! Tokens do what their roles allow, and SDK keys open the SDK side only.

use reqwest::Client;
use segments_emulator::{Emulator, Role, Statement, Token};
use serde_json::{Value as Json, json};

const HERE: &str = "/api/v2/segments/default/test";

struct World {
    emulator: Emulator,
    client: Client,
}

impl World {
    async fn start() -> Self {
        let custom = Role::Custom(vec![
            Statement::allow(["proj/default:env/test:segment/*"], ["*"]),
            Statement::deny(["proj/*:env/*:segment/*"], ["deleteSegment", "updateName"]),
        ]);
        let bypass = Role::Custom(vec![Statement::allow(
            ["proj/*:env/*:segment/*"],
            ["updateIncluded", "bypassRequiredSegmentApproval"],
        )]);
        let emulator = Emulator::builder()
            .token(Token::new("writer", "api-writer", Role::Writer))
            .token(Token::new("reader", "api-reader", Role::Reader))
            .token(Token::new("custom", "api-custom", custom))
            .token(Token::new("bypass", "api-bypass", bypass))
            .start()
            .await
            .unwrap();
        Self {
            emulator,
            client: Client::new(),
        }
    }

    async fn ask(&self, token: &str, method: &str, path: &str, body: Json) -> (u16, Json) {
        let url = format!("{}{path}", self.emulator.base_uri());
        let request = self
            .client
            .request(method.parse().unwrap(), url)
            .header("Authorization", token)
            .header("LD-API-Version", "beta")
            .json(&body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }
}

#[tokio::test]
async fn a_reader_reads() {
    let world = World::start().await;
    let body = json!({"key": "a", "name": "A"});
    let (status, refused) = world.ask("api-reader", "POST", HERE, body.clone()).await;
    assert_eq!((status, &refused["code"]), (403, &json!("forbidden")));
    assert_eq!(world.ask("api-writer", "POST", HERE, body).await.0, 201);
    assert_eq!(
        world.ask("api-reader", "GET", HERE, Json::Null).await.0,
        200
    );
    let one = format!("{HERE}/a");
    for (method, body) in [("PATCH", json!({"name": "B"})), ("DELETE", Json::Null)] {
        assert_eq!(world.ask("api-reader", method, &one, body).await.0, 403);
    }
    let nothing = world
        .ask("api-reader", "PATCH", &one, json!({"name": "A"}))
        .await;
    assert_eq!(nothing.0, 200, "what changes nothing needs no right");
    assert_eq!(
        world
            .ask("api-reader", "DELETE", "/_emulator/faults", Json::Null)
            .await
            .0,
        403
    );
}

#[tokio::test]
async fn a_custom_role_does_what_its_statements_say() {
    let world = World::start().await;
    let body = json!({"key": "a", "name": "A"});
    assert_eq!(
        world.ask("api-custom", "POST", HERE, body.clone()).await.0,
        201
    );
    let elsewhere = "/api/v2/segments/default/production";
    assert_eq!(
        world.ask("api-custom", "POST", elsewhere, body).await.0,
        403
    );
    let one = format!("{HERE}/a");
    for (method, body, status) in [
        ("PATCH", json!({"included": ["u"]}), 200),
        ("PATCH", json!({"name": "B"}), 403),
        ("PATCH", json!({"excluded": ["v"], "name": "B"}), 403),
        ("DELETE", Json::Null, 403),
    ] {
        assert_eq!(world.ask("api-custom", method, &one, body).await.0, status);
    }
    let segment = world.emulator.segment("default", "test", "a").unwrap();
    assert_eq!((segment.name.as_str(), segment.version), ("A", 2));
}

#[tokio::test]
async fn a_statement_can_be_about_tags() {
    let tagged = Role::Custom(vec![Statement::allow(
        ["proj/*:env/*:segment/*;beta"],
        ["updateName", "updateTags"],
    )]);
    let emulator = Emulator::builder()
        .token(Token::new("writer", "api-writer", Role::Writer))
        .token(Token::new("tagged", "api-tagged", tagged))
        .start()
        .await
        .unwrap();
    let world = World {
        emulator,
        client: Client::new(),
    };
    for (key, tags) in [("a", json!(["beta"])), ("b", json!([]))] {
        let body = json!({"key": key, "name": key, "tags": tags});
        world.ask("api-writer", "POST", HERE, body).await;
    }
    let rename = json!({"name": "New"});
    for (key, status) in [("a", 200), ("b", 403)] {
        let one = format!("{HERE}/{key}");
        let answered = world.ask("api-tagged", "PATCH", &one, rename.clone()).await;
        assert_eq!(answered.0, status, "{key}");
    }
    let tagging = json!({"tags": ["beta"]});
    let one = format!("{HERE}/b");
    let answered = world.ask("api-tagged", "PATCH", &one, tagging).await;
    assert_eq!(answered.0, 403, "the tags of before count");
}

#[tokio::test]
async fn with_a_token_of_its_own_it_is_open_to_pages_of_every_origin() {
    let world = World::start().await;
    let request = world
        .client
        .get(format!("{}{HERE}", world.emulator.base_uri()))
        .header("Authorization", "api-reader")
        .header("Origin", "https://shop.example");
    let answer = request.send().await.unwrap();
    assert_eq!(
        answer.headers()["access-control-allow-origin"],
        "https://shop.example"
    );
    let page = world.client.get(world.emulator.base_uri());
    let page = page.header("Origin", "https://shop.example");
    let headers = page.send().await.unwrap().headers().clone();
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn only_who_is_named_goes_around_approvals() {
    let world = World::start().await;
    world
        .ask("api-writer", "POST", HERE, json!({"key": "a", "name": "A"}))
        .await;
    let settings = "/api/v2/approval-requests/projects/default/settings";
    let required = json!({"environmentKey": "test", "resourceKind": "segment", "required": true});
    assert_eq!(
        world.ask("api-writer", "PATCH", settings, required).await.0,
        200
    );
    let one = format!("{HERE}/a");
    let change = json!({"included": ["u"]});
    for (token, status) in [
        ("api-writer", 403),
        ("api-custom", 403),
        ("api-bypass", 200),
    ] {
        assert_eq!(
            world.ask(token, "PATCH", &one, change.clone()).await.0,
            status,
            "{token}"
        );
    }
}

#[tokio::test]
async fn keys_and_tokens_open_their_own_doors() {
    let world = World::start().await;
    let key = world.emulator.sdk_key("default", "test").unwrap();
    assert_eq!(
        world
            .ask(&key, "GET", "/sdk/latest-all", Json::Null)
            .await
            .0,
        200
    );
    assert_eq!(world.ask(&key, "GET", HERE, Json::Null).await.0, 401);
    assert_eq!(
        world
            .ask("api-writer", "GET", "/sdk/latest-all", Json::Null)
            .await
            .0,
        401
    );
}

#[tokio::test]
async fn polling_costs_nothing_while_nothing_changes() {
    let world = World::start().await;
    world
        .ask(
            "api-writer",
            "POST",
            HERE,
            json!({"key": "a", "name": "A", "description": "why"}),
        )
        .await;
    let poll = async |tag: Option<&str>| {
        let request = world
            .client
            .get(format!("{}/sdk/latest-all", world.emulator.base_uri()))
            .header(
                "Authorization",
                world.emulator.sdk_key("default", "test").unwrap(),
            )
            .header("If-None-Match", tag.unwrap_or_default());
        request.send().await.unwrap()
    };
    let first = poll(None).await;
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let data: Json = first.json().await.unwrap();
    let segment = &data["segments"]["a"];
    assert_eq!(segment["salt"].as_str().unwrap().len(), 32);
    for member in ["included", "excluded", "rules"] {
        assert!(segment[member].is_array(), "{member}");
    }
    for member in ["name", "description", "_links", "creationDate"] {
        assert!(
            segment.get(member).is_none(),
            "{member} is no concern of SDKs"
        );
    }
    assert_eq!(poll(Some(&tag)).await.status(), 304);
    world
        .ask(
            "api-writer",
            "PATCH",
            &format!("{HERE}/a"),
            json!({"included": ["u"]}),
        )
        .await;
    assert_eq!(poll(Some(&tag)).await.status(), 200);
}

#[tokio::test]
async fn a_stream_begins_with_everything_and_goes_on_with_changes() {
    let world = World::start().await;
    let mut stream = world
        .client
        .get(format!("{}/all", world.emulator.base_uri()))
        .header(
            "Authorization",
            world.emulator.sdk_key("default", "test").unwrap(),
        )
        .send()
        .await
        .unwrap();
    assert!(
        stream.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/event-stream")
    );
    let mut next = async || {
        let chunk = stream.chunk().await.unwrap().unwrap();
        let text = String::from_utf8(chunk.to_vec()).unwrap();
        let (name, data) = text.trim().split_once('\n').unwrap();
        let data: Json = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        (name.to_owned(), data)
    };
    let (name, data) = next().await;
    assert_eq!((name.as_str(), &data["path"]), ("event: put", &json!("/")));
    world
        .ask("api-writer", "POST", HERE, json!({"key": "a", "name": "A"}))
        .await;
    let (name, data) = next().await;
    assert_eq!(name, "event: patch");
    assert_eq!(
        (&data["path"], &data["data"]["version"]),
        (&json!("/segments/a"), &json!(1))
    );
    world
        .ask("api-writer", "DELETE", &format!("{HERE}/a"), Json::Null)
        .await;
    let (name, data) = next().await;
    assert_eq!(name, "event: delete");
    assert_eq!(data, json!({"path": "/segments/a", "version": 2}));

    // SDKs ignore what is not newer than the deletion.
    let body = json!({"key": "a", "name": "Again"});
    let (_, made) = world.ask("api-writer", "POST", HERE, body).await;
    assert_eq!(made["version"], 1);
    let (_, data) = next().await;
    assert_eq!(data["data"]["version"], 3);

    // The flag behind an AI Config is a flag like any other.
    let configs = "/api/v2/projects/default/ai-configs";
    let body = json!({"key": "chat", "name": "Chat", "defaultVariation":
        {"key": "fast", "name": "Fast", "model": {"modelName": "m"}}});
    world.ask("api-writer", "POST", configs, body).await;
    let (_, data) = next().await;
    assert_eq!(data["path"], "/flags/chat");
    let better = json!({"model": {"modelName": "n"}});
    let variation = format!("{configs}/chat/variations/fast");
    world.ask("api-writer", "PATCH", &variation, better).await;
    let (_, data) = next().await;
    assert_eq!(data["data"]["version"], 2);
    assert_eq!(data["data"]["variations"][1]["model"]["modelName"], "n");
    let gone = format!("{configs}/chat");
    world.ask("api-writer", "DELETE", &gone, Json::Null).await;
    let (name, data) = next().await;
    assert_eq!(name, "event: delete");
    assert_eq!(data, json!({"path": "/flags/chat", "version": 3}));
}
