//! *getSegments* and *getSegment*.

use serde_json::{Value as Json, json};

use crate::row::{Row, SEGMENTS, get, post, request, row, semantic};

/// Three segments with names out of order, and tags.
fn three(name: &'static str) -> Row {
    row(name)
        .then(post(SEGMENTS, json!({"key": "a", "name": "Cherry", "tags": ["red", "round"]})).gives(201))
        .then(post(SEGMENTS, json!({"key": "b", "name": "Apple", "tags": ["round"], "description": "Green or red"})).gives(201))
        .then(post(SEGMENTS, json!({"key": "c", "name": "Banana", "unbounded": true})).gives(201))
}

fn filtered(name: &'static str, filter: &str, keys: &[&str]) -> Row {
    let filter: String = percent_encode(filter);
    let keys: Vec<Json> = keys.iter().map(|key| json!({"key": key})).collect();
    three(name).then(
        get(format!("{SEGMENTS}?filter={filter}"))
            .shaped(json!({"totalCount": keys.len(), "items": keys})),
    )
}

fn refused_filter(name: &'static str, filter: &str) -> Row {
    let filter = percent_encode(filter);
    row(name).then(get(format!("{SEGMENTS}?filter={filter}")).refused(400, "invalid_request"))
}

fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        use std::fmt::Write;
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

fn sorted(name: &'static str, sort: &str, keys: [&str; 3]) -> Row {
    let keys = keys.map(|key| json!({"key": key}));
    three(name).then(get(format!("{SEGMENTS}?sort={sort}")).shaped(json!({"items": keys})))
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("getSegments: an empty environment has an empty list")
            .then(get(SEGMENTS).shaped(json!({"items": [], "totalCount": 0}))),
        row("getSegments: items are complete").full_segment("a").then(get(SEGMENTS).shaped(json!({
            "items": [{
                "key": "a", "included": ["u-1", "u-2"], "excluded": ["u-9"],
                "includedContexts": [{"contextKind": "org", "values": ["o-1"]}],
                "rules": [{"_id": "<uuid>", "description": "staff", "clauses": [{"_id": "<uuid>"}]}],
                "_flags": "<absent>",
            }],
            "totalCount": 1,
        }))),
        row("getSegments: a page has 20 unless the request says").many_segments(21)
            .then(get(SEGMENTS).shaped(json!({"totalCount": 21,
                "items": vec![json!({"key": "<text>"}); 20]}))),
        row("getSegments: a page has at most 50").many_segments(51)
            .then(get(format!("{SEGMENTS}?limit=200")).shaped(json!({"totalCount": 51,
                "items": vec![json!({"key": "<text>"}); 50]}))),
        row("getSegments: offset skips").many_segments(3)
            .then(get(format!("{SEGMENTS}?limit=2&offset=2")).shaped(json!({"totalCount": 3,
                "items": [{"key": "s00"}]}))),
        row("getSegments: an offset past the end is an empty page").many_segments(2)
            .then(get(format!("{SEGMENTS}?offset=7")).shaped(json!({"totalCount": 2, "items": []}))),
        row("getSegments: links lead to the other pages").many_segments(5)
            .then(get(format!("{SEGMENTS}?limit=2&offset=2")).shaped(json!({"_links": {
                "self": {"href": format!("{SEGMENTS}?limit=2&offset=2"), "type": "application/json"},
                "first": {"href": format!("{SEGMENTS}?limit=2")},
                "prev": {"href": format!("{SEGMENTS}?limit=2")},
                "next": {"href": format!("{SEGMENTS}?limit=2&offset=4")},
                "last": {"href": format!("{SEGMENTS}?limit=2&offset=4")},
            }}))),
        row("getSegments: the last page has no next").many_segments(3)
            .then(get(format!("{SEGMENTS}?limit=2&offset=2")).shaped(json!({"_links": {"next": "<absent>"}}))),
        row("getSegments: a next link can be followed").many_segments(3)
            .then(get(format!("{SEGMENTS}?limit=2")))
            .then(get("{/_links/next/href}").shaped(json!({"items": [{"key": "s00"}]}))),
        row("getSegments: the next link can be missing").many_segments(3)
            .behavior(|behavior| behavior.next_links = false)
            .then(get(format!("{SEGMENTS}?limit=2")).shaped(json!({"totalCount": 3, "_links": {"next": "<absent>"}}))),
        row("getSegments: a limit that is no number is 400")
            .then(get(format!("{SEGMENTS}?limit=many")).refused(400, "invalid_request")),
        row("getSegments: a negative offset is 400")
            .then(get(format!("{SEGMENTS}?offset=-1")).refused(400, "invalid_request")),
        sorted("getSegments: the newest comes first unless the request says", "", ["c", "b", "a"]),
        sorted("getSegments: sort by name", "name", ["b", "c", "a"]),
        sorted("getSegments: sort by name, descending", "-name", ["a", "c", "b"]),
        sorted("getSegments: sort by creation date and name", "name,creationDate", ["b", "c", "a"]),
        row("getSegments: an unknown sort field is 400")
            .then(get(format!("{SEGMENTS}?sort=colour")).refused(400, "invalid_request")),
        filtered("getSegments: filter by one of some tags", r#"tags anyOf ["red","blue"]"#, &["a"]),
        filtered("getSegments: filter by a tag of several", r#"tags anyOf ["round"]"#, &["b", "a"]),
        filtered("getSegments: filter by keys", r#"includedKeys anyOf ["a","c","z"]"#, &["c", "a"]),
        filtered("getSegments: filter by keys left out", r#"excludedKeys anyOf ["a","c"]"#, &["b"]),
        filtered("getSegments: query looks at names, whatever the case", r#"query equals "CHERRY""#, &["a"]),
        filtered("getSegments: query looks at descriptions", r#"query equals "green""#, &["b"]),
        filtered("getSegments: query looks at keys", r#"query equals "c""#, &["c", "a"]),
        filtered("getSegments: filter by big segments", "unbounded equals true", &["c"]),
        filtered("getSegments: filter by standard segments", "unbounded equals false", &["b", "a"]),
        filtered("getSegments: filter by segments that are kept elsewhere", "external exists true", &[]),
        filtered("getSegments: a comma means and", r#"tags anyOf ["round"],query equals "apple""#, &["b"]),
        filtered("getSegments: a bar means or", r#"(unbounded equals true|query equals "apple")"#, &["c", "b"]),
        filtered("getSegments: parentheses nest", r#"((tags anyOf ["red"]|unbounded equals true),query equals "a")"#, &["c", "a"]),
        filtered("getSegments: an empty filter accepts everything", "", &["c", "b", "a"]),
        refused_filter("getSegments: an unknown filter field is 400", "colour equals true"),
        refused_filter("getSegments: an unknown filter operator is 400", r#"tags contains ["a"]"#),
        refused_filter("getSegments: a filter value of the wrong type is 400", "unbounded equals 7"),
        refused_filter("getSegments: a filter cut short is 400", r#"(tags anyOf ["a"]"#),
        three("getSegments: filter and paging go together")
            .then(get(format!("{SEGMENTS}?limit=1&filter={}", percent_encode(r#"tags anyOf ["round"]"#)))
                .shaped(json!({"totalCount": 2, "items": [{"key": "b"}]}))),
        filtered("getSegments: filter by one of several words", r#"query equals ["apple", "CHERRY"]"#, &["b", "a"]),
        filtered("getSegments: a value may be a bare word", "query equals banana", &["c"]),
        filtered("getSegments: spaces do not matter", r#" tags  anyOf ["round"] , query equals "apple" "#, &["b"]),
        filtered("getSegments: and binds tighter than or", r#"unbounded equals true|tags anyOf ["round"],query equals "apple""#, &["c", "b"]),
        filtered("getSegments: filter by segments that are kept here", "external exists false", &["c", "b", "a"]),
        filtered("getSegments: no segment is in a view", r#"view equals "v""#, &[]),
        sorted("getSegments: sort by creation date, descending", "-creationDate", ["c", "b", "a"]),
        three("getSegments: sort by the last change")
            .then(request("GET", SEGMENTS)).then(semantic("a", json!([{"kind": "updateName", "value": "Cherry pie"}])))
            .then(get(format!("{SEGMENTS}?sort=-lastModified&limit=1")).shaped(json!({"items": [{"key": "a"}]}))),
        row("getSegments: a limit of 0 counts").segment("a").then(get(format!("{SEGMENTS}?limit=0")).shaped(json!({"totalCount": 1, "items": []}))),
        row("getSegments: a limit as great as can be is cut down").segment("a").then(get(format!("{SEGMENTS}?limit=18446744073709551615&offset=18446744073709551615")).shaped(json!({"totalCount": 1, "items": []}))),
        row("getSegment: has the flags that target it").segment("a")
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"key": "a", "_flags": []}))),
        row("getSegment: shows changes").segment("a")
            .then(semantic("a", json!([{"kind": "updateName", "value": "New"}])))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"name": "New", "version": 2}))),
    ]
}
