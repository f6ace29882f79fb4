//! *patchSegment* with a JSON patch or a JSON merge patch.

use serde_json::{Value as Json, json};

use crate::row::{Row, SEGMENTS, Step, get, patch, row, semantic};

#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn edit(body: Json) -> Step {
    patch(format!("{SEGMENTS}/a"), body)
}

fn refused(name: &'static str, body: Json) -> Row {
    row(name)
        .full_segment("a")
        .then(edit(body).refused(400, "invalid_request"))
        .then(get(format!("{SEGMENTS}/a")).shaped(json!({"version": 2})))
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("JSON patch: a bare array").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/name", "value": "New"}])).shaped(json!({"name": "New", "version": 2}))),
        row("JSON patch: wrapped, with a comment").segment("a")
            .then(edit(json!({"comment": "why", "patch": [{"op": "replace", "path": "/name", "value": "New"}]})).shaped(json!({"name": "New", "version": 2}))),
        row("JSON patch: replace sets a description that was never set").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/description", "value": "why"}])).shaped(json!({"description": "why"}))),
        row("JSON patch: add sets a description").segment("a")
            .then(edit(json!([{"op": "add", "path": "/description", "value": "why"}])).shaped(json!({"description": "why"}))),
        row("JSON patch: remove takes the description away").segment("a")
            .then(edit(json!([{"op": "add", "path": "/description", "value": "why"}])))
            .then(edit(json!([{"op": "remove", "path": "/description"}])).shaped(json!({"description": "<absent>"}))),
        row("JSON patch: lists are replaced").full_segment("a")
            .then(edit(json!([{"op": "replace", "path": "/included", "value": ["v", "u"]}, {"op": "replace", "path": "/includedContexts", "value": []}])).shaped(json!({"included": ["v", "u"], "includedContexts": [], "excluded": ["u-9"]}))),
        row("JSON patch: lists are appended to").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/included/-", "value": "u-3"}])).shaped(json!({"included": ["u-1", "u-2", "u-3"]}))),
        row("JSON patch: an element is inserted at the head").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/included/0", "value": "u-0"}])).shaped(json!({"included": ["u-0", "u-1", "u-2"]}))),
        row("JSON patch: a key twice is a key once").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/included/-", "value": "u-1"}])).shaped(json!({"included": ["u-1", "u-2"], "version": 2}))),
        row("JSON patch: users among the contexts go to the list of users").segment("a")
            .then(edit(json!([{"op": "add", "path": "/includedContexts", "value": [{"contextKind": "user", "values": ["u"]}]}])).shaped(json!({"included": ["u"], "includedContexts": []}))),
        row("JSON patch: tags are replaced").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/tags", "value": ["t", "u"]}])).shaped(json!({"tags": ["t", "u"]}))),
        row("JSON patch: remove /tags clears them").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/tags", "value": ["t"]}])))
            .then(edit(json!([{"op": "remove", "path": "/tags"}])).shaped(json!({"tags": []}))),
        row("JSON patch: one tag is removed by its place").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/tags", "value": ["t", "u"]}])))
            .then(edit(json!([{"op": "remove", "path": "/tags/0"}])).shaped(json!({"tags": ["u"]}))),
        row("JSON patch: rules that are replaced get new identifiers").full_segment("a")
            .then(edit(json!([{"op": "replace", "path": "/rules", "value": [{"clauses": [{"attribute": "x", "op": "in", "values": [1], "negate": true}]}]}]))
                .shaped(json!({"rules": [{"_id": "<uuid>", "rolloutContextKind": "user", "clauses": [{"_id": "<uuid>", "contextKind": "user", "negate": true}]}]}))),
        row("JSON patch: a rule is inserted at the head, and the others keep theirs").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/rules/0", "value": {"description": "first", "clauses": []}}])).shaped(json!({"rules": [{"_id": "<uuid>", "description": "first"}, {"description": "staff"}]}))),
        row("JSON patch: a rule gets a percentage and an attribute to bucket by").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/rules/0/weight", "value": 5000}, {"op": "add", "path": "/rules/0/bucketBy", "value": "email"}])).shaped(json!({"rules": [{"weight": 5000, "bucketBy": "email", "description": "staff"}]}))),
        row("JSON patch: a test that holds lets the rest through").full_segment("a")
            .then(edit(json!([{"op": "test", "path": "/version", "value": 2}, {"op": "replace", "path": "/name", "value": "New"}])).shaped(json!({"name": "New", "version": 3}))),
        row("JSON patch: a test that fails is 409 and saves nothing").full_segment("a")
            .then(edit(json!([{"op": "replace", "path": "/name", "value": "New"}, {"op": "test", "path": "/version", "value": 1}])).refused(409, "optimistic_locking_error"))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"name": "Segment a", "version": 2}))),
        row("JSON patch: a test that fails can be 400").behavior(|behavior| behavior.failed_test_conflicts = false).segment("a")
            .then(edit(json!([{"op": "test", "path": "/version", "value": 9}])).refused(400, "invalid_request")),
        row("JSON patch: a path that does not exist is accepted and ignored").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/temporary", "value": true}])).shaped(json!({"temporary": "<absent>", "version": 1}))),
        row("JSON patch: what the service writes is read-only").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/version", "value": 40}, {"op": "replace", "path": "/_links", "value": {}}, {"op": "replace", "path": "/creationDate", "value": 1}]))
                .shaped(json!({"version": 1, "creationDate": "<milliseconds>", "_links": {"self": {"type": "application/json"}}}))),
        row("JSON patch: what is already so changes nothing").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/name", "value": "Segment a"}])).shaped(json!({"version": 1}))),
        row("JSON patch: a context can come to be both included and excluded").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/excluded/-", "value": "u-1"}])).gives(200)),
        row("JSON patch: strictly, a context is not both included and excluded").behavior(|behavior| behavior.allow_overlap_in_json_patch = false).full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/excluded/-", "value": "u-1"}])).refused(400, "invalid_request")),
        row("JSON patch: 1500 targets are no limit").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/included", "value": (0..2000).map(|key| format!("k-{key}")).collect::<Vec<_>>()}])).gives(200)),
        row("JSON patch: a segment has at most 15000 targets").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/included", "value": (0..15_001).map(|key| format!("k-{key}")).collect::<Vec<_>>()}])).refused(400, "invalid_request")),
        row("JSON patch: a dry run saves nothing").segment("a")
            .then(patch(format!("{SEGMENTS}/a?dryRun=true"), json!([{"op": "replace", "path": "/name", "value": "New"}])).shaped(json!({"name": "New"})))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"name": "Segment a", "version": 1}))),
        refused("JSON patch: the key cannot be changed", json!([{"op": "replace", "path": "/key", "value": "b"}])),
        refused("JSON patch: the name cannot be removed", json!([{"op": "remove", "path": "/name"}])),
        refused("JSON patch: an unknown operation is 400", json!([{"op": "double", "path": "/name"}])),
        refused("JSON patch: an operation without a value is 400", json!([{"op": "replace", "path": "/name"}])),
        refused("JSON patch: an element that does not exist is 400", json!([{"op": "remove", "path": "/rules/7"}])),
        refused("JSON patch: a value of the wrong type is 400", json!([{"op": "replace", "path": "/included", "value": "u"}])),
        refused("JSON patch: a path without a slash is 400", json!([{"op": "replace", "path": "name", "value": "b"}])),
        refused("JSON patch: an unknown segment in a rule is 400", json!([{"op": "add", "path": "/rules/-", "value": {"clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["foo"]}]}}])),
        row("JSON patch: a copied rule gets identifiers of its own").full_segment("a")
            .then(edit(json!([{"op": "copy", "from": "/rules/0", "path": "/rules/-"}])).shaped(json!({"rules": [{"_id": "<uuid>"}, {"_id": "<uuid>"}]})))
            .then(semantic("a", json!([{"kind": "reorderRules", "ruleIds": ["{/rules/1/_id}", "{/rules/0/_id}"]}])).gives(200)),
        row("JSON patch: one tag of several").segment("a")
            .then(edit(json!({"tags": ["t", "u"]})))
            .then(edit(json!([{"op": "remove", "path": "/tags/0"}])).shaped(json!({"tags": ["u"]})))
            .then(edit(json!([{"op": "remove", "path": "/tags"}])).shaped(json!({"tags": []}))),
        row("JSON patch: a rule at the head").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/rules/0", "value": {"description": "first", "clauses": []}}])).shaped(json!({"rules": [{"description": "first"}, {"description": "staff"}]}))),
        row("JSON patch: a percentage by another attribute").full_segment("a")
            .then(edit(json!([{"op": "add", "path": "/rules/0/weight", "value": 25_000}, {"op": "add", "path": "/rules/0/bucketBy", "value": "country"}]))
                .shaped(json!({"rules": [{"weight": 25_000, "bucketBy": "country", "rolloutContextKind": "user"}]}))),
        row("JSON patch: at most 5,000 rules").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/rules", "value": vec![json!({"clauses": []}); 5_001]}])).refused(400, "invalid_request")),
        row("JSON patch: at most 50,000 values in clauses").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/rules", "value": [{"clauses": [{"attribute": "x", "op": "in", "values": vec![1; 50_001]}]}]}])).refused(400, "invalid_request")),
        row("JSON patch: at most 15,000 individual targets").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/included", "value": (0..15_000).map(|key| key.to_string()).collect::<Vec<_>>()}])).gives(200))
            .then(edit(json!([{"op": "add", "path": "/excluded/-", "value": "one more"}])).refused(400, "invalid_request")),
        row("JSON patch: values do not nest without end").segment("a")
            .then(edit(json!([{"op": "replace", "path": "/rules", "value": [{"clauses": [{"attribute": "x", "op": "in", "values": [[[[[[1]]]]]]}]}]}])).gives(200))
            .then(edit(json!([{"op": "replace", "path": "/rules/0/clauses/0/values/0/0/0/0/0/0", "value": [[[[[1]]]]]}])).refused(400, "invalid_request")),
        row("merge patch: a bare object").segment("a")
            .then(edit(json!({"description": "why", "tags": ["t"]})).shaped(json!({"description": "why", "tags": ["t"], "version": 2}))),
        row("merge patch: wrapped, with a comment").segment("a")
            .then(edit(json!({"comment": "why", "merge": {"name": "New"}})).shaped(json!({"name": "New", "version": 2}))),
        row("merge patch: null takes a member away").segment("a")
            .then(edit(json!({"description": "why"})))
            .then(edit(json!({"description": null})).shaped(json!({"description": "<absent>"}))),
        row("merge patch: lists are replaced").full_segment("a")
            .then(edit(json!({"included": ["v"]})).shaped(json!({"included": ["v"], "excluded": ["u-9"]}))),
        row("merge patch: an empty object changes nothing").segment("a")
            .then(edit(json!({})).shaped(json!({"version": 1}))),
        refused("merge patch: merge is an object", json!({"merge": [1]})),
        refused("patch: a bare text is 400", json!("name")),
    ]
}
