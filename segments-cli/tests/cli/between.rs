//! The guide's page "Between two deployments": its commands print what is shown below them. `UPDATE=1`
//! writes what they print into the page.

use std::path::Path;

use serde_json::json;

use crate::docs::{Place, consoles};
use crate::sync::by_hand;

const PAGE: &str = "docs/guide/between-deployments.md";

/// What was there before: segments of the team, and one that somebody else made by hand.
const WORLD: &str = r#"{"projects": {"default": {
    "environments": {"production": {"segments": [
        {"key": "staff", "name": "Staff", "description": "Those who work here", "version": 4,
            "tags": ["managed-by.growth", "manages.description.included.rules", "people"],
            "creationDate": 1788000000000, "lastModifiedDate": 1795900000000,
            "included": ["user-1", "user-2"], "rules": [{"clauses": [
                {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@company.com"]}]}]},
        {"key": "beta", "name": "Beta", "description": "Those who see what is new", "version": 2,
            "tags": ["managed-by.growth", "manages.description.rules"],
            "creationDate": 1790000000000, "lastModifiedDate": 1795000000000, "rules": [
                {"clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]},
                {"clauses": [{"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro", "team"]}]}]},
        {"key": "press", "name": "Press", "version": 1, "creationDate": 1791000000000, "lastModifiedDate": 1791000000000,
            "included": ["user-8"]},
        {"key": "trial", "name": "Trial", "version": 1, "creationDate": 1791000000000, "lastModifiedDate": 1791000000000,
            "tags": ["managed-by.growth"], "included": ["user-5"]}]},
      "test": {"segments": [
        {"key": "staff", "name": "Staff", "rules": [{"clauses": [
            {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@company.com", "@company.test"]}]}],
            "included": ["user-1", "user-2"]},
        {"key": "press", "name": "Press"}]}},
    "flags": [{"key": "new-page", "name": "New page", "variations": [{"value": "old"}, {"value": "new"}],
        "instructions": {"production": [{"kind": "turnFlagOn"},
            {"kind": "addRule", "variation": 1, "clauses": [
                {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["beta"]}]}]}}],
    "aiConfigs": [{"key": "assistant", "name": "Assistant",
        "variations": [{"key": "fast", "name": "Fast"}, {"key": "careful", "name": "Careful"}],
        "instructions": {"production": [{"kind": "addRule", "variation": 2, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}]
}}}"#;

/// Twenty users: two with the address that is new, and one whose plan is asked for no longer.
fn seen() -> String {
    let row = |n: u32| match n {
        3 | 4 => format!("user-{n},u{n}@company.io,free"),
        5 => format!("user-{n},u{n}@x.com,team"),
        6 => format!("user-{n},u{n}@company.com,free"),
        _ => format!("user-{n},u{n}@x.com,free"),
    };
    let rows: Vec<String> = (1..=20).map(row).collect();
    format!("key,email,plan\n{}\n", rows.join("\n"))
}

#[test]
fn the_page_shows_what_the_commands_print() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE);
    let page = std::fs::read_to_string(&path).unwrap();
    let place = Place::new("between");
    place.emulator.fill(WORLD).unwrap();
    let (_, file) = page.split_once("\n```toml\n").unwrap();
    let file = file.split_once("```").unwrap().0;
    place.folder.write("segments.toml", file);
    place.folder.write("seen.csv", &seen());
    let update = std::env::var_os("UPDATE").is_some();
    let mut updated = page.clone();
    let (mut shown, mut is_renamed) = (0, false);
    for (section, steps) in consoles(&page) {
        if section == "See who would move" {
            // As the text says.
            let changed = file
                .replace("[\"@company.com\"]", "[\"@company.com\", \"@company.io\"]")
                .replace("[\"pro\", \"team\"]", "[\"pro\"]");
            place.folder.write("segments.toml", &changed);
        }
        if section == "Rename" && !is_renamed {
            place.folder.write("segments.toml", file);
            is_renamed = true;
        }
        if section == "Watch" {
            let free = json!({"kind": "addRule", "clauses": [
                {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["free"], "negate": false},
                {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": [".de"], "negate": false}]});
            by_hand(&place.emulator, "beta", &free);
        }
        if update {
            let block = |shown: &dyn Fn(usize) -> String| -> String {
                let steps = steps.iter().enumerate();
                steps
                    .map(|(n, step)| format!("$ {}\n{}", step.command, shown(n)))
                    .collect()
            };
            let printed: Vec<String> = steps.iter().map(|step| place.shows(step.command)).collect();
            let before = block(&|n| steps[n].shown.clone());
            updated = updated.replacen(&before, &block(&|n| printed[n].clone()), 1);
        } else {
            place.prints(section, &steps);
        }
        shown += steps.len();
    }
    if update {
        std::fs::write(&path, updated).unwrap();
    }
    assert!(shown > 12, "{shown}");
}
