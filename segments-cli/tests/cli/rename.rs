//! `rename`, and what `moved_from` makes of a plan.

use segments_emulator::{Emulator, Fault};
use serde_json::{Value as Json, json};

use crate::support::Folder;

/// `staff` is asked by a segment of another team, by a flag and by an AI Config, and people keep its lists.
const WORLD: &str = r#"{"projects": {"default": {
    "environments": {"production": {"segments": [
        {"key": "staff", "name": "Staff", "tags": ["managed-by.shop", "manages.description.rules"],
            "description": "Those who work here", "included": ["canary-5d8e-1", "canary-5d8e-2"],
            "rules": [{"weight": 10000, "rolloutContextKind": "user", "clauses": [
                {"contextKind": "user", "attribute": "email", "op": "endsWith", "values": ["@company.com"]}]}]},
        {"key": "beta", "name": "Beta", "tags": ["managed-by.shop", "manages.description.rules"], "description": "Early", "rules": [
            {"clauses": [{"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]},
        {"key": "theirs", "name": "Theirs", "tags": ["managed-by.growth"], "rules": [{"clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["press", "staff"], "negate": true}]}]},
        {"key": "press", "name": "Press"}]}},
    "flags": [{"key": "new-page", "name": "New page", "instructions": {"production": [{"kind": "turnFlagOn"},
        {"kind": "addRule", "variation": 0, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}],
    "aiConfigs": [{"key": "assistant", "name": "Assistant",
        "variations": [{"key": "fast", "name": "Fast"}, {"key": "careful", "name": "Careful"}],
        "instructions": {"production": [{"kind": "addRule", "variation": 2, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}]
}}}"#;

const FILE: &str = r#"owner = "shop"

[contexts.user.attributes]
email = "string"

# Who works here.
[segments.staff]
name = "Staff"
description = "Those who work here"
unmanaged = ["included", "excluded"]
allow = ["split-kind-optional"]

[[segments.staff.rules]]
percent = 10
clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }]

[segments.beta]
description = "Early"
rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"] }] }]
"#;

fn world(test: &str) -> (Folder, Emulator) {
    let emulator = Emulator::builder().start_blocking().unwrap();
    emulator.fill(WORLD).unwrap();
    let folder = Folder::of_members(test);
    folder.write("segments.toml", FILE);
    (folder, emulator)
}

fn file(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path("segments.toml")).unwrap()
}

fn exists(emulator: &Emulator, key: &str) -> bool {
    emulator.segment("default", "production", key).is_some()
}

/// What `rename` does is done, and nothing is left to do.
fn is_renamed(folder: &Folder, emulator: &Emulator) {
    assert!(!exists(emulator, "staff"));
    let segment = |key: &str| -> Json {
        serde_json::to_value(emulator.segment("default", "production", key).unwrap()).unwrap()
    };
    let employees = segment("employees");
    assert_eq!(employees["included"].as_array().unwrap().len(), 2);
    assert_eq!(employees["rules"][0]["weight"], 10000);
    let asked = |key: &str| segment(key)["rules"][0]["clauses"][0]["values"].clone();
    assert_eq!(asked("beta"), json!(["employees"]));
    assert_eq!(asked("theirs"), json!(["press", "employees"]));
    let shown = folder.run_at(emulator, "show employees").with(0);
    assert!(
        shown
            .data
            .contains("used by   flag new-page, AI Config assistant, segment beta, segment theirs"),
        "{shown:?}"
    );
    let plan = folder.run_at(emulator, "plan").with(0);
    assert_eq!(
        plan.data,
        "default/production: 2 unchanged (project: default, environment: default)\n"
    );
}

#[test]
fn a_segment_gets_another_key_and_everything_that_asks_it_follows() {
    let (folder, emulator) = world("rename");
    let asked = folder.run_at(&emulator, "rename staff employees").with(5);
    assert!(
        asked.messages.starts_with(
            "~ move employees from staff\n    \
             segment theirs references it instead of staff\n    \
             AI Config assistant references it instead of staff\n    \
             flag new-page references it instead of staff\n    \
             delete staff\n~ beta\n"
        ),
        "{asked:?}"
    );
    let warning =
        "warning: the percentage of a rule of `employees` will pick other contexts than in `staff`";
    assert!(asked.messages.contains(warning), "{asked:?}");
    // Nobody was there to say yes.
    assert_eq!(file(&folder), FILE);
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
    let done = folder
        .run_at(&emulator, "rename staff employees --yes")
        .with(0);
    assert!(!done.messages.contains("5d8e"), "{done:?}");
    let expected = FILE
        .replace("[segments.staff]", "[segments.employees]")
        .replace("[[segments.staff.rules]]", "[[segments.employees.rules]]")
        .replace(r#"values = ["staff"]"#, r#"values = ["employees"]"#)
        .replace(
            "[\"split-kind-optional\"]\n",
            "[\"split-kind-optional\"]\nmoved_from = \"staff\"\n",
        );
    assert_eq!(file(&folder), expected);
    is_renamed(&folder, &emulator);
    let kept = "segments.deleted/default/production/staff.1.json";
    assert!(folder.path(kept).exists());
}

#[test]
fn a_rename_that_was_interrupted_goes_on_with_the_next_apply() {
    let (folder, emulator) = world("rename-again");
    for (method, path) in [
        ("PATCH", "segments/default/production/theirs"),
        ("PATCH", "flags/default/new-page"),
        ("DELETE", "segments/default/production/staff"),
    ] {
        emulator.inject_fault(Fault::status(403).on(method, path));
        let words = match path {
            "segments/default/production/theirs" => "rename staff employees --yes",
            _ => "apply --yes",
        };
        let failed = folder.run_at(&emulator, words).with(4);
        assert!(failed.messages.contains("failed employees"), "{failed:?}");
        assert!(exists(&emulator, "staff") && exists(&emulator, "employees"));
        let plan = folder.run_at(&emulator, "plan").with(0);
        let head = "~ move employees from staff";
        assert!(plan.data.contains(head), "{plan:?}");
    }
    let review = folder
        .run_at(&emulator, "plan --format markdown")
        .with(0)
        .data;
    assert!(review.contains("| move | segment employees |"), "{review}");
    assert!(review.contains("- delete staff\n"), "{review}");
    folder.run_at(&emulator, "apply --yes").with(0);
    is_renamed(&folder, &emulator);
}

#[test]
fn what_cannot_be_renamed_is_one_clear_error_and_nothing_is_done() {
    let (folder, emulator) = world("rename-not");
    for (words, code, error) in [
        ("rename staff sta:ff --yes", 2, "segment key"),
        ("rename staff staff --yes", 5, "both keys are the same"),
        (
            "rename stuff employees --yes",
            5,
            "no file declares `stuff`; did you mean `staff`?",
        ),
        (
            "rename staff beta --yes",
            5,
            "`beta` is already declared; choose a key that does not exist",
        ),
        (
            "rename staff press --yes",
            5,
            "it is declared as moved from `staff`, and both exist; choose a key that does not exist",
        ),
    ] {
        let failed = folder.run_at(&emulator, words).with(code);
        assert!(failed.messages.contains(error), "{words}: {failed:?}");
    }
    // What may ask it and cannot be read.
    emulator.inject_fault(Fault::status(403).on("GET", "ai-configs").always());
    let failed = folder
        .run_at(&emulator, "rename staff employees --yes")
        .with(5);
    let unknown = "it is unknown whether AI Configs use it";
    assert!(failed.messages.contains(unknown), "{failed:?}");
    assert_eq!(file(&folder), FILE);
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
}

/// A package that includes the file, another that declares a type of the same name, and one that declares in Rust.
fn packages(folder: &Folder) {
    let write = |name: &str, text: &str| {
        let path = folder.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"shop\", \"desk\"]\n",
    );
    write("shop/Cargo.toml", "[package]\nname = \"shop\"\n");
    write(
        "shop/src/lib.rs",
        "segments_runtime::include_segments!(r\"../segments.toml\");\n\
         // Staff: the same in a comment.\n\
         pub fn works_here(user: &User) -> bool {\n    Staff::contains(user)\n}\n\
         pub type Colleagues = self::Staff;\n\
         pub const KEY: &str = \"staff\";\n",
    );
    write(
        "desk/Cargo.toml",
        "[package]\nname = \"desk\"\n[dependencies]\nshop = { path = \"../shop\" }\n",
    );
    write(
        "desk/src/main.rs",
        "struct Staff;\nfn main() { let _ = Staff; }\n\
         #[segment(key = \"night-shift\", everyone)]\nstruct Night;\n\
         #[segment(everyone)]\nstruct DayShift;\n",
    );
}

#[test]
fn rust_that_includes_the_file_follows_and_the_rest_is_told() {
    let (folder, emulator) = world("rename-rust");
    packages(&folder);
    let before = std::fs::read_to_string(folder.path("shop/src/lib.rs")).unwrap();
    let asked = folder.run_at(&emulator, "rename staff employees").with(5);
    let preview = "~ shop/src/lib.rs: `Employees` in 2 places\n";
    assert!(asked.messages.contains(preview), "{asked:?}");
    assert_eq!(
        std::fs::read_to_string(folder.path("shop/src/lib.rs")).unwrap(),
        before
    );
    let done = folder
        .run_at(&emulator, "rename staff employees --yes")
        .with(0);
    let after = std::fs::read_to_string(folder.path("shop/src/lib.rs")).unwrap();
    let expected = before.replace("Staff::contains", "Employees::contains");
    assert_eq!(after, expected.replace("self::Staff", "self::Employees"));
    let says = "`shop/src/lib.rs` names it `Employees`\n`segments.toml` names it `employees`\n\
                left places that may mean something else; rename them by hand: \
                desk/src/main.rs:2, shop/src/lib.rs:7\n";
    assert!(done.messages.contains(says), "{done:?}");
    is_renamed(&folder, &emulator);
}

#[test]
fn a_segment_that_rust_declares_is_told_with_its_place() {
    let (folder, emulator) = world("rename-declared");
    packages(&folder);
    for (key, line) in [("night-shift", 3), ("day-shift", 6)] {
        let failed = folder
            .run_at(&emulator, &format!("rename {key} other --yes"))
            .with(5);
        let says = format!(
            "it is declared in Rust (desk/src/main.rs:{line}); write `key = \"other\", moved_from = \"{key}\"` there, and apply; nothing was changed"
        );
        assert!(failed.messages.contains(&says), "{failed:?}");
    }
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
}

#[test]
fn a_move_moves_only_those_whom_the_rules_move() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let world = WORLD.replace("\"weight\": 10000, \"rolloutContextKind\": \"user\", ", "");
    emulator.fill(&world).unwrap();
    let folder = Folder::of_members("rename-impact");
    let moved = FILE
        .replace("staff", "employees")
        .replace("percent = 10\n", "")
        .replace(
            "allow = [\"split-kind-optional\"]",
            "moved_from = \"staff\"",
        );
    folder.write("segments.toml", &moved);
    folder.write(
        "seen.csv",
        "key,email\nu-1,a@company.com\nu-2,b@company.io\ncanary-5d8e-1,c@x.com\n",
    );
    let same = folder.run_at(&emulator, "impact seen.csv").with(0);
    assert_eq!(same.data, "3 contexts: nothing that affects them changes\n");
    let wider = moved.replace("[\"@company.com\"]", "[\"@company.com\", \"@company.io\"]");
    folder.write("segments.toml", &wider);
    for words in ["impact seen.csv", "plan --contexts seen.csv"] {
        let shown = folder.run_at(&emulator, words).with(0);
        let expected =
            "segment employees, moved from staff: 2 before, 3 after\n  1 enters\n    line 2: ";
        assert!(shown.data.contains(expected), "{shown:?}");
        assert!(
            shown.data.ends_with("1 of 3 contexts moves (33.3%)\n"),
            "{shown:?}"
        );
        assert!(
            !shown.data.contains("there is no such segment"),
            "{shown:?}"
        );
    }
}
