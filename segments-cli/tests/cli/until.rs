//! Contexts that are declared until a date, from one command to the next.

use std::fs;

use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

use crate::import::rest;
use crate::support::Folder;

const HEAD: &str = "[contexts.user]\n\n[segments.trial]\ndescription = \"Those who try\"\n";
const TRIAL: &str = r#"included = [
  { user = ["u-1"] },
  { user = ["u-2", "u-3"], until = "2099-01-31" },
]
"#;

fn world(test: &str) -> (Folder, Emulator) {
    let folder = Folder::new(test);
    folder.write("segments.toml", &format!("{HEAD}{TRIAL}"));
    (folder, Emulator::builder().start_blocking().unwrap())
}

fn expiries(emulator: &Emulator) -> Json {
    let path = "segments/default/trial/expiring-targets/production";
    let body = json!({"instructions": []});
    rest(emulator, "PATCH", path, &body)["items"].clone()
}

#[test]
fn what_is_applied_is_what_is_shown_imported_and_saved() {
    let (folder, emulator) = world("until");
    folder.run("check").with(0);
    let saved = folder.run_at(&emulator, "plan --out plan.json").with(0);
    assert!(
        saved
            .messages
            .contains("include 2 contexts of kind user until 2099-01-31")
            || saved
                .data
                .contains("include 2 contexts of kind user until 2099-01-31"),
        "{saved:?}"
    );
    let applied = folder.run_at(&emulator, "apply plan.json --yes").with(0);
    assert!(!applied.messages.contains("u-2"), "{applied:?}");
    assert_eq!(expiries(&emulator).as_array().unwrap().len(), 2);
    folder.run_at(&emulator, "verify").with(0);

    let shown = folder.run_at(&emulator, "show trial").with(0);
    let row = "  expires   2099-01-31: 2 contexts of kind user, included\n";
    assert!(shown.data.contains(row), "{shown:?}");
    let shown = folder
        .run_at(&emulator, "show trial --format json")
        .with(0)
        .json();
    assert_eq!(
        shown["expiring"],
        json!([{"list": "included", "kind": "user", "until": "2099-01-31", "count": 2}])
    );
    folder.run_at(&emulator, "import imported.toml").with(0);
    let imported = fs::read_to_string(folder.path("imported.toml")).unwrap();
    let line = TRIAL.trim_end();
    assert!(imported.contains(line), "{imported}");
    folder.run("check --definitions imported.toml").with(0);
    folder
        .run_at(&emulator, "import --language rust segments.rs")
        .with(0);
    let imported = fs::read_to_string(folder.path("segments.rs")).unwrap();
    assert!(
        imported.contains("include(User = [\"u-2\", \"u-3\"], until = \"2099-01-31\")"),
        "{imported}"
    );
}

#[test]
fn answers_are_those_of_a_day() {
    let (folder, _) = world("until-eval");
    let member = |at: &str| {
        let words = format!("eval trial --context user:u-2 --format json{at}");
        folder.run(&words).with(0).json()["memberships"][0]["member"].clone()
    };
    assert_eq!(member(""), true);
    assert_eq!(member(" --at 2099-01-30"), true);
    assert_eq!(member(" --at 2099-01-31"), false);
    folder
        .run("eval trial --context user:u-2 --at soon")
        .with(2);
}

#[test]
fn a_date_that_has_passed_is_warned_of() {
    let (folder, emulator) = world("until-passed");
    let passed = format!("{HEAD}{}", TRIAL.replace("2099", "2001"));
    folder.write("segments.toml", &passed);
    let checked = folder.run("check --deny warnings").with(1);
    assert!(
        checked
            .messages
            .contains("the expiry 2001-01-31 has passed"),
        "{checked:?}"
    );
    let planned = folder.run_at(&emulator, "plan").with(0);
    let warning = "2 contexts of `trial` left its lists on 2001-01-31, as declared";
    assert!(planned.data.contains(warning), "{planned:?}");
    folder.run_at(&emulator, "apply --yes").with(0);
    let segment = emulator.segment("default", "production", "trial").unwrap();
    assert_eq!(segment.included, ["u-1"]);
    folder.run_at(&emulator, "verify").with(0);
}

#[test]
fn a_date_that_was_changed_by_hand_is_accepted() {
    let (folder, emulator) = world("until-accept");
    folder.run_at(&emulator, "apply --yes").with(0);
    let path = "segments/default/trial/expiring-targets/production";
    let target = |kind: &str, key: &str| json!({"kind": kind, "targetType": "included", "contextKind": "user", "contextKey": key});
    let body = json!({"instructions": [target("removeExpiringTarget", "u-2")]});
    rest(&emulator, "PATCH", path, &body);
    let drift = folder.run_at(&emulator, "verify").with(1);
    let words = "include 1 context of kind user until 2099-01-31 instead of for good";
    assert!(drift.data.contains(words), "{drift:?}");
    folder.run_at(&emulator, "accept trial").with(0);
    let accepted = fs::read_to_string(folder.path("segments.toml")).unwrap();
    let line =
        "included = [{ user = [\"u-1\", \"u-2\"] }, { user = [\"u-3\"], until = \"2099-01-31\" }]";
    assert!(accepted.contains(line), "{accepted}");
    folder.run_at(&emulator, "verify").with(0);
}

#[test]
fn a_longer_stay_is_a_wider_audience() {
    let (folder, _) = world("until-diff");
    let longer = format!("{HEAD}{}", TRIAL.replace("2099", "2199"));
    folder.write("longer.toml", &longer);
    folder
        .run("diff segments.toml longer.toml --deny wider")
        .with(1);
    folder
        .run("diff longer.toml segments.toml --deny wider")
        .with(0);
}

#[test]
fn lists_with_dates_are_laid_out() {
    let (folder, _) = world("until-fmt");
    folder.run("fmt --check").with(0);
}
