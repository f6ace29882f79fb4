//! What goes wrong on request does, and as often as asked.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, Response};
use segments_emulator::{Emulator, Fault, Hint, RateLimits};
use serde_json::{Value as Json, json};

struct World {
    emulator: Emulator,
    client: Client,
}

impl World {
    async fn start() -> Self {
        Self {
            emulator: Emulator::start().await.unwrap(),
            client: Client::builder().pool_max_idle_per_host(0).build().unwrap(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Json) -> reqwest::Result<Response> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.emulator.base_uri()))
            .header("Authorization", self.emulator.access_token());
        if !body.is_null() {
            request = request.json(&body);
        }
        request.send().await
    }

    async fn list(&self) -> reqwest::Result<Response> {
        self.send(Method::GET, "/api/v2/segments/default/test", Json::Null)
            .await
    }

    async fn create(&self, key: &str) -> reqwest::Result<Response> {
        let body = json!({"key": key, "name": key});
        self.send(Method::POST, "/api/v2/segments/default/test", body)
            .await
    }

    fn keys(&self) -> Vec<String> {
        let segments = self.emulator.segments("default", "test");
        segments.into_iter().map(|segment| segment.key).collect()
    }
}

async fn keys(list: Response) -> Vec<String> {
    let list: Json = list.json().await.unwrap();
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["key"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_status_comes_without_an_effect() {
    let world = World::start().await;
    for status in [400, 401, 403, 404, 409, 429, 500, 502, 503, 504] {
        world.emulator.inject_fault(Fault::status(status));
        let answer = world.create("a").await.unwrap();
        assert_eq!(answer.status(), status);
        let body: Json = answer.json().await.unwrap();
        assert!(body["code"].is_string() && body["message"].is_string());
    }
    assert!(world.keys().is_empty());
    assert_eq!(world.create("a").await.unwrap().status(), 201);
}

#[tokio::test]
async fn a_conflict_is_an_optimistic_lock() {
    let world = World::start().await;
    world.emulator.inject_fault(Fault::conflict());
    let body: Json = world.create("a").await.unwrap().json().await.unwrap();
    assert_eq!(body["code"], "optimistic_locking_error");
}

#[tokio::test]
async fn every_form_of_hint_comes_with_a_429() {
    let world = World::start().await;
    let now = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        i64::try_from(now.unwrap().as_millis()).unwrap()
    };
    let header = |answer: &Response, name: &str| {
        let value = answer.headers().get(name)?;
        value.to_str().unwrap().parse::<i64>().ok()
    };
    world.emulator.inject_fault(Fault::rate_limited(Hint::None));
    world
        .emulator
        .inject_fault(Fault::rate_limited(Hint::RetryAfter { seconds: 3 }));
    world
        .emulator
        .inject_fault(Fault::rate_limited(Hint::reset_in(Duration::from_secs(5))));
    world
        .emulator
        .inject_fault(Fault::rate_limited(Hint::TokenReset { milliseconds: 5000 }));
    world
        .emulator
        .inject_fault(Fault::rate_limited(Hint::stale_reset()));

    let names = [
        "retry-after",
        "x-ratelimit-reset",
        "x-ratelimit-auth-token-reset",
    ];
    let mut given = Vec::new();
    for _ in 0..5 {
        let answer = world.list().await.unwrap();
        assert_eq!(answer.status(), 429);
        given.push(names.map(|name| header(&answer, name)));
    }
    assert_eq!(given[0], [None, None, None]);
    assert_eq!(given[1], [Some(3), None, None]);
    assert!(given[2][1].unwrap() > now());
    assert!(given[3][2].unwrap() > now());
    assert!(given[4][1].unwrap() < now());
    assert_eq!(world.list().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_reset_before_has_no_effect_and_one_after_has() {
    let world = World::start().await;
    world.emulator.inject_fault(Fault::reset_before());
    assert!(world.create("a").await.is_err());
    assert!(world.keys().is_empty());
    world.emulator.inject_fault(Fault::reset_after());
    assert!(world.create("a").await.is_err());
    assert_eq!(world.keys(), ["a"]);
    let statuses: Vec<_> = world
        .emulator
        .requests()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [None, None]);
}

#[tokio::test]
async fn a_truncated_answer_cannot_be_read_to_its_end() {
    let world = World::start().await;
    world.emulator.inject_fault(Fault::truncated());
    let answer = world.create("a").await.unwrap();
    assert_eq!(answer.status(), 201);
    assert!(answer.bytes().await.is_err());
    assert_eq!(world.keys(), ["a"]);
}

#[tokio::test]
async fn a_wrong_body_takes_the_place_of_the_right_one() {
    let world = World::start().await;
    world
        .emulator
        .inject_fault(Fault::wrong_body("<html>Bad Gateway</html>"));
    let answer = world.list().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.json::<Json>().await.is_err());
}

#[tokio::test]
async fn a_slow_answer_waits() {
    let world = World::start().await;
    world
        .emulator
        .inject_fault(Fault::slow(Duration::from_millis(120)));
    let begin = Instant::now();
    world.list().await.unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(120));
    world.emulator.set_latency(Duration::from_millis(60));
    let begin = Instant::now();
    world.list().await.unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_stale_list_lacks_the_last_change() {
    let world = World::start().await;
    world.create("a").await.unwrap();
    world.create("b").await.unwrap();
    world.emulator.inject_fault(Fault::stale_list());
    assert_eq!(keys(world.list().await.unwrap()).await, ["a"]);
    assert_eq!(keys(world.list().await.unwrap()).await, ["b", "a"]);
}

#[tokio::test]
async fn a_list_shifts_between_pages() {
    let world = World::start().await;
    for key in ["a", "b", "c", "d"] {
        world.create(key).await.unwrap();
    }
    let pages = async |fault: Fault| {
        world.emulator.inject_fault(fault.after(1).on_method("GET"));
        let mut seen = Vec::new();
        for offset in [0, 2] {
            let path = format!("/api/v2/segments/default/test?limit=2&offset={offset}");
            seen.extend(keys(world.send(Method::GET, &path, Json::Null).await.unwrap()).await);
        }
        seen
    };
    let created = Fault::meanwhile_created("default", "test", "e");
    assert_eq!(pages(created).await, ["d", "c", "c", "b"]);
    let deleted = Fault::meanwhile_deleted("default", "test", "e");
    assert_eq!(pages(deleted).await, ["e", "d", "b", "a"]);
}

#[tokio::test]
async fn somebody_else_can_be_faster() {
    let world = World::start().await;
    world.create("a").await.unwrap();
    let path = "/api/v2/segments/default/test/a";
    let rename = json!([{"op": "replace", "path": "/name", "value": "theirs"}]);
    world
        .emulator
        .inject_fault(Fault::meanwhile("PATCH", path, rename).on_method("PATCH"));
    let guarded = json!([
        {"op": "test", "path": "/version", "value": 1},
        {"op": "replace", "path": "/name", "value": "ours"},
    ]);
    let answer = world.send(Method::PATCH, path, guarded).await.unwrap();
    assert_eq!(answer.status(), 409);
    assert_eq!(world.emulator.segments("default", "test")[0].name, "theirs");
    assert_eq!(
        world.emulator.requests().len(),
        2,
        "only the client's own requests are recorded"
    );
}

#[tokio::test]
async fn limits_are_announced_and_kept() {
    let world = World::start().await;
    world.emulator.set_limits(RateLimits {
        global: Some(4),
        route: Some(2),
        window_ms: 3_600_000,
        ..RateLimits::default()
    });
    let remaining = |answer: &Response, name: &str| {
        let value = answer.headers()[name].to_str().unwrap();
        value.parse::<u32>().unwrap()
    };
    let first = world.list().await.unwrap();
    assert_eq!(remaining(&first, "x-ratelimit-global-remaining"), 3);
    assert_eq!(remaining(&first, "x-ratelimit-route-remaining"), 1);
    assert!(first.headers().contains_key("x-ratelimit-reset"));
    assert!(
        !first
            .headers()
            .contains_key("x-ratelimit-auth-token-remaining")
    );
    assert_eq!(world.list().await.unwrap().status(), 200);
    let refused = world.list().await.unwrap();
    assert_eq!(refused.status(), 429);
    let body: Json = refused.json().await.unwrap();
    assert_eq!(body["code"], "rate_limited");
    assert_eq!(world.create("a").await.unwrap().status(), 201);
    assert_eq!(world.create("b").await.unwrap().status(), 429);
    world.emulator.advance(Duration::from_hours(1));
    assert_eq!(world.list().await.unwrap().status(), 200);
}

#[tokio::test]
async fn limits_are_those_of_a_pattern_of_paths() {
    let world = World::start().await;
    for key in ["a", "b"] {
        world.create(key).await.unwrap();
    }
    world.emulator.set_limits(RateLimits {
        route: Some(1),
        window_ms: 3_600_000,
        ..RateLimits::default()
    });
    let get = async |path: &str| {
        let path = format!("/api/v2/segments/default/{path}");
        let answer = world.send(Method::GET, &path, Json::Null).await;
        answer.unwrap().status().as_u16()
    };
    assert_eq!(get("test/a").await, 200);
    assert_eq!(get("test/b").await, 429, "another key, the same pattern");
    assert_eq!(get("a/expiring-targets/test").await, 200);
    assert_eq!(get("test/a/contexts/k").await, 400);
    assert_eq!(get("test/a/exports/k").await, 400, "as many parts");
}

#[tokio::test]
async fn a_limit_of_addresses_says_when_to_come_back_and_nothing_else() {
    let world = World::start().await;
    world.emulator.set_limits(RateLimits {
        address: Some(1),
        window_ms: 20_000,
        ..RateLimits::default()
    });
    let first = world.list().await.unwrap();
    assert!(!first.headers().contains_key("retry-after"));
    let refused = world.list().await.unwrap();
    assert_eq!(refused.status(), 429);
    let seconds: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert!(!refused.headers().contains_key("x-ratelimit-reset"));
}

#[tokio::test]
async fn everything_can_be_asked_for_over_the_network() {
    let world = World::start().await;
    let admin = async |method: Method, path: &str, body: Json| {
        world
            .send(method, &format!("/_emulator/{path}"), body)
            .await
            .unwrap()
    };
    let faults = json!([{"kind": "status", "status": 502, "times": 2}, {"kind": "resetBefore", "times": null}]);
    assert_eq!(admin(Method::POST, "faults", faults).await.status(), 201);
    assert_eq!(world.list().await.unwrap().status(), 502);
    let waiting: Json = admin(Method::GET, "faults", Json::Null)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(waiting.as_array().unwrap().len(), 2);
    assert_eq!(waiting[0]["times"], 1);
    assert_eq!(
        admin(Method::DELETE, "faults", Json::Null).await.status(),
        204
    );
    assert_eq!(world.list().await.unwrap().status(), 200);

    let limits = json!({"route": 1, "windowMs": 3_600_000});
    assert_eq!(admin(Method::PUT, "limits", limits).await.status(), 200);
    world.list().await.unwrap();
    assert_eq!(world.list().await.unwrap().status(), 429);
    assert_eq!(admin(Method::PUT, "limits", json!({})).await.status(), 200);

    let latency = json!({"leastMs": 80});
    assert_eq!(admin(Method::PUT, "latency", latency).await.status(), 200);
    let begin = Instant::now();
    admin(Method::GET, "faults", Json::Null).await;
    assert_eq!(admin(Method::PUT, "latency", json!({})).await.status(), 200);
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "only the REST API is slow"
    );

    let recorded: Json = admin(Method::GET, "requests", Json::Null)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(recorded.as_array().unwrap().len(), 4);
    assert_eq!(recorded[0]["status"], 502);
    let token = world.emulator.access_token();
    assert!(!recorded.to_string().contains(token));

    let behavior = json!({"pageLimit": 1});
    assert_eq!(admin(Method::PUT, "behavior", behavior).await.status(), 200);
    assert_eq!(
        admin(Method::PATCH, "behavior", Json::Null).await.status(),
        405
    );
    assert_eq!(
        admin(Method::POST, "clock", json!({"advanceMs": 1000}))
            .await
            .status(),
        200
    );
    assert_eq!(
        admin(Method::GET, "nothing", Json::Null).await.status(),
        404
    );
}

#[tokio::test]
async fn the_port_is_free_again_after_the_drop() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.address();
    drop(emulator);
    let again = Emulator::builder().port(address.port()).start().await;
    assert_eq!(again.unwrap().address(), address);
}

#[tokio::test]
async fn other_machines_need_a_token_of_ones_own() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let refused = Emulator::builder().address(everywhere).start().await;
    assert!(refused.unwrap_err().to_string().contains("access token"));
}
