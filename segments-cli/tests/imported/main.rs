//! What `import` writes as Rust compiles: it is part of this program. And the program's own plan is
//! empty right after the import.
//!
//! `audiences.rs` is compared with what `import` writes; `UPDATE=1` writes it anew.

#[path = "../accounts/mod.rs"]
mod accounts;
#[rustfmt::skip]
#[allow(
    dead_code,
    deprecated,
    clippy::pedantic,
    reason = "written by a program; no context is sent, and some segments have no description"
)]
mod audiences;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use accounts::odd::{self, Fate};
use accounts::{Dice, clause};
use segments_cli::DefinitionsSource;
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

/// Makes this what a `src/bin/segments.rs` is, instead of a test.
const PROGRAM: &str = "SEGMENTS_TEST_PROGRAM";

fn main() -> ExitCode {
    if std::env::var_os(PROGRAM).is_some() {
        return segments_cli::run(DefinitionsSource::InProgram {
            owner: None,
            revision: None,
        });
    }
    what_is_imported_compiles_and_its_plan_is_empty();
    println!("test what_is_imported_compiles_and_its_plan_is_empty ... ok");
    ExitCode::SUCCESS
}

fn what_is_imported_compiles_and_its_plan_is_empty() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("imported");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let emulator = Emulator::builder().start_blocking().unwrap();
    let segments = segments();
    let listed = json!(segments).to_string();
    emulator.import("default", "production", &listed).unwrap();
    let odd = odd::odd();
    let left_out = odd.iter().filter(|odd| !matches!(odd.rust, Fate::Imported));
    let (all, count) = (segments.len(), segments.len() - left_out.count());
    let run = |program: &Path, words: &[&str], code: i32| {
        let mut command = Command::new(program);
        command
            .current_dir(&folder)
            .args(words)
            .stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LAUNCHDARKLY_") {
                command.env_remove(name);
            }
        }
        command
            .env(PROGRAM, "1")
            .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token());
        let output = command.output().unwrap();
        let messages = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {messages}");
        (String::from_utf8(output.stdout).unwrap(), messages)
    };

    let cargo_segments = Path::new(env!("CARGO_BIN_EXE_cargo-segments"));
    let (_, messages) = run(cargo_segments, &["import", "audiences.rs"], 4);
    for odd in &odd {
        let key = odd.segment["key"].as_str().unwrap();
        let reason = |line: &&str| line.starts_with(&format!("left out {key}: "));
        let reason = messages.lines().find(reason).unwrap_or_default();
        match odd.rust {
            Fate::Imported => assert_eq!(reason, "", "{key}"),
            Fate::LeftOut(why) => assert!(reason.contains(why), "{key}: {messages}"),
            Fate::Theirs(owner) => {
                assert!(
                    messages.contains(&format!("left to their owner {owner}")),
                    "{messages}"
                );
            }
        }
    }
    assert!(
        messages.ends_with(&format!("imported {count} of {all} segments\n")),
        "{messages}"
    );
    let written = std::fs::read_to_string(folder.join("audiences.rs")).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imported/audiences.rs");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&here, &written).unwrap();
    }
    let compiled = std::fs::read_to_string(&here).unwrap();
    assert!(
        written == compiled,
        "`import` writes something else than this program was compiled with; `UPDATE=1` keeps it"
    );

    let program = std::env::current_exe().unwrap();
    let (data, _) = run(&program, &["plan"], 0);
    // One was written by revision 7 of a program, and a program without a revision is older than any.
    let unchanged = count - 1;
    assert_eq!(
        data,
        format!(
            "left revised alone: revision 7 is in force, which is newer\n\
             default/production: {unchanged} unchanged, 1 superseded (project: default, environment: default)\n"
        )
    );
}

/// Random ones, and by hand whatever is hard to say in Rust.
fn segments() -> Vec<Json> {
    let mut segments = Dice::new(7).segments(40);
    let odd = [
        // Keys that make the same name, and names that Rust or the file takes.
        ("eu-power.users", json!([])),
        ("eu-power-users", json!([])),
        ("1st", json!([])),
        ("self", json!([])),
        ("context", json!([])),
        ("some", json!([])),
        ("user", json!([])),
        ("everyone", json!([{"clauses": []}])),
        (
            "words",
            json!([{"clauses": [
                clause("user", "type", "in", &json!(["a"])),
                clause("user", "self", "in", &json!(["a"])),
                clause("user", "key_", "in", &json!(["a"])),
                clause("user", "2fa", "in", &json!([true])),
                clause("user", "account-age", "lessThan", &json!([1])),
                clause("user", "accountAge", "lessThan", &json!([1])),
                clause("user", "Größe", "lessThan", &json!([1])),
                clause("user", "/a~1b/c~0d/e", "in", &json!(["a"])),
            ]}]),
        ),
        (
            "kinds",
            json!([{"clauses": [
                clause("my.org", "plan", "in", &json!(["pro"])),
                clause("my-org", "plan", "in", &json!(["pro"])),
                clause("string", "os", "in", &json!(["linux"])),
                clause("2d", "os", "in", &json!(["linux"])),
            ]}]),
        ),
        (
            "numbers",
            json!([{"clauses": [
                clause("user", "n", "in", &json!([-1, 0, 1.5, 1e15])),
                clause("user", "m", "greaterThan", &json!([9_007_199_254_740_991_i64])),
                clause("user", "at", "after", &json!(["2024-05-03T10:00:00.5+02:00"])),
                clause("user", "before1970", "before", &json!([-1])),
            ]}]),
        ),
        (
            "built-in",
            json!([{"clauses": [
                clause("user", "key", "startsWith", &json!(["test-"])),
                clause("user", "name", "contains", &json!(["\u{202e}\\\"{}\n"])),
                clause("user", "anonymous", "in", &json!([true])),
            ]}]),
        ),
        (
            "shares",
            json!([
                {"clauses": [], "weight": 1, "rolloutContextKind": "user", "bucketBy": "/address/zip"},
                {"clauses": [], "weight": 99_999, "rolloutContextKind": "my-org"},
            ]),
        ),
    ];
    for (key, mut rules) in odd {
        for (rule, n) in rules.as_array_mut().unwrap().iter_mut().zip(0..) {
            rule["_id"] = json!(format!("rule-{key}-{n}"));
            for (clause, m) in rule["clauses"].as_array_mut().unwrap().iter_mut().zip(0..) {
                clause["_id"] = json!(format!("clause-{key}-{n}-{m}"));
            }
        }
        segments.push(json!({"key": key, "name": key, "version": 3, "tags": [], "rules": rules}));
    }
    let big = json!({"key": "many", "name": "Many", "version": 1, "unbounded": true, "unboundedContextKind": "device"});
    segments.push(big);
    segments.extend(odd::odd().into_iter().map(|odd| odd.segment));
    segments
}
