//! Big segments, expiring targets, evaluation.

use serde_json::{Value as Json, json};

use crate::row::{Row, SEGMENTS, SEMANTIC, Step, delete, get, patch, post, row, semantic};

const EXPIRING: &str = "/api/v2/segments/default/a/expiring-targets/test";
const EVALUATE: &str = "/api/v2/projects/default/environments/test/segments/evaluate";
/// A moment in the year 2100.
const LATER: i64 = 4_102_444_800_000;

fn big(name: &'static str) -> Row {
    row(name)
        .then(
            post(
                SEGMENTS,
                json!({"key": "big", "name": "Big", "unbounded": true}),
            )
            .gives(201),
        )
        .then(
            post(
                format!("{SEGMENTS}/big/contexts"),
                json!({"included": {"add": ["u-1", "u-2"]}, "excluded": {"add": ["u-9"]}}),
            )
            .gives(204),
        )
}

fn listed(key: &str, included: bool, excluded: bool) -> Step {
    get(format!("{SEGMENTS}/big/contexts/{key}"))
        .shaped(json!({"userKey": key, "included": included, "excluded": excluded}))
}

/// A part of a form.
const WAITS: &str =
    "--B\r\nContent-Disposition: form-data; name=\"waitOnApprovals\"\r\n\r\ntrue\r\n";

fn import(mode: &str, extra: &str) -> Step {
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"keys.csv\"\r\nContent-Type: text/csv\r\n\r\nu-2,x\nu-3\n\r\n--B\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\n{mode}\r\n{extra}--B--\r\n"
    );
    post(format!("{SEGMENTS}/big/imports"), json!({}))
        .header("Content-Type", "multipart/form-data; boundary=B")
        .body(body)
        .gives(204)
}

#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn expire(instructions: Json) -> Step {
    patch(EXPIRING, json!({"instructions": instructions})).header("Content-Type", SEMANTIC)
}

#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn expire_users(instructions: Json) -> Step {
    patch(
        "/api/v2/segments/default/a/expiring-user-targets/test",
        json!({"instructions": instructions}),
    )
    .header("Content-Type", SEMANTIC)
}

fn one_expiring(name: &'static str) -> Row {
    row(name).full_segment("a").then(
        expire(json!([{"kind": "addExpiringTarget", "targetType": "included", "contextKey": "u-1", "contextKind": "user", "value": LATER}]))
            .shaped(json!({"totalInstructions": 1, "successfulInstructions": 1, "failedInstructions": 0, "errors": "<absent>"})),
    )
}

fn asked(name: &'static str, context: Json, expected: Json) -> Row {
    row(name)
        .full_segment("a")
        .then(post(EVALUATE, context).gives(200).shaped(expected))
}

fn answer(member: bool, individually: bool, by_rule: bool) -> Json {
    json!({"items": [{"key": "a", "name": "Segment a", "description": "", "unbounded": false, "external": "",
        "isMember": member, "isIndividuallyTargeted": individually, "isRuleTargeted": by_rule, "_links": "<object>"}]})
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        big("big segments: members are added").then(listed("u-1", true, false)).then(listed("u-9", false, true)).then(listed("u-5", false, false)),
        big("big segments: members are removed").then(post(format!("{SEGMENTS}/big/contexts"), json!({"included": {"remove": ["u-1"]}})).gives(204)).then(listed("u-1", false, false)).then(listed("u-2", true, false)),
        big("big segments: the older paths").then(post(format!("{SEGMENTS}/big/users"), json!({"included": {"add": ["u-4"]}})).gives(204)).then(get(format!("{SEGMENTS}/big/users/u-4")).shaped(json!({"userKey": "u-4", "included": true}))),
        big("big segments: members are not in the segment").then(get(format!("{SEGMENTS}/big")).shaped(json!({"unbounded": true, "included": [], "version": 1}))),
        big("big segments: keys are decoded").then(post(format!("{SEGMENTS}/big/contexts"), json!({"included": {"add": ["a/b c"]}})).gives(204)).then(get(format!("{SEGMENTS}/big/contexts/a%2Fb%20c")).shaped(json!({"userKey": "a/b c", "included": true}))),
        big("big segments: instructions add and remove members").then(semantic("big", json!([{"kind": "addBigSegmentIncludedTargets", "values": ["u-5"]}, {"kind": "removeBigSegmentIncludedTargets", "values": ["u-1"]}, {"kind": "addBigSegmentExcludedTargets", "values": ["u-6"]}, {"kind": "removeBigSegmentExcludedTargets", "values": ["u-9"]}])).gives(200))
            .then(listed("u-5", true, false)).then(listed("u-1", false, false)).then(listed("u-6", false, true)).then(listed("u-9", false, false)),
        big("big segments: nobody is added to both lists")
            .then(semantic("big", json!([{"kind": "addBigSegmentIncludedTargets", "values": ["u-9"]}])).refused(400, "invalid_request"))
            .then(semantic("big", json!([{"kind": "addBigSegmentExcludedTargets", "values": ["u-7"]}, {"kind": "addBigSegmentIncludedTargets", "values": ["u-7"]}])).refused(400, "invalid_request"))
            .then(semantic("big", json!([{"kind": "removeBigSegmentExcludedTargets", "values": ["u-9"]}, {"kind": "addBigSegmentIncludedTargets", "values": ["u-9"]}])).gives(200))
            .then(listed("u-9", true, false)),
        big("big segments: one wrong instruction and no member is added").then(semantic("big", json!([{"kind": "addBigSegmentIncludedTargets", "values": ["u-5"]}, {"kind": "updateName", "value": ""}])).refused(400, "invalid_request")).then(listed("u-5", false, false)),
        big("big segments: rules are 400").then(semantic("big", json!([{"kind": "addRule", "clauses": []}])).refused(400, "invalid_request")),
        row("big segments: a standard segment has no such members").segment("a").then(post(format!("{SEGMENTS}/a/contexts"), json!({})).refused(400, "invalid_request")),
        row("big segments: a standard segment has no such membership").segment("a").then(get(format!("{SEGMENTS}/a/contexts/u")).refused(400, "invalid_request")),
        row("big segments: an unknown segment is 404").then(get(format!("{SEGMENTS}/nobody/contexts/u")).refused(404, "not_found")),
        big("big segments: how many members there are").then(get(format!("{SEGMENTS}/big")).shaped(json!({"_importInProgress": false, "_unboundedMetadata": {
            "envId": "<object id>", "segmentId": "big.g1", "version": 1, "includedCount": 2, "excludedCount": 1, "lastModified": "<milliseconds>", "deleted": false}}))),
        row("big segments: a standard segment has no such counts").segment("a").then(get(format!("{SEGMENTS}/a")).shaped(json!({"_unboundedMetadata": "<absent>", "_importInProgress": "<absent>"}))),
        big("big segments: standard targets are 400").then(semantic("big", json!([{"kind": "addIncludedTargets", "values": ["u"]}])).refused(400, "invalid_request")),
        big("big segments: one that is made again has no members").then(delete(format!("{SEGMENTS}/big")))
            .then(post(SEGMENTS, json!({"key": "big", "name": "Big", "unbounded": true})).gives(201).shaped(json!({"generation": 2, "_unboundedMetadata": {"segmentId": "big.g2"}})))
            .then(listed("u-1", false, false)),
        big("imports: one is listed with its state").then(import("merge", "").answers_with_location())
            .then(get("{/location}").shaped(json!({"id": "<object id>", "segmentKey": "big", "creationTime": "<milliseconds>", "mode": "merge", "status": "complete",
                "files": [{"filename": "keys.csv", "status": "complete"}], "_links": "<object>"}))),
        big("imports: one that waits is shown at the segment").then(import("merge", WAITS)).then(get(format!("{SEGMENTS}/big")).shaped(json!({"_importInProgress": true}))),
        big("processBigSegmentImport: puts one that waited into force").then(import("merge", WAITS).answers_with_location())
            .then(get("{/location}").shaped(json!({"status": "pending_approval"})))
            .then(semantic("big", json!([{"kind": "processBigSegmentImport", "importId": "{/id}"}])).gives(200))
            .then(listed("u-3", true, false)),
        big("exports: the file has the included keys").then(post(format!("{SEGMENTS}/big/exports"), json!({})).gives(200).answers_with_location())
            .then(get("{/location}").shaped(json!({"id": "<object id>", "segmentKey": "big", "creationTime": "<milliseconds>", "status": "complete", "sizeBytes": 8, "size": "8 B",
                "initiator": {"name": "<text>", "email": "<text>"}, "_links": {"file": {"href": "<text>"}}})))
            .then(get("{/_links/file/href}").answers_with("content-type", "text/csv")),
        row("exports: a standard segment has none").segment("a").then(post(format!("{SEGMENTS}/a/exports"), json!({})).refused(400, "invalid_request")),
        big("imports: merge adds the first column").then(import("merge", "")).then(listed("u-1", true, false)).then(listed("u-3", true, false)).then(listed("x", false, false)),
        big("imports: replace takes the place of what was there").then(import("replace", "")).then(listed("u-1", false, false)).then(listed("u-2", true, false)).then(listed("u-9", false, true)),
        big("imports: an unknown mode is 400").then(import("double", "").refused(400, "invalid_request")),
        big("imports: a body that is no form is 400").then(post(format!("{SEGMENTS}/big/imports"), json!({})).refused(400, "invalid_request")),
        big("imports: one that waits for approval changes nothing, and keeps others out").then(import("merge", "--B\r\nContent-Disposition: form-data; name=\"waitOnApprovals\"\r\n\r\ntrue\r\n")).then(listed("u-3", false, false))
            .then(import("merge", "").refused(409, "conflict")),
        big("imports: an unknown one is 404").then(get(format!("{SEGMENTS}/big/imports/none")).refused(404, "not_found")),
        big("imports: an unknown one cannot be processed").then(semantic("big", json!([{"kind": "processBigSegmentImport", "importId": "none"}])).refused(400, "invalid_request")),
        big("exports: made without a body").then(post(format!("{SEGMENTS}/big/exports"), json!({})).gives(200)),
        big("exports: an unknown one is 404").then(get(format!("{SEGMENTS}/big/exports/none")).refused(404, "not_found")),

        one_expiring("expiring targets: listed").then(get(EXPIRING).shaped(json!({"items": [{"_id": "<object id>", "_version": 1, "expirationDate": LATER, "contextKind": "user", "contextKey": "u-1", "targetType": "included",
            "_resourceId": {"environmentKey": "test", "key": "a", "kind": "segment", "projectKey": "default"}}]}))),
        one_expiring("expiring targets: updated").then(expire(json!([{"kind": "updateExpiringTarget", "targetType": "included", "contextKey": "u-1", "contextKind": "user", "value": LATER + 1, "version": 1}])).shaped(json!({"items": [{"expirationDate": LATER + 1, "_version": 2}]}))),
        one_expiring("expiring targets: a version that is not the current one fails").then(expire(json!([{"kind": "updateExpiringTarget", "targetType": "included", "contextKey": "u-1", "contextKind": "user", "value": 1, "version": 7}])).shaped(json!({"failedInstructions": 1, "items": [{"expirationDate": LATER}]}))),
        one_expiring("expiring targets: removed").then(expire(json!([{"kind": "removeExpiringTarget", "targetType": "included", "contextKey": "u-1", "contextKind": "user"}])).shaped(json!({"items": []}))),
        one_expiring("expiring targets: a part that fails is a 200").then(expire(json!([{"kind": "addExpiringTarget", "targetType": "included", "contextKey": "nobody", "contextKind": "user", "value": LATER}, {"kind": "addExpiringTarget", "targetType": "excluded", "contextKey": "u-9", "contextKind": "user", "value": LATER}]))
            .shaped(json!({"totalInstructions": 2, "successfulInstructions": 1, "failedInstructions": 1, "errors": [{"instructionIndex": 0, "message": "<text>"}], "items": [{}, {}]}))),
        one_expiring("expiring targets: the target goes when its time comes").then(expire(json!([{"kind": "updateExpiringTarget", "targetType": "included", "contextKey": "u-1", "contextKind": "user", "value": 1}])))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"included": ["u-2"], "version": 3}))).then(get(EXPIRING).shaped(json!({"items": []}))),
        one_expiring("expiring targets: a target that is removed does not expire").then(semantic("a", json!([{"kind": "removeIncludedTargets", "values": ["u-1"]}]))).then(get(EXPIRING).shaped(json!({"items": []}))),
        one_expiring("expiring targets: the older form for users").then(get("/api/v2/segments/default/a/expiring-user-targets/test").shaped(json!({"items": [{"userKey": "u-1", "expirationDate": LATER, "targetType": "included"}]}))),
        one_expiring("expiring targets: one context has one date").then(expire(json!([{"kind": "addExpiringTarget", "targetType": "included", "contextKey": "u-1", "contextKind": "user", "value": LATER}])).shaped(json!({"failedInstructions": 1, "errors": [{"instructionIndex": 0}]}))),
        one_expiring("expiring targets: contexts of other kinds").then(expire(json!([{"kind": "addExpiringTarget", "targetType": "included", "contextKey": "o-1", "contextKind": "org", "value": LATER}])).shaped(json!({"items": [{}, {"contextKind": "org", "contextKey": "o-1"}]})))
            .then(get("/api/v2/segments/default/a/expiring-user-targets/test").shaped(json!({"items": [{"userKey": "u-1"}]}))),
        one_expiring("expiring targets: an unknown instruction fails alone").then(expire(json!([{"kind": "explode"}, {"kind": "removeExpiringTarget", "targetType": "included", "contextKey": "u-1", "contextKind": "user"}])).shaped(json!({"successfulInstructions": 1, "failedInstructions": 1, "items": []}))),
        row("expiring user targets: added, changed by the segment's version, removed").full_segment("a")
            .then(expire_users(json!([{"kind": "addExpireUserTargetDate", "targetType": "included", "userKey": "u-1", "value": LATER}])).shaped(json!({"items": [{"userKey": "u-1"}]})))
            .then(expire_users(json!([{"kind": "updateExpireUserTargetDate", "targetType": "included", "userKey": "u-1", "value": LATER + 1, "version": 2}])).shaped(json!({"successfulInstructions": 1, "items": [{"expirationDate": LATER + 1}]})))
            .then(expire_users(json!([{"kind": "updateExpireUserTargetDate", "targetType": "included", "userKey": "u-1", "value": LATER}])).shaped(json!({"failedInstructions": 1})))
            .then(expire_users(json!([{"kind": "removeExpireUserTargetDate", "targetType": "included", "userKey": "u-1"}])).shaped(json!({"items": []}))),
        row("expiring targets: instructions without the media type are 400").segment("a").then(patch(EXPIRING, json!({"instructions": []})).refused(400, "invalid_request")),
        row("expiring targets: an unknown segment is 404").then(get(EXPIRING).refused(404, "not_found")),

        asked("evaluate: an included context", json!({"kind": "user", "key": "u-1"}), answer(true, true, false)),
        asked("evaluate: an excluded context", json!({"kind": "user", "key": "u-9", "email": "a@x.io"}), answer(false, true, false)),
        asked("evaluate: a rule", json!({"kind": "user", "key": "u-5", "email": "a@x.io"}), answer(true, false, true)),
        asked("evaluate: nothing fits", json!({"kind": "user", "key": "u-5"}), answer(false, false, false)),
        asked("evaluate: a context of several kinds", json!({"kind": "multi", "user": {"key": "u-5"}, "org": {"key": "o-1"}}), answer(true, true, false)),
        asked("evaluate: another kind of context", json!({"kind": "org", "key": "u-1"}), answer(false, false, false)),
        row("evaluate: a context without a key is 400").then(post(EVALUATE, json!({"kind": "user"})).refused(400, "invalid_request")),
        row("evaluate: an unknown environment is 404").then(post("/api/v2/projects/default/environments/nowhere/segments/evaluate", json!({"kind": "user", "key": "u"})).refused(404, "not_found")),
        big("evaluate: a big segment").then(post(EVALUATE, json!({"kind": "user", "key": "u-1"})).gives(200).shaped(json!({"items": [{"key": "big", "unbounded": true, "isMember": true, "isIndividuallyTargeted": true}]}))),
    ]
}
