//! `list` and `show`: what LaunchDarkly has, in words.

use segments_emulator::{Emulator, Fault};

use crate::support::{Folder, TWO};

/// Two owners, a big segment, and something of each kind that asks `staff`.
pub(crate) const WORLD: &str = r#"{"projects": {"default": {
    "contextKinds": {"device": {"name": "Device"}, "org": {"name": "Organization"}},
    "environments": {"production": {"segments": [
        {"key": "staff", "name": "Staff", "description": "Those who work here", "version": 3,
            "tags": ["managed-by.shop", "people"], "included": ["canary-5d8e-1", "canary-5d8e-2"],
            "includedContexts": [{"contextKind": "org", "values": ["canary-5d8e-3"]}], "rules": [{"clauses": [
                {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@company.com"]}]}]},
        {"key": "testers", "name": "Testers", "tags": ["managed-by.growth"], "rules": [{"weight": 10000, "rolloutContextKind": "user",
            "clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]},
        {"key": "paying", "name": "Paying", "unbounded": true, "unboundedContextKind": "user"}]}},
    "flags": [{"key": "new-page", "name": "New page", "instructions": {"production": [{"kind": "turnFlagOn"},
        {"kind": "addRule", "variation": 0, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}],
    "aiConfigs": [{"key": "assistant", "name": "Assistant",
        "variations": [{"key": "fast", "name": "Fast"}, {"key": "careful", "name": "Careful"}],
        "instructions": {"production": [{"kind": "addRule", "variation": 2, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}]
}}}"#;

fn filled() -> Emulator {
    let emulator = Emulator::builder().start_blocking().unwrap();
    emulator.fill(WORLD).unwrap();
    emulator
}

#[test]
fn segments_are_listed_by_owner_and_tag_and_no_member_is_named() {
    let (folder, emulator) = (Folder::new("list"), filled());
    let all = folder.run_at(&emulator, "list").with(0);
    let mut lines = all.data.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("KEY      OWNER   VERSION  CHANGED "),
        "{all:?}"
    );
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows.len(), 3);
    assert!(
        rows[0].starts_with("paying   nobody  1") && rows[0].ends_with("  big"),
        "{rows:?}"
    );
    assert!(
        rows[1].starts_with("staff    shop    3") && rows[1].ends_with("  1 rule, includes 3"),
        "{rows:?}"
    );
    assert_eq!(all.messages, "default/production: 3 segments\n");
    assert!(!all.data.contains("5d8e"));
    let listed = |words: &str| folder.run_at(&emulator, words).with(0);
    assert_eq!(listed("list --owner shop").data.lines().count(), 2);
    assert_eq!(
        listed("list --tag people --tag other").data.lines().count(),
        2
    );
    let none = listed("list --owner shopp");
    assert_eq!(none.data, "");
    assert!(
        none.messages
            .contains("no segment has the owner `shopp`; did you mean `shop`?"),
        "{none:?}"
    );
    let none = listed("list --tag peopel");
    assert!(
        none.messages
            .contains("no segment has the tag `peopel`; did you mean `people`?"),
        "{none:?}"
    );
    let json = listed("list --json -e production,test");
    let environments: Vec<serde_json::Value> = json
        .data
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(environments[0]["segments"][1]["included"]["user"], 2);
    assert_eq!(environments[0]["segments"][1]["owners"][0], "shop");
    assert_eq!(environments[1]["segments"].as_array().unwrap().len(), 0);
    assert!(!json.data.contains("5d8e"));
}

#[test]
fn a_segment_is_shown_with_everything_that_asks_it() {
    let (folder, emulator) = (Folder::new("show-segment"), filled());
    let shown = folder.run_at(&emulator, "show staff").with(0);
    let lines: Vec<&str> = shown.data.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "staff: Staff, in default/production",
            "  is        Those who work here",
            "  owner     shop",
            "  tags      people",
        ]
    );
    assert!(
        lines[4].starts_with("  version   3, changed 20"),
        "{lines:?}"
    );
    assert_eq!(
        lines[5..],
        [
            "  included  1 context of kind org",
            "  included  2 contexts of kind user",
            "  rule 1    user email ends with \"@company.com\"",
            "  used by   flag new-page, AI Config assistant, segment testers",
        ]
    );
    let json = folder
        .run_at(&emulator, "show staff --format json")
        .with(0)
        .json();
    assert_eq!(json["used_by"]["ai_configs"][0], "assistant");
    assert_eq!(json["rules"][0], "user email ends with \"@company.com\"");
    let testers = folder.run_at(&emulator, "show testers").with(0);
    assert!(testers.data.contains("  used by   nothing"), "{testers:?}");
    // What is asked about and cannot be read is told.
    emulator.inject_fault(Fault::status(403).on("GET", "ai-configs").always());
    let gap = folder.run_at(&emulator, "show staff").with(4);
    assert!(
        gap.data.contains("it is unknown whether AI Configs use it"),
        "{gap:?}"
    );
}

#[test]
fn a_key_is_told_from_a_plan_and_what_is_neither_is_an_error() {
    let (folder, emulator) = (Folder::new("show-which"), filled());
    let missing = folder.run_at(&emulator, "show stuff").with(3);
    assert_eq!(
        missing.messages,
        "error: there is no segment `stuff` in default/production; did you mean `staff`?\n"
    );
    let no_key = folder.run_at(&emulator, "show sta:ff").with(2);
    assert!(no_key.messages.contains("segment key"), "{no_key:?}");
    let no_file = folder.run_at(&emulator, "show plan.json").with(3);
    assert!(
        no_file.messages.contains("cannot read `plan.json`"),
        "{no_file:?}"
    );
    let markdown = folder
        .run_at(&emulator, "show staff --format markdown")
        .with(2);
    assert!(
        markdown.messages.contains("only plans have"),
        "{markdown:?}"
    );
    // A file is a file, whatever segments are called.
    folder.write("segments.toml", TWO);
    folder
        .run_at(&emulator, "plan --owner two --adopt always --out staff")
        .with(1);
    folder.run_at(&emulator, "show staff").with(0);
    let segment = folder.run_at(&emulator, "show segment/staff").with(0);
    assert!(segment.data.starts_with("staff: Staff, in"), "{segment:?}");
}
