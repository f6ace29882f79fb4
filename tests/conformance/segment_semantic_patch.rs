//! *patchSegment* with a semantic patch.

use serde_json::{Value as Json, json};

use crate::row::{Row, SEGMENTS, SEMANTIC, get, patch, row, semantic};

fn keys(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("k-{index}")).collect()
}

/// A segment `a` with two rules, `first` and `second`; the answer of the patch that made them is
/// what `{/rules/…}` refers to.
fn two_rules(name: &'static str) -> Row {
    row(name).segment("a").then(semantic(
        "a",
        json!([
            {"kind": "addRule", "description": "first", "clauses": [
                {"attribute": "plan", "op": "in", "values": ["free", "pro"]},
                {"attribute": "country", "op": "in", "values": ["de"]}]},
            {"kind": "addRule", "description": "second", "weight": 25000, "clauses": [
                {"attribute": "plan", "op": "in", "values": ["team"]}]},
        ]),
    ))
}

fn refused(name: &'static str, instructions: Json) -> Row {
    row(name)
        .full_segment("a")
        .then(semantic("a", instructions).refused(400, "invalid_request"))
        .then(get(format!("{SEGMENTS}/a")).shaped(json!({"version": 2})))
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("semantic patch: answers with the changed segment").segment("a")
            .then(semantic("a", json!([{"kind": "updateName", "value": "New"}]))
                .shaped(json!({"key": "a", "name": "New", "version": 2, "lastModifiedDate": "<milliseconds>", "_flags": "<absent>"}))),
        row("semantic patch: one patch is one version").segment("a")
            .then(semantic("a", json!([{"kind": "updateName", "value": "New"}, {"kind": "addTags", "values": ["t"]}]))
                .shaped(json!({"version": 2, "tags": ["t"]}))),
        row("semantic patch: what is already so changes nothing").full_segment("a")
            .then(semantic("a", json!([
                {"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-1"]},
                {"kind": "removeExcludedTargets", "contextKind": "user", "values": ["nobody"]},
                {"kind": "removeTags", "values": ["none"]}]))
                .shaped(json!({"version": 2, "included": ["u-1", "u-2"]}))),
        row("semantic patch: no instructions change nothing").segment("a")
            .then(semantic("a", json!([])).shaped(json!({"version": 1}))),
        row("semantic patch: one wrong instruction and nothing is saved").segment("a")
            .then(semantic("a", json!([{"kind": "updateName", "value": "New"}, {"kind": "addClauses", "ruleId": "none", "clauses": []}]))
                .refused(400, "invalid_request"))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"name": "Segment a", "version": 1}))),
        row("semantic patch: a dry run shows the change and saves nothing").segment("a")
            .then(patch(format!("{SEGMENTS}/a?dryRun=true"), json!({"environmentKey": "test", "instructions": [{"kind": "updateName", "value": "New"}]}))
                .header("Content-Type", SEMANTIC).shaped(json!({"name": "New", "version": 2})))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"name": "Segment a", "version": 1}))),
        row("semantic patch: a dry run finds what is wrong").segment("a")
            .then(patch(format!("{SEGMENTS}/a?dryRun=true"), json!({"environmentKey": "test", "instructions": [{"kind": "updateName", "value": ""}]}))
                .header("Content-Type", SEMANTIC).refused(400, "invalid_request")),
        row("semantic patch: the preview may keep the version").behavior(|behavior| behavior.dry_run_bumps_version = false).segment("a")
            .then(patch(format!("{SEGMENTS}/a?dryRun=true"), json!({"environmentKey": "test", "instructions": [{"kind": "updateName", "value": "New"}]}))
                .header("Content-Type", SEMANTIC).shaped(json!({"name": "New", "version": 1}))),
        row("semantic patch: instructions without the media type are 400").segment("a")
            .then(patch(format!("{SEGMENTS}/a"), json!({"environmentKey": "test", "instructions": []})).refused(400, "invalid_request")),
        row("semantic patch: the parameter may stand anywhere in the media type").segment("a")
            .then(patch(format!("{SEGMENTS}/a"), json!({"environmentKey": "test", "instructions": []}))
                .header("Content-Type", "application/json; charset=utf-8; Domain-Model=\"launchdarkly.semanticpatch\"").gives(200)),
        row("semantic patch: environmentKey is required").segment("a")
            .then(patch(format!("{SEGMENTS}/a"), json!({"instructions": []})).header("Content-Type", SEMANTIC).refused(400, "invalid_request")),
        row("semantic patch: environmentKey may be left out where that is switched on").behavior(|behavior| behavior.require_environment_key = false).segment("a")
            .then(patch(format!("{SEGMENTS}/a"), json!({"instructions": []})).header("Content-Type", SEMANTIC).gives(200)),
        row("semantic patch: environmentKey is that of the path").segment("a")
            .then(patch(format!("{SEGMENTS}/a"), json!({"environmentKey": "production", "instructions": []})).header("Content-Type", SEMANTIC).refused(400, "invalid_request")),
        row("semantic patch: a comment is taken").segment("a")
            .then(patch(format!("{SEGMENTS}/a"), json!({"environmentKey": "test", "comment": "why", "instructions": []})).header("Content-Type", SEMANTIC).gives(200)),
        row("semantic patch: an unknown segment is 404").then(semantic("nobody", json!([])).refused(404, "not_found")),
        refused("semantic patch: an unknown instruction is 400", json!([{"kind": "updateDescription", "value": "why"}])),
        refused("semantic patch: an instruction without a kind is 400", json!([{"values": ["t"]}])),
        refused("semantic patch: an instruction without its values is 400", json!([{"kind": "addTags"}])),
        refused("semantic patch: values of the wrong type are 400", json!([{"kind": "addTags", "values": "t"}])),

        row("addTags: appends those that are new").segment("a")
            .then(semantic("a", json!([{"kind": "addTags", "values": ["t", "u"]}])))
            .then(semantic("a", json!([{"kind": "addTags", "values": ["u", "v"]}])).shaped(json!({"tags": ["t", "u", "v"], "version": 3}))),
        row("removeTags: removes").segment("a")
            .then(semantic("a", json!([{"kind": "addTags", "values": ["t", "u"]}, {"kind": "removeTags", "values": ["t"]}])).shaped(json!({"tags": ["u"]}))),
        refused("addTags: a tag is no sentence", json!([{"kind": "addTags", "values": ["two words"]}])),
        refused("updateName: a name is not empty", json!([{"kind": "updateName", "value": ""}])),

        row("addIncludedTargets: users go to the list of users").segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u"]}]))
                .shaped(json!({"included": ["u"], "includedContexts": []}))),
        row("addIncludedTargets: the kind is user unless it says").segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "values": ["u"]}])).shaped(json!({"included": ["u"]}))),
        row("addIncludedTargets: other kinds go to the list of contexts").segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "contextKind": "org", "values": ["o"]}, {"kind": "addIncludedTargets", "contextKind": "device", "values": ["d"]}]))
                .shaped(json!({"included": [], "includedContexts": [{"contextKind": "org", "values": ["o"]}, {"contextKind": "device", "values": ["d"]}]}))),
        row("addIncludedTargets: order is kept").full_segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "values": ["u-0", "u-2", "u-3"]}])).shaped(json!({"included": ["u-1", "u-2", "u-0", "u-3"]}))),
        row("removeIncludedTargets: removes, and a kind without keys goes").full_segment("a")
            .then(semantic("a", json!([{"kind": "removeIncludedTargets", "contextKind": "org", "values": ["o-1"]}, {"kind": "removeIncludedTargets", "values": ["u-1"]}]))
                .shaped(json!({"included": ["u-2"], "includedContexts": []}))),
        row("addExcludedTargets: excludes contexts").segment("a")
            .then(semantic("a", json!([{"kind": "addExcludedTargets", "contextKind": "org", "values": ["o"]}]))
                .shaped(json!({"excludedContexts": [{"contextKind": "org", "values": ["o"]}]}))),
        row("removeExcludedTargets: removes").full_segment("a")
            .then(semantic("a", json!([{"kind": "removeExcludedTargets", "values": ["u-9"]}])).shaped(json!({"excluded": []}))),
        row("addIncludedUsers: the older form means users").segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedUsers", "values": ["u"]}, {"kind": "addExcludedUsers", "values": ["v"]}])).shaped(json!({"included": ["u"], "excluded": ["v"]}))),
        row("removeIncludedUsers: the older form removes users").full_segment("a")
            .then(semantic("a", json!([{"kind": "removeIncludedUsers", "values": ["u-1", "u-2"]}, {"kind": "removeExcludedUsers", "values": ["u-9"]}])).shaped(json!({"included": [], "excluded": []}))),
        refused("addIncludedTargets: a key that is excluded is 400", json!([{"kind": "addIncludedTargets", "values": ["u-9"]}])),
        refused("addExcludedTargets: a key that is included is 400", json!([{"kind": "addExcludedTargets", "values": ["u-1"]}])),
        row("addExcludedTargets: a key moves when it is removed first").full_segment("a")
            .then(semantic("a", json!([{"kind": "removeIncludedTargets", "values": ["u-1"]}, {"kind": "addExcludedTargets", "values": ["u-1"]}])).shaped(json!({"included": ["u-2"], "excluded": ["u-9", "u-1"]}))),
        row("addExcludedTargets: the same key of another kind is another context").full_segment("a")
            .then(semantic("a", json!([{"kind": "addExcludedTargets", "contextKind": "org", "values": ["u-1"]}])).gives(200)),
        row("target operations: 1500 in one patch are accepted").segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "values": keys(1500)}])).gives(200)),
        row("target operations: 1501 in one patch are 400").segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "values": keys(1000)}, {"kind": "addIncludedTargets", "contextKind": "org", "values": keys(501)}])).refused(400, "invalid_request"))
            .then(get(format!("{SEGMENTS}/a")).shaped(json!({"version": 1}))),
        refused("context kinds: multi is no kind", json!([{"kind": "addIncludedTargets", "contextKind": "multi", "values": ["m"]}])),
        row("context kinds: unknown ones are accepted").segment("a")
            .then(semantic("a", json!([{"kind": "addIncludedTargets", "contextKind": "eanies", "values": ["e"]}])).gives(200)),

        row("addRule: rules and clauses get identifiers and defaults").segment("a")
            .then(semantic("a", json!([{"kind": "addRule", "clauses": [{"attribute": "email", "op": "endsWith", "values": ["@x.io"]}]}]))
                .shaped(json!({"rules": [{"_id": "<uuid>", "rolloutContextKind": "user", "weight": "<absent>", "bucketBy": "<absent>", "description": "<absent>",
                    "clauses": [{"_id": "<uuid>", "attribute": "email", "op": "endsWith", "values": ["@x.io"], "contextKind": "user", "negate": false}]}]}))),
        two_rules("addRule: appends").then(semantic("a", json!([{"kind": "addRule", "description": "third", "clauses": []}]))
            .shaped(json!({"rules": [{"description": "first"}, {"description": "second"}, {"description": "third"}]}))),
        row("addRule: takes a percentage").segment("a")
            .then(semantic("a", json!([{"kind": "addRule", "weight": 30000, "rolloutContextKind": "org", "clauses": []}])).shaped(json!({"rules": [{"weight": 30000, "rolloutContextKind": "org"}]}))),
        row("addRule: weight 0 is kept").segment("a")
            .then(semantic("a", json!([{"kind": "addRule", "weight": 0, "clauses": []}])).shaped(json!({"rules": [{"weight": 0}]}))),
        row("addRule: values keep their types").segment("a")
            .then(semantic("a", json!([{"kind": "addRule", "clauses": [{"attribute": "x", "op": "in", "values": ["1", 1, 1.5, true]}]}])).shaped(json!({"rules": [{"clauses": [{"values": ["1", 1, 1.5, true]}]}]}))),
        refused("addRule: weight is at most 100000", json!([{"kind": "addRule", "weight": 100_001, "clauses": []}])),
        refused("addRule: weight is not negative", json!([{"kind": "addRule", "weight": -1, "clauses": []}])),
        refused("addRule: an unknown operator is 400", json!([{"kind": "addRule", "clauses": [{"attribute": "x", "op": "equals", "values": [1]}]}])),
        refused("addRule: operators are told apart by case", json!([{"kind": "addRule", "clauses": [{"attribute": "x", "op": "endswith", "values": ["a"]}]}])),
        row("addRule: an unknown operator passes where that is switched on").behavior(|behavior| behavior.refuse_unknown_operators = false).segment("a")
            .then(semantic("a", json!([{"kind": "addRule", "clauses": [{"attribute": "x", "op": "equals", "values": [1]}]}])).gives(200)),
        row("addRule: an unknown segment is named").segment("a")
            .then(semantic("a", json!([{"kind": "addRule", "clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["foo"]}]}]))
                .refused_saying(400, "invalid_request", "unknown segment \"foo\"")),
        row("addRule: a known segment is accepted").segment("a").segment("b")
            .then(semantic("a", json!([{"kind": "addRule", "clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["b"]}]}])).gives(200)),
        row("addRule: a cycle is accepted").segment("a")
            .then(semantic("a", json!([{"kind": "addRule", "clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["a"]}]}])).gives(200)),
        row("addRule: strictly, a cycle is 400").behavior(|behavior| behavior.refuse_cycles = true).segment("a").segment("b")
            .then(semantic("a", json!([{"kind": "addRule", "clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["b"]}]}])).gives(200))
            .then(semantic("b", json!([{"kind": "addRule", "clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["a"]}]}])).refused(400, "invalid_request")),

        two_rules("removeRule: removes").then(semantic("a", json!([{"kind": "removeRule", "ruleId": "{/rules/0/_id}"}])).shaped(json!({"rules": [{"description": "second"}]}))),
        row("removeRule: an unknown rule is no error").segment("a").then(semantic("a", json!([{"kind": "removeRule", "ruleId": "none"}])).shaped(json!({"version": 1}))),
        two_rules("addClauses: appends").then(semantic("a", json!([{"kind": "addClauses", "ruleId": "{/rules/1/_id}", "clauses": [{"attribute": "x", "op": "in", "values": [1]}]}]))
            .shaped(json!({"rules": [{}, {"clauses": [{"attribute": "plan"}, {"_id": "<uuid>", "attribute": "x", "contextKind": "user"}]}]}))),
        two_rules("removeClauses: removes").then(semantic("a", json!([{"kind": "removeClauses", "ruleId": "{/rules/0/_id}", "clauseIds": ["{/rules/0/clauses/0/_id}"]}]))
            .shaped(json!({"rules": [{"clauses": [{"attribute": "country"}]}, {}]}))),
        two_rules("updateClause: replaces the clause").then(semantic("a", json!([{"kind": "updateClause", "ruleId": "{/rules/0/_id}", "clauseId": "{/rules/0/clauses/0/_id}", "clause": {"attribute": "age", "op": "lessThan", "values": [3], "negate": true}}]))
            .shaped(json!({"rules": [{"clauses": [{"_id": "<uuid>", "attribute": "age", "op": "lessThan", "values": [3], "negate": true, "contextKind": "user"}, {"attribute": "country"}]}, {}]}))),
        two_rules("addValuesToClause: appends those that are new").then(semantic("a", json!([{"kind": "addValuesToClause", "ruleId": "{/rules/0/_id}", "clauseId": "{/rules/0/clauses/0/_id}", "values": ["pro", "team"]}]))
            .shaped(json!({"rules": [{"clauses": [{"values": ["free", "pro", "team"]}, {}]}, {}]}))),
        two_rules("removeValuesFromClause: removes").then(semantic("a", json!([{"kind": "removeValuesFromClause", "ruleId": "{/rules/0/_id}", "clauseId": "{/rules/0/clauses/0/_id}", "values": ["free"]}]))
            .shaped(json!({"rules": [{"clauses": [{"values": ["pro"]}, {}]}, {}]}))),
        two_rules("addClauses: an unknown rule is 400").then(semantic("a", json!([{"kind": "addClauses", "ruleId": "none", "clauses": []}])).refused(400, "invalid_request")),
        two_rules("updateClause: an unknown clause is 400").then(semantic("a", json!([{"kind": "updateClause", "ruleId": "{/rules/0/_id}", "clauseId": "none", "clause": {"attribute": "a", "op": "in", "values": [1]}}])).refused(400, "invalid_request")),
        two_rules("reorderRules: reorders, and identifiers stay").then(semantic("a", json!([{"kind": "reorderRules", "ruleIds": ["{/rules/1/_id}", "{/rules/0/_id}"]}])).shaped(json!({"rules": [{"description": "second"}, {"description": "first"}]}))),
        two_rules("reorderRules: names every rule").then(semantic("a", json!([{"kind": "reorderRules", "ruleIds": ["{/rules/1/_id}"]}])).refused(400, "invalid_request")),
        two_rules("reorderRules: names no rule twice").then(semantic("a", json!([{"kind": "reorderRules", "ruleIds": ["{/rules/1/_id}", "{/rules/1/_id}"]}])).refused(400, "invalid_request")),
        two_rules("updateRuleDescription: changes it").then(semantic("a", json!([{"kind": "updateRuleDescription", "ruleId": "{/rules/0/_id}", "description": "new"}])).shaped(json!({"rules": [{"description": "new"}, {}]}))),
        two_rules("updateRuleRolloutAndContextKind: changes the percentage").then(semantic("a", json!([{"kind": "updateRuleRolloutAndContextKind", "ruleId": "{/rules/1/_id}", "weight": 20000, "contextKind": "org"}])).shaped(json!({"rules": [{}, {"weight": 20000, "rolloutContextKind": "org"}]}))),
        two_rules("updateRuleRolloutAndContextKind: a rule without a percentage is 400").then(semantic("a", json!([{"kind": "updateRuleRolloutAndContextKind", "ruleId": "{/rules/0/_id}", "weight": 20000}])).refused(400, "invalid_request")),
        refused("addBigSegmentIncludedTargets: a standard segment is 400", json!([{"kind": "addBigSegmentIncludedTargets", "values": ["u"]}])),
    ]
}
