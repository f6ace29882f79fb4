//! *postSegment*.

use serde_json::json;

use crate::row::{Row, SEGMENTS, delete, get, post, row};

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("postSegment: key and name are enough").then(
            post(SEGMENTS, json!({"key": "beta", "name": "Beta"}))
                .gives(201)
                .shaped(json!({
                    "key": "beta", "name": "Beta", "tags": [], "creationDate": "<milliseconds>",
                    "lastModifiedDate": "<milliseconds>", "included": [], "excluded": [],
                    "includedContexts": [], "excludedContexts": [], "rules": [], "version": 1,
                    "deleted": false, "generation": 1,
                })),
        ),
        row("postSegment: unset members are absent, not null").then(
            post(SEGMENTS, json!({"key": "beta", "name": "Beta"}))
                .gives(201)
                .shaped(json!({
                    "description": "<absent>", "unbounded": "<absent>",
                    "unboundedContextKind": "<absent>", "_flags": "<absent>", "salt": "<absent>",
                })),
        ),
        row("postSegment: links to itself, its list and its page").then(
            post(SEGMENTS, json!({"key": "beta", "name": "Beta"}))
                .gives(201)
                .shaped(json!({"_links": {
                    "self": {"href": "/api/v2/segments/default/test/beta", "type": "application/json"},
                    "parent": {"href": "/api/v2/segments/default/test", "type": "application/json"},
                    "site": {"href": "/default/test/segments/beta", "type": "text/html"},
                }})),
        ),
        row("postSegment: description and tags are kept").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "description": "why", "tags": ["t", "u", "t"]}))
                .gives(201)
                .shaped(json!({"description": "why", "tags": ["t", "u"]})),
        ),
        row("postSegment: an empty description is none").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "description": "", "unboundedContextKind": ""}))
                .gives(201)
                .shaped(json!({"description": "<absent>", "unboundedContextKind": "<absent>"})),
        ),
        row("postSegment: targets and rules are ignored").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "included": ["u"], "excluded": ["v"],
                "includedContexts": [{"contextKind": "org", "values": ["o"]}],
                "rules": [{"clauses": []}]}))
                .gives(201)
                .shaped(json!({"included": [], "excluded": [], "includedContexts": [], "rules": []})),
        ),
        row("postSegment: unknown members are ignored").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "colour": "red", "viewKeys": ["v"]}))
                .gives(201)
                .shaped(json!({"colour": "<absent>"})),
        ),
        row("postSegment: a key that is taken is 409 key_exists")
            .segment("beta")
            .then(
                post(SEGMENTS, json!({"key": "beta", "name": "Other"}))
                    .refused_saying(409, "key_exists", "Duplicate segment key"),
            ),
        row("postSegment: keys are told apart by case")
            .segment("beta")
            .then(post(SEGMENTS, json!({"key": "Beta", "name": "Other"})).gives(201)),
        row("postSegment: one key in two environments is two segments")
            .segment("beta")
            .then(
                post("/api/v2/segments/default/production", json!({"key": "beta", "name": "Other"}))
                    .gives(201),
            )
            .then(get(format!("{SEGMENTS}/beta")).shaped(json!({"name": "Segment beta"}))),
        row("postSegment: a deleted key can be used again and counts as a new generation")
            .segment("beta")
            .then(delete(format!("{SEGMENTS}/beta")))
            .then(
                post(SEGMENTS, json!({"key": "beta", "name": "Again"}))
                    .gives(201)
                    .shaped(json!({"generation": 2, "version": 1})),
            ),
        row("postSegment: a key is required").then(
            post(SEGMENTS, json!({"name": "B"})).refused(400, "invalid_request"),
        ),
        row("postSegment: a name is required").then(
            post(SEGMENTS, json!({"key": "b"})).refused(400, "invalid_request"),
        ),
        row("postSegment: a name is not empty").then(
            post(SEGMENTS, json!({"key": "b", "name": ""})).refused(400, "invalid_request"),
        ),
        row("postSegment: a key has no spaces").then(
            post(SEGMENTS, json!({"key": "b b", "name": "B"})).refused(400, "invalid_request"),
        ),
        row("postSegment: a key starts with a letter or digit").then(
            post(SEGMENTS, json!({"key": "-b", "name": "B"})).refused(400, "invalid_request"),
        ),
        row("postSegment: a tag has no spaces").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "tags": ["a b"]}))
                .refused(400, "invalid_request"),
        ),
        row("postSegment: a tag may start with a dot").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "tags": [".a"]})).gives(201),
        ),
        row("postSegment: a member of the wrong type is 400").then(
            post(SEGMENTS, json!({"key": "b", "name": 7})).refused(400, "invalid_request"),
        ),
        row("postSegment: an unknown project is 404").then(
            post("/api/v2/segments/nowhere/test", json!({"key": "b", "name": "B"}))
                .refused(404, "not_found"),
        ),
        row("postSegment: a big segment has a context kind").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "unbounded": true, "unboundedContextKind": "org"}))
                .gives(201)
                .shaped(json!({"unbounded": true, "unboundedContextKind": "org"})),
        ),
        row("postSegment: the context kind of a big segment is user unless it says").then(
            post(SEGMENTS, json!({"key": "b", "name": "B", "unbounded": true}))
                .gives(201)
                .shaped(json!({"unbounded": true, "unboundedContextKind": "user"})),
        ),
    ]
}
