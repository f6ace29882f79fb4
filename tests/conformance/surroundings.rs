//! What surrounds segments: context kinds, flags, projects, approvals, AI Configs.

use serde_json::{Value as Json, json};

use crate::row::{Row, SEGMENTS, SEMANTIC, delete, get, patch, post, request, row, semantic};

const KINDS: &str = "/api/v2/projects/default/context-kinds";
const CONFIGS: &str = "/api/v2/projects/default/ai-configs";
const SETTINGS: &str = "/api/v2/approval-requests/projects/default/settings";

/// A flag that is on for members of the segment `a`.
fn flag(name: &'static str) -> Row {
    row(name)
        .segment("a")
        .then(
            post(
                "/api/v2/flags/default",
                json!({"key": "page", "name": "Page"}),
            )
            .gives(201),
        )
        .then(
            flag_patch(json!([{"kind": "turnFlagOn"}, {"kind": "addRule",
                "variationId": "{/variations/0/_id}", "clauses": [{"contextKind": "user",
                "attribute": "segmentMatch", "op": "segmentMatch", "values": ["a"]}]}]))
            .gives(200),
        )
}

#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn flag_patch(instructions: Json) -> crate::row::Step {
    patch(
        "/api/v2/flags/default/page",
        json!({"environmentKey": "test", "instructions": instructions}),
    )
    .header("Content-Type", SEMANTIC)
}

/// An environment whose segments need approvals.
fn guarded(name: &'static str) -> Row {
    row(name).segment("a").then(
        patch(SETTINGS, json!({"environmentKey": "test", "resourceKind": "segment", "required": true}))
            .header("LD-API-Version", "beta")
            .shaped(json!({"segment": {"environments": {"test": {"required": true, "minNumApprovals": 1}}}})),
    )
}

/// Says which changes need an approval.
fn settings(kind: &str) -> crate::row::Step {
    patch(
        SETTINGS,
        json!({"environmentKey": "test", "resourceKind": kind, "required": true}),
    )
    .header("LD-API-Version", "beta")
}

fn requested(name: &'static str) -> Row {
    guarded(name).then(
        post("/api/v2/approval-requests", json!({"resourceId": "proj/default:env/test:segment/a",
            "description": "please", "instructions": [{"kind": "addIncludedTargets", "values": ["u"]}]}))
            .gives(201)
            .shaped(json!({"_id": "<object id>", "status": "pending", "reviewStatus": "pending",
                "allReviews": [], "conflicts": [], "instructions": [{"kind": "addIncludedTargets"}]})),
    )
}

/// An AI Config with one variation; the last answer is its targeting.
fn config(name: &'static str) -> Row {
    row(name)
        .segment("a")
        .then(post(CONFIGS, json!({"key": "chat", "name": "Chat", "mode": "completion"})).gives(201)
            .shaped(json!({"key": "chat", "variations": [], "version": 1, "createdAt": "<milliseconds>"})))
        .then(post(format!("{CONFIGS}/chat/variations"), json!({"key": "fast", "name": "Fast", "model": {"modelName": "m"}})).gives(201)
            .shaped(json!({"_id": "<uuid>", "key": "fast", "version": 1, "model": {"modelName": "m"}})))
        .then(get(format!("{CONFIGS}/chat/targeting")).shaped(json!({
            "variations": [{"name": "disabled"}, {"_id": "<uuid>", "name": "Fast", "value": {"_ldMeta": {"variationKey": "fast"}}}],
            "environments": {"test": {"enabled": true, "rules": [], "fallthrough": {"variation": 0}}},
        })))
}

#[allow(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn config_patch(instructions: Json) -> crate::row::Step {
    patch(
        format!("{CONFIGS}/chat/targeting"),
        json!({"environmentKey": "test", "instructions": instructions}),
    )
    .header("Content-Type", SEMANTIC)
}

fn asks(segment: &str) -> Json {
    json!([{"contextKind": "user", "attribute": "segmentMatch", "op": "segmentMatch", "values": [segment], "negate": false}])
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("the audit log has who changed what, the newest first")
            .full_segment("a")
            .then(
                get("/api/v2/auditlog?spec=proj/default:env/test:segment/a&limit=1").shaped(json!({"items": [
                    {"_id": "<object id>", "date": "<milliseconds>", "kind": "segment", "name": "a", "token": {"name": "<text>"}}]})),
            )
            .then(get("/api/v2/auditlog/{/items/0/_id}").shaped(json!({"name": "a"}))),
        row("an audit log is filtered by its resources")
            .segment("a")
            .then(get("/api/v2/auditlog?spec=proj/*:env/other:segment/*").shaped(json!({"items": []}))),
        row("a page of the audit log has 20 entries at most")
            .then(get("/api/v2/auditlog?limit=21").gives(400)),
        row("projects: a new one shows its environments as an array").then(post("/api/v2/projects", json!({"key": "shop", "name": "Shop"})).gives(201)
            .shaped(json!({"key": "shop", "environments": [{"key": "production"}, {"key": "test"}]}))),
        row("projects: pages and filters").then(post("/api/v2/projects", json!({"key": "shop", "name": "Shop", "tags": ["t"]})).gives(201))
            .then(get("/api/v2/projects?limit=1").shaped(json!({"totalCount": 2, "items": [{"key": "default"}], "_links": {"next": "<object>"}})))
            .then(get("/api/v2/projects?sort=-name&limit=1").shaped(json!({"items": [{"key": "default"}]})))
            .then(get("/api/v2/projects?filter=keys:shop|other").shaped(json!({"totalCount": 1, "items": [{"key": "shop"}]}))),
        row("environments: pages and filters")
            .then(get("/api/v2/projects/default/environments?limit=1&offset=1").shaped(json!({"totalCount": 2, "items": [{"key": "test"}]})))
            .then(get("/api/v2/projects/default/environments?filter=query:PROD").shaped(json!({"totalCount": 1, "items": [{"key": "production"}]}))),
        row("left out: what the service has beyond this is 501").then(get("/api/v2/roles").refused(501, "not_implemented"))
            .then(get("/api/v2/destinations").refused(501, "not_implemented"))
            .then(get("/api/v2/flags/default/f/triggers/test").refused(501, "not_implemented"))
            .then(get("/api/v2/nothing").refused(404, "not_found")),
        row("left out: what SDKs of browsers and phones ask is 404").then(get("/sdk/evalx/0123456789abcdef01234567/contexts/e30").without_token().refused(404, "not_found"))
            .then(get("/msdk/evalx/contexts/e30").without_token().refused(404, "not_found"))
            .then(get("/meval/e30").without_token().refused(404, "not_found")),
        row("context kinds: user exists in every project").then(get(KINDS).shaped(json!({"items": [
            {"key": "user", "name": "<text>", "version": 1, "creationDate": "<milliseconds>", "lastModified": "<milliseconds>", "createdFrom": "<text>"}]}))),
        row("context kinds: PUT makes one")
            .then(request("PUT", format!("{KINDS}/org")).body(json!({"name": "Organization"}).to_string()).shaped(json!({"status": "success", "_links": "<object>"})))
            .then(get(KINDS).shaped(json!({"items": [{"key": "org", "name": "Organization", "version": 1, "createdFrom": "api"}, {"key": "user"}]}))),
        row("context kinds: PUT changes what it names")
            .then(request("PUT", format!("{KINDS}/org")).body(json!({"name": "Organization", "description": "why"}).to_string()))
            .then(request("PUT", format!("{KINDS}/org")).body(json!({"archived": true}).to_string()))
            .then(get(KINDS).shaped(json!({"items": [{"name": "Organization", "description": "why", "archived": true, "hideInTargeting": true, "version": 2}, {}]}))),
        row("context kinds: a new one needs a name").then(request("PUT", format!("{KINDS}/org")).body("{}").refused(400, "invalid_request")),
        row("putContextKind: multi is no kind").then(request("PUT", format!("{KINDS}/multi")).body(json!({"name": "M"}).to_string()).refused(400, "invalid_request")),
        row("context kinds: there is no DELETE").then(delete(format!("{KINDS}/user")).refused(405, "method_not_allowed")),
        row("context kinds: an unknown project is 404").then(get("/api/v2/projects/nowhere/context-kinds").refused(404, "not_found")),
        row("context kinds: the list can lag behind").behavior(|behavior| behavior.context_kind_lag_ms = 60_000)
            .then(request("PUT", format!("{KINDS}/org")).body(json!({"name": "Organization"}).to_string()))
            .then(get(KINDS).shaped(json!({"items": []}))),
        row("context kinds: strictly, unknown ones are 400").behavior(|behavior| behavior.refuse_unknown_kinds = true).segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "contextKind": "eanies", "values": ["e"]}])).refused(400, "invalid_request")),

        flag("flags: a rule with a segment").then(get("/api/v2/flags/default/page").shaped(json!({
            "key": "page", "kind": "boolean", "variations": [{"_id": "<uuid>", "value": true}, {"value": false}],
            "environments": {"test": {"on": true, "rules": [{"_id": "<uuid>", "variation": 0, "clauses": [{"_id": "<uuid>", "op": "segmentMatch"}]}]},
                "production": {"on": false, "rules": []}}}))),
        flag("flags: pages, in the order that is asked for").then(post("/api/v2/flags/default", json!({"key": "other", "name": "Other", "tags": ["t"]})).gives(201))
            .then(get("/api/v2/flags/default?sort=-key&limit=1").shaped(json!({"totalCount": 2, "items": [{"key": "page"}], "_links": {"next": "<object>"}})))
            .then(get("/api/v2/flags/default?sort=-key&limit=1&offset=1").shaped(json!({"totalCount": 2, "items": [{"key": "other"}]})))
            .then(get("/api/v2/flags/default?filter=tags:t").shaped(json!({"items": [{"key": "other"}]})))
            .then(get("/api/v2/flags/default?tag=t").shaped(json!({"items": [{"key": "other"}]})))
            .then(get("/api/v2/flags/default?sort=size").refused(400, "invalid_request"))
            .then(get("/api/v2/flags/default?filter=size:7").refused(400, "invalid_request")),
        flag("flags: only the environments that are named").then(get("/api/v2/flags/default/page?env=test").shaped(json!({"environments": {"test": {"on": true}, "production": "<absent>"}}))),
        flag("getSegment: names the flags that target it").then(get(format!("{SEGMENTS}/a")).shaped(json!({"_flags": [{"key": "page", "name": "Page"}]}))),
        flag("getSegment: flags of other environments do not count").then(post("/api/v2/segments/default/production", json!({"key": "a", "name": "A"})).gives(201))
            .then(get("/api/v2/segments/default/production/a").shaped(json!({"_flags": []}))),
        flag("flags: an unknown segment is 400").then(flag_patch(json!([{"kind": "addRule", "variationId": "{/variations/0/_id}", "clauses": asks("foo")}]))
            .gives(400).shaped(json!({"code": "invalid_request", "message": "unknown segment \"foo\""}))),
        flag("deleteSegment: a flag that targets it does not keep it").then(delete(format!("{SEGMENTS}/a")).gives(204)),
        flag("deleteSegment: after it, a change of the flag's rules is 400").then(delete(format!("{SEGMENTS}/a")))
            .then(flag_patch(json!([{"kind": "turnFlagOff"}])).refused_saying(400, "invalid_request", "unknown segment \"a\"")),
        row("deleteSegment: strictly, a flag that targets it keeps it").behavior(|behavior| behavior.refuse_delete_in_use = true).segment("a")
            .then(post("/api/v2/flags/default", json!({"key": "page", "name": "Page"})).gives(201))
            .then(flag_patch(json!([{"kind": "addRule", "variationId": "{/variations/0/_id}", "clauses": asks("a")}])))
            .then(delete(format!("{SEGMENTS}/a")).refused(409, "conflict")),
        flag("flags: a key that is taken is 409").then(post("/api/v2/flags/default", json!({"key": "page", "name": "Page"})).refused(409, "key_exists")),
        flag("flags: a list").then(get("/api/v2/flags/default").shaped(json!({"totalCount": 1, "items": [{"key": "page"}]}))),
        flag("flags: an unknown variation is 400").then(flag_patch(json!([{"kind": "updateOffVariation", "variationId": "none"}])).refused(400, "invalid_request")),
        flag("flags: an unknown instruction is 400").then(flag_patch(json!([{"kind": "explode"}])).refused(400, "invalid_request")),
        flag("flags: deleted").then(delete("/api/v2/flags/default/page")).then(get("/api/v2/flags/default/page").refused(404, "not_found"))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"_flags": []}))),

        row("projects: one").then(get("/api/v2/projects/default").shaped(json!({"_id": "<object id>", "key": "default", "environments": "<absent>"}))),
        row("projects: environments only on request").then(get("/api/v2/projects/default?expand=environments").shaped(json!({"environments": {"items": [{"key": "production"}, {"key": "test"}]}}))),
        row("projects: made with two environments").then(post("/api/v2/projects", json!({"key": "shop", "name": "Shop"})).gives(201))
            .then(get("/api/v2/projects/shop/environments").shaped(json!({"totalCount": 2, "items": [{"key": "production"}, {"key": "test"}]})))
            .then(get("/api/v2/segments/shop/test").shaped(json!({"items": []}))),
        row("projects: a key that is taken is 409").then(post("/api/v2/projects", json!({"key": "default", "name": "D"})).refused(409, "key_exists")),
        row("projects: deleted with all that is in it").then(delete("/api/v2/projects/default")).then(get(SEGMENTS).refused(404, "not_found")),
        row("environments: made").then(post("/api/v2/projects/default/environments", json!({"key": "staging", "name": "Staging", "color": "417505"})).gives(201).shaped(json!({"_id": "<object id>", "apiKey": "<text>", "mobileKey": "<text>"})))
            .then(get("/api/v2/segments/default/staging").shaped(json!({"items": []}))),
        row("environments: deleted").then(delete("/api/v2/projects/default/environments/test")).then(get(SEGMENTS).refused(404, "not_found")),

        row("approvals: the settings are a beta resource").then(get(SETTINGS).refused(403, "forbidden")),
        row("approvals: the settings with the beta header").then(get(SETTINGS).header("LD-API-Version", "beta").shaped(json!({"segment": {"_default": {"required": false}, "environments": {"test": {"required": false}}}}))),
        row("approvals: required and requiredApprovalTags exclude each other").then(patch(SETTINGS, json!({"environmentKey": "test", "resourceKind": "segment", "required": true, "requiredApprovalTags": ["t"]})).header("LD-API-Version", "beta").refused(400, "invalid_request")),
        guarded("approvals: a change of targets is 403").then(semantic("a", json!([{"kind": "addIncludedTargets", "values": ["u"]}])).refused_saying(403, "forbidden", "approval is required"))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"included": [], "version": 1}))),
        guarded("approvals: replacing nothing with nothing is 403").then(patch(format!("{SEGMENTS}/a"), json!([{"op": "replace", "path": "/included", "value": []}])).refused_saying(403, "forbidden", "approval is required")),
        guarded("approvals: a path that does not exist is 403").then(patch(format!("{SEGMENTS}/a"), json!([{"op": "replace", "path": "/temporary", "value": true}])).refused(403, "forbidden")),
        guarded("approvals: a rename is not gated").then(semantic("a", json!([{"kind": "updateName", "value": "New"}])).gives(200)),
        guarded("approvals: making a segment is not gated").segment("b"),
        guarded("approvals: deleting a segment is not gated").then(delete(format!("{SEGMENTS}/a")).gives(204)),
        guarded("approvals: other environments are free").then(post("/api/v2/segments/default/production", json!({"key": "a", "name": "A"})).gives(201))
            .then(patch("/api/v2/segments/default/production/a", json!([{"op": "replace", "path": "/included", "value": ["u"]}])).gives(200)),
        requested("approvals: a request is not applied before it is approved").then(post("/api/v2/approval-requests/{/_id}/apply", json!({})).refused(403, "forbidden")),
        requested("approvals: an approved request is applied").then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "approve"})).shaped(json!({"reviewStatus": "approved"})))
            .then(post("/api/v2/approval-requests/{/_id}/apply", json!({})).shaped(json!({"status": "completed"})))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"included": ["u"], "version": 2}))),
        requested("approvals: a request is applied once").then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "approve"})))
            .then(post("/api/v2/approval-requests/{/_id}/apply", json!({}))).then(post("/api/v2/approval-requests/{/_id}/apply", json!({})).refused(409, "conflict")),
        requested("approvals: a declined request is not applied").then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "decline"})).shaped(json!({"reviewStatus": "declined"})))
            .then(post("/api/v2/approval-requests/{/_id}/apply", json!({})).refused(403, "forbidden")),
        requested("getApprovalRequests: filter by status").then(get("/api/v2/approval-requests?filter=resourceKind%20equals%20segment%2Cstatus%20anyOf%20%5B%22pending%22%5D").shaped(json!({"totalCount": 1, "items": [{}]})))
            .then(get("/api/v2/approval-requests?filter=status%20anyOf%20%5B%22completed%22%2C%22failed%22%5D").shaped(json!({"totalCount": 0, "items": []}))),
        requested("getApprovalRequests: filter by project and review").then(get("/api/v2/approval-requests?filter=projectKey%20equals%20default%2C%20reviewStatus%20anyOf%20%5B%22pending%22%2C%22approved%22%5D").shaped(json!({"totalCount": 1})))
            .then(get("/api/v2/approval-requests?filter=resourceId%20equals%20proj%2Fdefault%3Aenv%2Ftest%3Asegment%2Fb").shaped(json!({"totalCount": 0})))
            .then(get("/api/v2/approval-requests?filter=colour%20equals%20red").refused(400, "invalid_request")),
        requested("getApprovalRequests: pages").then(get("/api/v2/approval-requests?limit=1&offset=1").shaped(json!({"totalCount": 1, "items": []}))),
        requested("patchApprovalRequest: is a beta resource").then(patch("/api/v2/approval-requests/{/_id}", json!({"instructions": []})).header("Content-Type", SEMANTIC).refused(403, "forbidden")),
        requested("patchApprovalRequest: changes description and reviewers").then(patch("/api/v2/approval-requests/{/_id}", json!({"instructions": [{"kind": "updateDescription", "value": "new"}, {"kind": "addReviewers", "notifyMemberIds": ["m"]}]}))
            .header("Content-Type", SEMANTIC).header("LD-API-Version", "beta").shaped(json!({"description": "new", "notifyMemberIds": ["m"], "_version": 2}))),
        requested("patchApprovalRequest: reviewers are named").then(patch("/api/v2/approval-requests/{/_id}", json!({"instructions": [{"kind": "addReviewers"}]}))
            .header("Content-Type", SEMANTIC).header("LD-API-Version", "beta").refused(400, "invalid_request")),
        requested("approvals: as many as the settings say").then(patch(SETTINGS, json!({"environmentKey": "test", "resourceKind": "segment", "minNumApprovals": 2})).header("LD-API-Version", "beta"))
            .then(get("/api/v2/approval-requests")).then(post("/api/v2/approval-requests/{/items/0/_id}/reviews", json!({"kind": "approve"})).shaped(json!({"reviewStatus": "pending"})))
            .then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "approve", "comment": "me too"})).shaped(json!({"reviewStatus": "approved", "allReviews": [{}, {"comment": "me too"}]}))),
        requested("approvals: a comment is no verdict").then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "comment", "comment": "hm"})).shaped(json!({"reviewStatus": "pending"}))),
        requested("approvals: an unknown verdict is 400").then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "maybe"})).refused(400, "invalid_request")),
        requested("approvals: one that fits no more fails when it is applied").then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "approve"})))
            .then(patch(SETTINGS, json!({"environmentKey": "test", "resourceKind": "segment", "required": false})).header("LD-API-Version", "beta"))
            .then(semantic("a", json!([{"kind": "addExcludedTargets", "values": ["u"]}])))
            .then(get("/api/v2/approval-requests")).then(post("/api/v2/approval-requests/{/items/0/_id}/apply", json!({})).refused(400, "invalid_request"))
            .then(get("/api/v2/approval-requests").shaped(json!({"items": [{"status": "failed"}]}))),
        guarded("postApprovalRequest: instructions that cannot be carried out are 400").then(post("/api/v2/approval-requests", json!({"resourceId": "proj/default:env/test:segment/a", "description": "d", "instructions": [{"kind": "explode"}]})).refused(400, "invalid_request")),
        guarded("postApprovalRequest: a description is required").then(post("/api/v2/approval-requests", json!({"resourceId": "proj/default:env/test:segment/a", "description": "", "instructions": [{"kind": "addTags", "values": ["t"]}]})).refused(400, "invalid_request")),
        guarded("postApprovalRequest: an unknown segment is 404").then(post("/api/v2/approval-requests", json!({"resourceId": "proj/default:env/test:segment/none", "description": "d", "instructions": [{"kind": "addTags", "values": ["t"]}]})).refused(404, "not_found")),
        guarded("postApprovalRequest: the resource is that of a segment").then(post("/api/v2/approval-requests", json!({"resourceId": "a", "description": "d", "instructions": []})).refused(400, "invalid_request")),
        config("approvals: of AI Configs, a change of targeting is 403").then(settings("aiconfig").shaped(json!({"aiconfig": {"environments": {"test": {"required": true}}}, "segment": {"environments": {"test": {"required": false}}}})))
            .then(get(format!("{CONFIGS}/chat/targeting"))).then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("a")}])).refused_saying(403, "forbidden", "approval is required")),
        config("approvals: of AI Configs, tags are not gated").then(settings("aiconfig")).then(patch(format!("{CONFIGS}/chat"), json!({"tags": ["t"]})).gives(200)),
        flag("approvals: of flags, a change of targeting is 405").then(settings("flag")).then(flag_patch(json!([{"kind": "turnFlagOff"}])).refused_saying(405, "method_not_allowed", "approval is required"))
            .then(get("/api/v2/projects/default/environments/test").shaped(json!({"approvalSettings": {"required": true}}))),
        flag("approvals: of flags, name, description and tags are not gated").then(settings("flag")).then(flag_patch(json!([{"kind": "addTags", "values": ["t"]}, {"kind": "updateName", "value": "N"}])).gives(200)),
        flag("approvals: of flags, by request").then(settings("flag")).then(post("/api/v2/approval-requests", json!({"resourceId": "proj/default:env/test:flag/page", "description": "please", "instructions": [{"kind": "turnFlagOff"}]})).gives(201).shaped(json!({"resourceId": "proj/default:env/test:flag/page"})))
            .then(post("/api/v2/approval-requests/{/_id}/reviews", json!({"kind": "approve"}))).then(post("/api/v2/approval-requests/{/_id}/apply", json!({})).shaped(json!({"status": "completed"})))
            .then(get("/api/v2/flags/default/page").shaped(json!({"environments": {"test": {"on": false}}}))),
        config("approvals: of AI Configs, instructions that cannot be carried out are 400").then(post("/api/v2/approval-requests", json!({"resourceId": "proj/default:env/test:aiconfig/chat", "description": "d", "instructions": [{"kind": "explode"}]})).refused(400, "invalid_request")),
        row("approvals: of nothing else").then(settings("member").refused(400, "invalid_request")),
        guarded("environments: show what needs approvals").then(get("/api/v2/projects/default/environments/test").shaped(json!({"resourceApprovalSettings": {"segment": {"required": true}}}))),
        row("approvals: by tag").then(post(SEGMENTS, json!({"key": "a", "name": "A", "tags": ["guarded"]})).gives(201)).segment("b")
            .then(patch(SETTINGS, json!({"environmentKey": "test", "resourceKind": "segment", "requiredApprovalTags": ["guarded"]})).header("LD-API-Version", "beta"))
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "values": ["u"]}])).refused(403, "forbidden"))
            .then(semantic("b", json!([{"kind": "addIncludedTargets", "values": ["u"]}])).gives(200)),
        requested("approvals: requests are listed").then(get("/api/v2/approval-requests").shaped(json!({"totalCount": 1, "items": [{"status": "pending"}]}))),
        requested("approvals: a request can be withdrawn").then(delete("/api/v2/approval-requests/{/_id}")).then(get("/api/v2/approval-requests").shaped(json!({"items": []}))),

        config("AI Configs: a rule serves a variation to a segment").then(config_patch(json!([{"kind": "addRule", "variationId": "{/variations/1/_id}", "clauses": asks("a")}]))
            .shaped(json!({"_version": "<number>", "environments": {"test": {"rules": [{"_id": "<uuid>", "variation": 1, "clauses": [{"op": "segmentMatch", "values": ["a"]}]}]}, "production": {"rules": []}}}))),
        config("AI Configs: a rule by weights").then(config_patch(json!([{"kind": "addRule", "rolloutWeights": {"{/variations/1/_id}": 100_000}, "clauses": asks("a")}]))
            .shaped(json!({"environments": {"test": {"rules": [{"variation": "<absent>", "rollout": {"variations": [{"variation": 0, "weight": 0}, {"variation": 1, "weight": 100_000}], "contextKind": "user"}}]}}}))),
        config("AI Configs: a clause has its identifier under both names").then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("a")}]))
            .shaped(json!({"environments": {"test": {"rules": [{"clauses": [{"_id": "<uuid>", "id": "<uuid>"}]}]}}}))),
        config("AI Configs: variations have a description, if an empty one").then(get(format!("{CONFIGS}/chat/targeting"))
            .shaped(json!({"variations": [{"name": "disabled", "description": ""}, {"name": "Fast", "description": ""}]}))),
        config("AI Configs: a variation that a rollout gives no share can go").then(post(format!("{CONFIGS}/chat/variations"), json!({"key": "slow", "name": "Slow"})).gives(201))
            .then(get(format!("{CONFIGS}/chat/targeting")))
            .then(config_patch(json!([{"kind": "updateFallthroughVariationOrRollout", "rolloutWeights": {"{/variations/1/_id}": 100_000}}]))
                .shaped(json!({"environments": {"test": {"fallthrough": {"rollout": {"variations": [{"weight": 0}, {"weight": 100_000}, {"variation": 2, "weight": 0}]}}}}})))
            .then(delete(format!("{CONFIGS}/chat/variations/slow")))
            .then(get(format!("{CONFIGS}/chat/targeting")).shaped(json!({"environments": {"test": {"fallthrough": {"rollout": {"variations": [{"weight": 0}, {"weight": 100_000}]}}}}}))),
        row("AI Configs: SDKs learn the mode of an agent").then(post(CONFIGS, json!({"key": "agent", "name": "Agent", "mode": "agent",
                "defaultVariation": {"key": "v", "name": "V", "instructions": "Help."}})).gives(201))
            .then(get(format!("{CONFIGS}/agent/targeting")).shaped(json!({"variations": [{}, {"value": {"instructions": "Help.", "_ldMeta": {"enabled": true, "mode": "agent", "variationKey": "v"}}}]}))),
        row("AI Configs: SDKs learn what a judge measures").then(post(CONFIGS, json!({"key": "judge", "name": "Judge", "mode": "judge", "evaluationMetricKey": "quality",
                "defaultVariation": {"key": "v", "name": "V", "judgeConfiguration": {"judges": []}}})).gives(201).shaped(json!({"evaluationMetricKey": "quality"})))
            .then(get(format!("{CONFIGS}/judge/targeting")).shaped(json!({"variations": [{}, {"value": {
                "evaluationMetricKey": "quality", "judgeConfiguration": {"judges": []}, "_ldMeta": {"mode": "judge"}}}]}))),
        config("AI Configs: a filter by tags and by text").then(post(CONFIGS, json!({"key": "other", "name": "Other", "tags": ["t", "u"]})).gives(201))
            .then(get(format!("{CONFIGS}?filter=query:OTHE,tags:t%2Bu")).shaped(json!({"totalCount": 1, "items": [{"key": "other"}]})))
            .then(get(format!("{CONFIGS}?filter=tags:t%2Bv")).shaped(json!({"totalCount": 0, "items": []}))),
        config("AI Configs: a rule by index").then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("a")}])).shaped(json!({"environments": {"test": {"rules": [{"variation": 1}]}}}))),
        config("AI Configs: each addRule adds one").then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("a")}]))).then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("a")}])).shaped(json!({"environments": {"test": {"rules": [{}, {}]}}}))),
        config("AI Configs: replaceRules owns the list").then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("a")}, {"kind": "replaceRules", "rules": [{"variationId": "{/variations/1/_id}", "description": "beta", "clauses": asks("a")}]}]))
            .shaped(json!({"environments": {"test": {"rules": [{"description": "beta"}]}}}))),
        config("AI Configs: the fallthrough turns one on").then(config_patch(json!([{"kind": "updateFallthroughVariationOrRollout", "variationId": "{/variations/1/_id}"}])).shaped(json!({"environments": {"test": {"fallthrough": {"variation": 1}}}}))),
        config("AI Configs: an unknown segment is 400").then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("foo")}])).refused(400, "invalid_request")),
        config("AI Configs: environmentKey is required").then(patch(format!("{CONFIGS}/chat/targeting"), json!({"instructions": []})).refused(400, "invalid_request")),
        config("AI Configs: a variation has all its versions").then(get(format!("{CONFIGS}/chat/variations/fast")).shaped(json!({"totalCount": 1, "items": [{"key": "fast"}]}))),
        config("AI Configs: a list").then(get(CONFIGS).shaped(json!({"totalCount": 1, "items": [{"key": "chat", "variations": [{"key": "fast"}]}]}))),
        config("AI Configs: pages").then(post(CONFIGS, json!({"key": "other", "name": "Other"})).gives(201))
            .then(get(format!("{CONFIGS}?limit=1&offset=1")).shaped(json!({"totalCount": 2, "items": [{"key": "other"}]}))),
        config("patchAIConfig: changes what it names").then(patch(format!("{CONFIGS}/chat"), json!({"description": "why", "tags": ["t"]}))
            .shaped(json!({"name": "Chat", "description": "why", "tags": ["t"], "variations": [{"key": "fast"}]}))),
        config("patchAIConfig: a name is not empty").then(patch(format!("{CONFIGS}/chat"), json!({"name": ""})).refused(400, "invalid_request")),
        config("patchAIConfigVariation: makes a new version").then(patch(format!("{CONFIGS}/chat/variations/fast"), json!({"messages": [{"role": "system", "content": "Be brief"}]}))
                .shaped(json!({"key": "fast", "version": 2, "model": {"modelName": "m"}, "messages": [{"role": "system"}]})))
            .then(get(format!("{CONFIGS}/chat/variations/fast")).shaped(json!({"totalCount": 2, "items": [{"version": 1}, {"version": 2}]})))
            .then(get(format!("{CONFIGS}/chat")).shaped(json!({"variations": [{"key": "fast", "version": 2}]})))
            .then(get(format!("{CONFIGS}/chat/targeting")).shaped(json!({"variations": [{}, {"value": {"_ldMeta": {"variationKey": "fast", "version": 2}, "messages": [{}]}}]}))),
        config("patchAIConfigVariation: an unknown one is 404").then(patch(format!("{CONFIGS}/chat/variations/none"), json!({})).refused(404, "not_found")),
        config("deleteAIConfigVariation: deleted").then(delete(format!("{CONFIGS}/chat/variations/fast"))).then(get(format!("{CONFIGS}/chat/variations/fast")).refused(404, "not_found"))
            .then(get(format!("{CONFIGS}/chat/targeting")).shaped(json!({"variations": [{"name": "disabled"}]}))),
        config("deleteAIConfigVariation: one that is served stays").then(config_patch(json!([{"kind": "updateFallthroughVariationOrRollout", "variationId": "{/variations/1/_id}"}])))
            .then(delete(format!("{CONFIGS}/chat/variations/fast")).refused(400, "invalid_request")),
        config("AI Configs: a key that a flag has is taken").then(post("/api/v2/flags/default", json!({"key": "chat", "name": "C"})).refused(409, "key_exists")),
        config("deleteSegment: strictly, an AI Config that targets it keeps it").behavior(|behavior| behavior.refuse_delete_in_use = true)
            .then(config_patch(json!([{"kind": "addRule", "variation": 1, "clauses": asks("a")}]))).then(delete(format!("{SEGMENTS}/a")).refused(409, "conflict")),
        config("updateDefaultVariation: by value").then(config_patch(json!([{"kind": "updateDefaultVariation", "OnVariationValue": {"_ldMeta": {"enabled": true, "variationKey": "fast", "version": 1}, "model": {"modelName": "m", "name": "m"}}}]))
            .shaped(json!({"defaults": {"onVariation": 1, "offVariation": 0}}))),
        config("updateDefaultVariation: an unknown value is 400").then(config_patch(json!([{"kind": "updateDefaultVariation", "onVariationValue": "none"}])).refused(400, "invalid_request")),
        config("addTargets: contexts are served a variation").then(config_patch(json!([{"kind": "addTargets", "variationId": "{/variations/1/_id}", "values": ["u"]}, {"kind": "addTargets", "variationId": "{/variations/1/_id}", "contextKind": "org", "values": ["o"]}]))
            .shaped(json!({"environments": {"test": {"targets": [{"values": ["u"], "variation": 1}], "contextTargets": [{"contextKind": "org", "values": ["o"], "variation": 1}]}}}))),
        config("addTargets: a context that is served another variation is 400").then(config_patch(json!([{"kind": "addTargets", "variationId": "{/variations/1/_id}", "values": ["u"]}, {"kind": "addTargets", "variationId": "{/variations/0/_id}", "values": ["u"]}])).refused(400, "invalid_request")),
        config("removeTargets: removes").then(config_patch(json!([{"kind": "addTargets", "variationId": "{/variations/1/_id}", "values": ["u", "v"]}, {"kind": "removeTargets", "variationId": "{/variations/1/_id}", "values": ["u", "nobody"]}]))
            .shaped(json!({"environments": {"test": {"targets": [{"values": ["v"]}]}}}))),
        config("replaceTargets: owns the list").then(config_patch(json!([{"kind": "addTargets", "variationId": "{/variations/1/_id}", "values": ["u"]}, {"kind": "replaceTargets", "targets": [{"variationId": "{/variations/0/_id}", "values": ["u"]}]}]))
            .shaped(json!({"environments": {"test": {"targets": [{"values": ["u"], "variation": 0}]}}}))),
        config("clearTargets: of one variation").then(config_patch(json!([{"kind": "addTargets", "variationId": "{/variations/1/_id}", "values": ["u"]}, {"kind": "addTargets", "variationId": "{/variations/0/_id}", "values": ["v"]}, {"kind": "clearTargets", "variationId": "{/variations/1/_id}"}]))
            .shaped(json!({"environments": {"test": {"targets": [{"values": ["v"], "variation": 0}]}}}))),
        config("AI Configs: a rule before another").then(config_patch(json!([{"kind": "addRule", "variation": 1, "description": "first", "clauses": asks("a")}])))
            .then(config_patch(json!([{"kind": "addRule", "variation": 1, "description": "second", "beforeRuleId": "{/environments/test/rules/0/_id}", "clauses": asks("a")}]))
                .shaped(json!({"environments": {"test": {"rules": [{"description": "second"}, {"description": "first"}]}}}))),
        config("AI Configs: weights add up").then(config_patch(json!([{"kind": "addRule", "rolloutWeights": {"{/variations/1/_id}": 99_999}, "clauses": asks("a")}])).refused(400, "invalid_request")),
        config("AI Configs: the switches of events").then(config_patch(json!([{"kind": "updateTrackEvents", "trackEvents": true}, {"kind": "updateTrackEventsFallthrough", "trackEvents": true}]))
            .shaped(json!({"environments": {"test": {"trackEvents": true, "trackEventsFallthrough": true}}}))),
        config("AI Configs: there is no turnTargetingOn").then(config_patch(json!([{"kind": "turnTargetingOn"}])).refused(400, "invalid_request")),
        config("AI Configs: deleted").then(delete(format!("{CONFIGS}/chat"))).then(get(format!("{CONFIGS}/chat")).refused(404, "not_found")),
    ]
}
