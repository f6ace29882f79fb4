//! `eval` and `count`.

use std::fmt::Write;

use segments_emulator::Emulator;
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
            membership["reason"].as_str().unwrap().contains("cycle"),
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
testers          0   0.0% , unknown for 25
"
    );
    assert!(ended.messages.contains("line 101"), "{ended:?}");
}

/// Staff are others in staging, and so are those who are served `careful`.
const ENVIRONMENTS: &str = r#"
[contexts.user.attributes]
email = "string"

[segments.staff]
description = "People who work here"
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]

[segments.staff.environments.staging]
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@test.com"] }] }]

[ai_configs.assistant]
variations = ["fast", "careful"]
fallthrough = "fast"
rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"] }], serve = "careful" }]

[flags.banner]
variations = ["on", "off"]
targets = [{ serve = "on", keys = ["ann"] }]
fallthrough = "off"
"#;

#[test]
fn the_definitions_of_the_environment_that_is_named_answer() {
    let folder = Folder::new("eval-environments");
    folder.write("segments.toml", ENVIRONMENTS);
    folder.write("ann.json", ANN);
    folder.write("all.ndjson", ANN);
    let answers = |words: &str| {
        let ended = folder
            .run(&format!("eval --context ann.json --format json {words}"))
            .with(0);
        let json = ended.json();
        (
            json["memberships"][0]["member"].clone(),
            json["variations"][0]["variation"].clone(),
        )
    };
    let count = |words: &str| {
        let ended = folder
            .run(&format!("count all.ndjson --format json {words}"))
            .with(0);
        ended.json()["segments"][0]["members"].clone()
    };
    let (everywhere, staging) = (
        (json!(true), json!("careful")),
        (json!(false), json!("fast")),
    );
    for (words, expected) in [
        ("", &everywhere),
        ("-e production", &everywhere),
        ("--environment staging", &staging),
    ] {
        assert_eq!(answers(words), *expected, "{words}");
        assert_eq!(count(words) == 1, expected.0 == true, "{words}");
    }
    let said = "declarations for all environments except `staging`";
    for words in ["eval --context ann.json", "count all.ndjson"] {
        let ended = folder.run(words).with(0);
        assert!(ended.messages.contains(said), "{ended:?}");
        let ended = folder.run(&format!("{words} -e staging")).with(0);
        assert!(!ended.messages.contains(said), "{ended:?}");
        for several in ["-e staging -e production", "-e all"] {
            let ended = folder.run(&format!("{words} {several}")).with(2);
            assert!(ended.messages.contains("one environment"), "{ended:?}");
        }
        folder.run(&format!("{words} -e no%key")).with(3);
    }
    // The one that a manifest names, too.
    let manifest = "[package]\nname = \"x\"\n[package.metadata.segments]\nenvironments = ";
    folder.write("Cargo.toml", &format!("{manifest}[\"staging\"]\n"));
    assert_eq!(answers(""), staging);
    folder.write(
        "Cargo.toml",
        &format!("{manifest}[\"staging\", \"test\"]\n"),
    );
    assert_eq!(answers(""), everywhere);
}

#[test]
fn what_launchdarkly_says_is_compared_with_the_same_environment() {
    let (folder, emulator) = (
        Folder::new("eval-live-environment"),
        Emulator::builder()
            .environment("default", "staging")
            .start_blocking()
            .unwrap(),
    );
    let segments = ENVIRONMENTS.split("[ai_configs").next().unwrap();
    folder.write("segments.toml", segments);
    folder.write("ann.json", ANN);
    folder.run_at(&emulator, "apply --yes -e staging").with(0);
    let words = "eval --live --context ann.json";
    let ended = folder
        .run_at(&emulator, &format!("{words} -e staging"))
        .with(0);
    assert!(
        ended
            .messages
            .contains("LaunchDarkly's answers are the same"),
        "{ended:?}"
    );
    // Production has no such segment yet, and its definition says that Ann is in it.
    let ended = folder.run_at(&emulator, words).with(1);
    assert!(ended.data.contains("no such segment"), "{ended:?}");
}

#[test]
fn variations_are_answered_as_memberships_are() {
    let folder = Folder::new("eval-variations");
    folder.write("segments.toml", ENVIRONMENTS);
    folder.write("ann.json", ANN);
    let json = folder
        .run("eval --context ann.json --format json")
        .with(0)
        .json();
    assert_eq!(
        json,
        json!({
            "memberships": [{"key": "staff", "member": true, "reason": "in the segment: rule 1 holds"}],
            "variations": [
                {"resource": "ai-config", "key": "assistant", "variation": "careful", "reason": "careful: rule 1 holds"},
                {"resource": "flag", "key": "banner", "variation": "on", "reason": "on: the user is listed"},
            ],
        })
    );
    let ended = folder.run("eval --context ann.json assistant").with(0);
    assert_eq!(
        ended.data,
        "`assistant`: careful: rule 1 holds
└ ✓ rule 1 => careful
  └ ✓ is in segment \"staff\"
    └ `staff`: in the segment: rule 1 holds
      └ ✓ rule 1
        └ ✓ user email ends with \"@company.com\": it is \"ann@company.com\"
"
    );
    let split = ENVIRONMENTS.replace(
        "serve = \"careful\"",
        "serve = { fast = 50, careful = 50 }, bucket_context = \"user\"",
    );
    folder.write("segments.toml", &split);
    let ended = folder
        .run("eval --context ann.json --format json assistant")
        .with(0);
    let answer = &ended.json()["variations"][0];
    assert!(answer["variation"].is_null(), "{answer}");
    assert!(
        answer["reason"].as_str().unwrap().contains("salt"),
        "{answer}"
    );
    // In the order in which they are named.
    let ended = folder
        .run("eval --context ann.json banner assistant")
        .with(0);
    let places = ["`banner`: on", "`assistant`: "].map(|head| ended.data.find(head));
    assert!(places[0].is_some() && places[0] < places[1], "{ended:?}");
    let ended = folder.run("eval --context ann.json asistant").with(3);
    assert!(
        ended.messages.contains("did you mean `assistant`"),
        "{ended:?}"
    );
}

#[test]
fn what_is_unknown_here_agrees_with_nothing() {
    let (folder, emulator) = (
        Folder::new("eval-live-unknown"),
        Emulator::builder().start_blocking().unwrap(),
    );
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes").with(0);
    let words = "eval --live testers --context";
    let ann = r#"{"kind":"user","key":"ann","email":"ann@company.com"}"#;
    let ended = folder.run_at(&emulator, &format!("{words} {ann}")).with(7);
    assert!(ended.messages.contains("cannot be compared"), "{ended:?}");
    assert!(
        !ended
            .messages
            .contains("LaunchDarkly's answers are the same"),
        "{ended:?}"
    );
    let ended = folder
        .run_at(&emulator, &format!("{words} user:bob"))
        .with(0);
    assert!(
        ended
            .messages
            .contains("LaunchDarkly's answers are the same"),
        "{ended:?}"
    );
}

#[test]
fn a_context_is_named_by_its_kind_and_key_and_a_mistake_says_what_is_taken() {
    let folder = Folder::new("eval-context");
    folder.write("segments.toml", TWO);
    let ended = folder.run("eval staff --context user:user-123").with(0);
    assert!(ended.data.contains("included list"), "{ended:?}");
    let ended = folder.run("eval --context user-1").with(3);
    for said in [
        "there is no file `user-1`",
        "`user:user-1`",
        "standard input",
    ] {
        assert!(ended.messages.contains(said), "{ended:?}");
    }
}

#[test]
fn json_of_another_shape_is_refused_by_name() {
    let folder = Folder::new("eval-shapes");
    let segment = json!({"key": "a", "included": ["u"]});
    let data = json!({"flags": {"f": {"key": "f", "variations": [1]}}, "segments": {"a": segment}});
    for known in [
        json!({"LD-Env-5d8e": data}),
        json!({"LD-Env-5d8e": data.to_string()}),
        json!({"path": "/", "data": data}),
        json!({"launchdarkly:segments": {"a": segment.to_string()}, "launchdarkly:$inited": ""}),
    ] {
        folder.write("definitions.json", &known.to_string());
        let words = "eval --definitions definitions.json --context user:u --format json";
        let memberships = folder.run(words).with(0).json()["memberships"].clone();
        assert_eq!(memberships[0]["key"], "a", "{known}");
        assert_eq!(memberships[0]["member"], true, "{known}");
        assert_eq!(memberships.as_array().unwrap().len(), 1, "{known}");
    }
    for (other, says) in [
        (
            json!({"flags": {"f": {"key": "f"}}}),
            "flags and no `segments`",
        ),
        (
            json!({"LD-Env-1": data, "LD-Env-2": data}),
            "several environments",
        ),
        (json!({"kind": "user", "key": "u"}), "is a context"),
        (json!({"a": {"b": {}}}), "neither a segment"),
        (json!({"key": "f", "variations": []}), "is a flag"),
    ] {
        folder.write("definitions.json", &other.to_string());
        let ended = folder
            .run("eval --definitions definitions.json --context user:u")
            .with(3);
        assert!(ended.messages.contains(says), "{other}: {ended:?}");
    }
}

/// The same answer in whatever order segments are declared, and of whatever command.
#[test]
fn a_long_chain_has_one_answer() {
    let folder = Folder::new("eval-chain");
    let mut segments: Vec<String> = (0..300)
        .map(|n| {
            let clause = match n {
                299 => r#"{ attribute = "email", op = "endsWith", values = ["@company.com"] }"#
                    .to_owned(),
                n => format!(r#"{{ op = "segmentMatch", values = ["s{}"] }}"#, n + 1),
            };
            format!("[segments.s{n}]\nrules = [{{ clauses = [{clause}] }}]\n")
        })
        .collect();
    folder.write("ann.ndjson", ANN);
    for _ in 0..2 {
        let contexts = "[contexts.user.attributes]\nemail = \"string\"\n";
        folder.write("segments.toml", &format!("{contexts}{}", segments.concat()));
        let counted = folder.run("count ann.ndjson --format json").with(0).json();
        let tallies = counted["segments"].as_array().unwrap();
        assert!(
            tallies.iter().all(|tally| tally["members"] == 1),
            "{counted}"
        );
        let words = format!("eval --context {ANN} --format json");
        let answered = folder.run(&words).with(0).json();
        let memberships = answered["memberships"].as_array().unwrap();
        assert!(
            memberships.iter().all(|it| it["member"] == true),
            "{answered}"
        );
        segments.reverse();
    }
}

#[test]
fn definitions_with_two_keys_are_refused_and_empty_ones_say_what_they_are() {
    let folder = Folder::new("eval-odd");
    folder.write("two.json", r#"{"segments":{"a":{"key":"b"}}}"#);
    let ended = folder
        .run("eval --definitions two.json --context user:u-1")
        .with(3);
    assert!(
        ended.messages.contains("entry `a` holds segment `b`"),
        "{ended:?}"
    );
    for (json, form) in [
        ("[]", "a list of segments"),
        (
            r#"{"flags":{},"segments":{}}"#,
            "the data that SDKs receive",
        ),
        (
            r#"{"LD-Env-1":{"segments":{}}}"#,
            "the store of an edge SDK",
        ),
    ] {
        folder.write("empty.json", json);
        let ended = folder
            .run("eval --definitions empty.json --context user:u-1")
            .with(0);
        let says = format!("`empty.json` is {form}, and no segment is in it");
        assert!(ended.messages.contains(&says), "{ended:?}");
    }
}

#[test]
fn moments_are_shown_as_dates() {
    let folder = Folder::new("eval-dates");
    folder.write(
        "segments.toml",
        "[contexts.user.attributes]\ncreated = \"date\"\n[segments.new]\ndescription = \"d\"\n\
         rules = [{ clauses = [{ attribute = \"created\", op = \"after\", values = [\"2024-05-03T00:00:00Z\"] }] }]\n",
    );
    folder.write(
        "ann.json",
        r#"{"kind":"user","key":"ann","created":1704067200000}"#,
    );
    let shown = folder.run("eval new --context ann.json").with(0).data;
    assert!(shown.contains(": it is 2024-01-01T00:00:00Z"), "{shown}");
}

/// A device never ends, and no line of it either.
#[cfg(unix)]
#[test]
fn what_never_ends_is_refused() {
    let folder = Folder::new("count-endless");
    folder.write("segments.toml", TWO);
    for endless in ["/dev/zero", "/dev/urandom"] {
        let ended = folder.run(&format!("count {endless}")).with(3);
        assert!(ended.messages.contains(endless), "{ended:?}");
        assert!(
            ended.messages.contains("not a file that can be read"),
            "{ended:?}"
        );
    }
    folder.run("count /dev/null").with(0);
    let ended = folder.run("count .").with(3);
    assert!(ended.messages.contains("folder"), "{ended:?}");
}
