//! The contexts that an environment has seen: search, pages, and their attributes.

use crate::world::World;
use serde_json::{Value as Json, json};

const PRODUCTION: &str = "/api/v2/projects/default/environments/production";

async fn seen() -> World {
    let world = World::start().await;
    let user = |key: &str, name: &str| json!({"kind": "user", "key": key, "name": name, "tags": ["a", key]});
    let both = json!({"kind": "multi", "user": {"key": "u-2", "name": "Joan"}, "org": {"key": "o-1", "plan": "pro"}});
    for (context, to) in [
        (user("u-1", "Jo"), "segments"),
        (user("u-2", "Sam"), "flags"),
        (both, "flags"),
        (
            json!({"kind": "org", "key": "o-2", "plan": "free"}),
            "segments",
        ),
    ] {
        world
            .ok("POST", &format!("{PRODUCTION}/{to}/evaluate"), context)
            .await;
    }
    world
}

/// The keys of what a search finds, in the order in which it is told.
fn keys(found: &Json) -> Vec<String> {
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|it| it["context"]["key"].as_str().unwrap_or("multi").to_owned())
        .collect()
}

#[tokio::test]
async fn contexts_are_found_by_what_they_are_like() {
    let world = seen().await;
    let path = format!("{PRODUCTION}/contexts/search");
    for (filter, expected) in [
        ("", &["o-2", "u-2", "o-1", "u-1"][..]),
        (
            "*.name startsWith Jo,kind anyOf [\"user\",\"organization\"]",
            &["u-2", "u-1"],
        ),
        ("user.name equals \"Jo\"", &["u-1"]),
        ("org.plan exists true", &["o-2", "o-1"]),
        ("plan exists false", &["u-2", "u-1"]),
        ("key notEquals \"u-1\",kind equals user", &["u-2"]),
        (
            "kindKeys contains [\"user:u-2\",\"org:o-1\"]",
            &["u-2", "o-1"],
        ),
        ("kindKey startsWith \"org:\"", &["o-2", "o-1"]),
        ("(tags equals \"u-1\")|plan equals free", &["o-2", "u-1"]),
        ("q equals OAN", &["u-2"]),
        ("q equals o-", &["o-2", "o-1"]),
    ] {
        let found = world.ok("POST", &path, json!({ "filter": filter })).await;
        let mut found = keys(&found);
        let mut expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{filter}");
    }
    let one = world
        .ok("POST", &path, json!({"filter": "key equals o-1"}))
        .await;
    let item = &one["items"][0];
    assert_eq!(
        item["context"],
        json!({"kind": "org", "key": "o-1", "plan": "pro"})
    );
    assert_eq!(item["associatedContexts"], 1);
    assert!(item["lastSeen"].as_str().unwrap().ends_with('Z'), "{item}");
    for wrong in [
        json!({"filter": "key startsWith"}),
        json!({"filter": "kind likes user"}),
        json!({"sort": "key"}),
        json!({"continuationToken": "nothing"}),
    ] {
        assert_eq!(world.send("api-one", "POST", &path, wrong).await.0, 400);
    }
    let both = format!("{path}?limit=1");
    assert_eq!(
        world
            .send("api-one", "POST", &both, json!({"sort": "ts"}))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn a_search_comes_in_pages() {
    let world = seen().await;
    let path = format!("{PRODUCTION}/contexts/search");
    let whole = keys(&world.ok("POST", &path, json!({"sort": "ts"})).await);
    let mut read = Vec::new();
    let mut token = Json::Null;
    for _ in 0..whole.len() {
        let body = json!({"sort": "ts", "limit": 1, "continuationToken": token});
        let page = world.ok("POST", &path, body).await;
        assert_eq!((&page["totalCount"], keys(&page).len()), (&json!(4), 1));
        read.extend(keys(&page));
        token = page["continuationToken"].clone();
    }
    assert_eq!((read, token), (whole, Json::Null));
    let first = world
        .ok(
            "POST",
            &format!("{path}?limit=3&includeTotalCount=false"),
            json!({}),
        )
        .await;
    assert_eq!(first.get("totalCount"), None);
    let next = first["_links"]["next"]["href"].as_str().unwrap();
    assert_eq!(keys(&world.ok("POST", next, json!({})).await), ["u-1"]);
}

#[tokio::test]
async fn instances_are_what_came_together() {
    let world = seen().await;
    let path = format!("{PRODUCTION}/context-instances/search");
    let found = world
        .ok("POST", &path, json!({"filter": "kinds contains [\"org\"]"}))
        .await;
    assert_eq!(keys(&found), ["o-2", "multi"]);
    let id = found["items"][1]["id"].as_str().unwrap();
    let one = format!("{PRODUCTION}/context-instances/{id}");
    let shown = world.ok("GET", &one, Json::Null).await;
    assert_eq!(shown["items"][0]["context"]["org"]["plan"], "pro");
    let context = world
        .ok(
            "GET",
            &format!("{PRODUCTION}/contexts/user/u-2"),
            Json::Null,
        )
        .await;
    assert_eq!(context["items"][0]["context"]["name"], "Joan");
    // Where the name is known, nothing but the application is left to filter by.
    let filter = format!("{one}?filter=kind%20equals%20user");
    assert_eq!(
        world.send("api-one", "GET", &filter, Json::Null).await.0,
        400
    );
    assert_eq!(
        world.send("api-one", "DELETE", &one, Json::Null).await.0,
        204
    );
    assert_eq!(world.ok("GET", &one, Json::Null).await["totalCount"], 0);
}

#[tokio::test]
async fn attributes_are_filtered_by_kind_and_beginning() {
    let world = seen().await;
    let path = format!("{PRODUCTION}/context-attributes");
    let names = world
        .ok(
            "GET",
            &format!("{path}?filter=kind equals user,name startsWith \"n\""),
            Json::Null,
        )
        .await;
    assert_eq!(
        names["items"],
        json!([{"kind": "user", "names": [{"name": "name", "weight": 3}]}])
    );
    let values = world
        .ok(
            "GET",
            &format!("{path}/plan?filter=value startsWith \"p\"&limit=1"),
            Json::Null,
        )
        .await;
    assert_eq!(
        values["items"],
        json!([{"kind": "org", "values": [{"name": "pro", "weight": 1}]}])
    );
    let wrong = format!("{path}?filter=name equals x");
    assert_eq!(
        world.send("api-one", "GET", &wrong, Json::Null).await.0,
        400
    );
}
