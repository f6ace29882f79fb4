//! `eval` and `count`.

use std::fmt::Write;

use serde_json::json;

use crate::support::{Folder, TWO};

const ANN: &str = r#"{"kind":"user","key":"ann","email":"ann@company.com"}"#;

#[test]
fn answers_as_json_have_the_promised_form() {
    let folder = Folder::new("eval-json");
    folder.write("segments.toml", TWO);
    folder.write("ann.json", ANN);
    let words = "eval --definitions segments.toml --format json --context";
    let from_file = folder.run(&format!("{words} ann.json")).with(0);
    let from_input = folder.run_with_input(&format!("{words} -"), ANN).with(0);
    let as_it_is = folder.run(&format!("{words} {ANN}")).with(0);
    let answer = from_file.json();
    assert_eq!(
        answer,
        json!({"memberships": [
            {"key": "staff", "member": true, "reason": "in the segment: rule 1 holds"},
            {"key": "testers", "member": null, "reason": "unknown: rule 1 of `testers` takes a percentage, which depends on the segment's salt; load it from the data for SDKs"},
        ]})
    );
    assert_eq!(from_input.json(), answer);
    assert_eq!(as_it_is.json(), answer);
}

#[test]
fn the_services_own_json_is_read_in_every_form() {
    let folder = Folder::new("eval-wire");
    let rest = json!({"key": "a", "name": "A", "tags": [], "included": [], "excluded": [], "version": 1,
        "rules": [{"_id": "r", "clauses": [{"attribute": "plan", "contextKind": "org", "op": "in", "values": ["pro"]}]}]});
    let sdk = json!({"key": "a", "salt": "s", "version": 1,
        "includedContexts": [{"contextKind": "org", "values": ["o-1"]}]});
    let multi =
        json!({"kind": "multi", "user": {"key": "u"}, "org": {"key": "o-1", "plan": "pro"}});
    folder.write("multi.json", &multi.to_string());
    for definitions in [
        rest.clone(),
        sdk.clone(),
        json!([rest]),
        json!({"items": [rest]}),
        json!({"a": sdk}),
        json!({"flags": {}, "segments": {"a": sdk}}),
    ] {
        folder.write("definitions.json", &definitions.to_string());
        let ended = folder
            .run("eval --definitions definitions.json --context multi.json --format json")
            .with(0);
        let membership = &ended.json()["memberships"][0];
        assert_eq!(membership["key"], "a");
        assert_eq!(membership["member"], true, "{definitions}");
    }
}

#[test]
fn segments_that_ask_each_other_in_a_circle_are_null() {
    let folder = Folder::new("eval-cycle");
    let asks = |key: &str, other: &str| json!({"key": key, "rules": [{"clauses": [{"attribute": "", "op": "segmentMatch", "values": [other]}]}]});
    folder.write(
        "two.json",
        &json!([asks("a", "b"), asks("b", "a")]).to_string(),
    );
    folder.write("ann.json", ANN);
    let json = folder
        .run("eval --definitions two.json --context ann.json --format json")
        .with(0)
        .json();
    for membership in json["memberships"].as_array().unwrap() {
        assert!(membership["member"].is_null(), "{json}");
        assert!(
            membership["reason"].as_str().unwrap().contains("circle"),
            "{json}"
        );
    }
}

#[test]
fn people_see_how_an_answer_comes_about() {
    let folder = Folder::new("eval-human");
    folder.write("segments.toml", TWO);
    folder.write("ann.json", ANN);
    assert_eq!(
        folder.run("eval staff --context ann.json").with(0).data,
        "`staff`: in the segment: rule 1 holds
└ ✓ rule 1
  └ ✓ user email ends with \"@company.com\": it is \"ann@company.com\"
"
    );
    let ended = folder.run("eval stuff --context ann.json").with(3);
    assert!(ended.messages.contains("did you mean `staff`"), "{ended:?}");
    folder.write("ann.json", "{\"kind\":\"user\"}");
    folder.run("eval --context ann.json").with(3);
}

#[test]
fn members_are_counted_and_lines_that_are_no_contexts_are_told() {
    let folder = Folder::new("count");
    folder.write("segments.toml", TWO);
    let mut lines = String::new();
    for n in 0..100 {
        let host = if n % 4 == 0 { "company.com" } else { "x.io" };
        writeln!(
            lines,
            r#"{{"kind":"user","key":"u-{n}","email":"{n}@{host}"}}"#
        )
        .unwrap();
    }
    folder.write("contexts.ndjson", &lines);
    let json = folder
        .run("count contexts.ndjson --format json")
        .with(0)
        .json();
    assert_eq!(
        json,
        json!({"contexts": 100, "refused": 0, "segments": [
            {"segment": "staff", "members": 25, "unknown": 0},
            {"segment": "testers", "members": 0, "unknown": 25},
        ]})
    );
    let ended = folder.run_with_input("count -", &(lines + "{}\n")).with(1);
    assert_eq!(
        ended.data,
        "100 contexts
staff           25  25.0% ██████████
testers          0   0.0% , of 25 it cannot be told
"
    );
    assert!(ended.messages.contains("line 101"), "{ended:?}");
}
