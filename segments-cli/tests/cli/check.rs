//! `check`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Folder, TWO};

const MISSPELT: &str = r#"
[contexts.user.attributes]
email = "string"

[segments.staff]
description = "People who work here"
rules = [{ clauses = [{ attribute = "email", op = "endsWit", values = ["@company.com"] }] }]
"#;

#[test]
fn findings_as_json_have_the_promised_form() {
    let folder = Folder::new("check-json");
    folder.write("audiences.toml", MISSPELT);
    let ended = folder.run("check audiences.toml --format json").with(1);
    assert_eq!(
        ended.json(),
        json!({"findings": [{
            "code": "operator-unknown",
            "severity": "error",
            "message": "`endsWit` is not an operator; did you mean `endsWith`?",
            "file": "audiences.toml",
            "line": 7, "column": 51, "end_line": 7, "end_column": 60,
            "suggestion": [{
                "replacement": "\"endsWith\"",
                "file": "audiences.toml",
                "line": 7, "column": 51, "end_line": 7, "end_column": 60,
            }],
        }]})
    );
}

#[test]
fn people_see_the_line_and_programs_see_nothing_else_on_standard_output() {
    let folder = Folder::new("check-human");
    folder.write("segments.toml", MISSPELT);
    let ended = folder.run("check").with(1);
    assert_eq!(ended.data, "");
    assert_eq!(
        ended.messages,
        r#"error[operator-unknown]: `endsWit` is not an operator; did you mean `endsWith`?
 --> segments.toml:7:51
  |
7 | rules = [{ clauses = [{ attribute = "email", op = "endsWit", values = ["@company.com"] }] }]
  |                                                   ^^^^^^^^^

1 error, 0 warnings
"#
    );
    let ended = folder.run("check --color always --quiet").with(1);
    assert!(ended.messages.contains("\u{1b}["), "{ended:?}");
    assert!(!ended.messages.contains("1 error,"), "{ended:?}");
}

#[test]
fn code_review_gets_sarif_and_annotations() {
    let folder = Folder::new("check-review");
    folder.write("segments.toml", MISSPELT);
    let sarif = folder.run("check --format sarif").with(1).json();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "operator-unknown");
    let ended = folder.run("check --format github").with(1);
    assert_eq!(
        ended.data,
        "::error file=segments.toml,line=7,endLine=7,col=51,endColumn=60,title=operator-unknown::`endsWit` is not an operator; did you mean `endsWith`?\n"
    );
}

#[test]
fn warnings_are_errors_if_they_are_denied() {
    let folder = Folder::new("check-deny");
    folder.write(
        "segments.toml",
        &TWO.replace("description = \"People who work here\"\n", ""),
    );
    let ended = folder.run("check").with(0);
    assert!(ended.messages.contains("warning[style-description]"));
    folder.run("check --deny warnings").with(1);
}

#[test]
fn several_files_are_checked_together() {
    let folder = Folder::new("check-files");
    folder.write("one.toml", TWO);
    folder.write("two.toml", TWO);
    folder.run("check one.toml").with(0);
    let json = folder
        .run("check one.toml --file two.toml --format json")
        .with(1)
        .json();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    assert!(
        findings
            .iter()
            .all(|found| found["code"] == "key-duplicate" && found["file"] == "two.toml")
    );
}

#[test]
fn an_ai_config_is_declared_in_one_of_several_files() {
    let folder = Folder::new("check-ai-configs");
    let assistant = "[ai_configs.assistant]\nvariations = ['fast']\nfallthrough = 'fast'\n";
    folder.write("one.toml", assistant);
    let flag = assistant.replace("ai_configs", "flags");
    folder.write("two.toml", &format!("{assistant}{flag}"));
    let ended = folder.run("check one.toml two.toml --format json").with(1);
    let findings = ended.json()["findings"].clone();
    let said = "AI Config `assistant` is also declared in `one.toml`; declare it in one place";
    assert_eq!(findings.as_array().unwrap().len(), 1, "{findings}");
    assert_eq!(findings[0]["message"], said);
    assert_eq!(
        (&findings[0]["file"], &findings[0]["line"]),
        (&json!("two.toml"), &json!(1))
    );
}

#[test]
fn metrics_and_experiments_are_declared_in_one_of_several_files() {
    let folder = Folder::new("check-measured");
    let metric = "[metrics.resolved]\nkind = 'count'\ndescription = 'Resolved.'\n";
    folder.write("one.toml", metric);
    folder.write("two.toml", metric);
    let ended = folder.run("check one.toml two.toml --format json").with(1);
    let findings = ended.json()["findings"].clone();
    let said = "metric `resolved` is also declared in `one.toml`; declare it in one place";
    assert_eq!(findings.as_array().unwrap().len(), 1, "{findings}");
    assert_eq!(findings[0]["message"], said);
}

#[test]
fn a_file_that_is_not_there_is_a_finding_like_every_other() {
    let folder = Folder::new("check-missing");
    let json = folder.run("check --format json").with(1).json();
    assert_eq!(json["findings"][0]["code"], "file-unreadable");
    std::fs::create_dir(folder.path("segments.toml")).unwrap();
    let ended = folder.run("check").with(1);
    assert!(ended.messages.contains("this is a folder"), "{ended:?}");
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_to_itself_is_a_finding_like_every_other() {
    let folder = Folder::new("check-link");
    std::os::unix::fs::symlink("other.toml", folder.path("segments.toml")).unwrap();
    std::os::unix::fs::symlink("segments.toml", folder.path("other.toml")).unwrap();
    let json = folder.run("check --format json").with(1).json();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{json}");
    assert_eq!(findings[0]["code"], "file-unreadable");
}

#[test]
fn the_manifest_says_where_the_files_are() {
    let folder = Folder::new("check-manifest");
    folder.write("audiences.toml", TWO);
    folder.write(
        "Cargo.toml",
        "[package]\nname = \"x\"\n[package.metadata.segments]\nfiles = [\"audiences.toml\"]\n",
    );
    let ended = folder.run("check").with(0);
    assert_eq!(ended.messages, "checked 2 segments: nothing is wrong\n");
}

#[test]
fn a_watch_checks_again_when_a_file_changes() {
    let folder = Folder::new("check-watch");
    folder.write("segments.toml", MISSPELT);
    let mut child = folder
        .command("check --watch")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (send, lines) = mpsc::channel();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || {
        let lines = stderr.lines().map_while(Result::ok);
        lines.for_each(|line| _ = send.send(line));
    });
    // A line has to come within a minute, and everything with it before the watch goes on.
    let until = |wanted: &str| {
        let end = Instant::now() + Duration::from_mins(1);
        let mut seen = Vec::new();
        while !seen.iter().any(|line| line == wanted) {
            let left = end.saturating_duration_since(Instant::now());
            let line = lines.recv_timeout(left);
            seen.push(line.unwrap_or_else(|_| panic!("no `{wanted}` after {seen:?}")));
        }
    };
    until("1 error, 0 warnings");
    until("watching; Ctrl-C stops");
    folder.write("segments.toml", TWO);
    until("checked 2 segments: nothing is wrong");
    until("watching; Ctrl-C stops");
    // An editor that saves by putting another file in its place.
    folder.write("other.toml", MISSPELT);
    std::fs::rename(folder.path("other.toml"), folder.path("segments.toml")).unwrap();
    until("1 error, 0 warnings");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn colours_are_for_terminals_and_for_whoever_insists() {
    let folder = Folder::new("check-colours");
    folder.write("segments.toml", MISSPELT);
    for (no_color, words, coloured) in [
        (None, "check", false),
        (Some("1"), "check", false),
        (None, "check --color always", true),
        (Some("1"), "check --color always", true),
        (None, "chekc", false),
    ] {
        let mut command = folder.command(words);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        let output = command.output().unwrap();
        let messages = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            messages.contains('\u{1b}'),
            coloured,
            "{words}: {messages:?}"
        );
        assert!(output.stdout.is_empty());
    }
}

const LONG: &str = r#"
allow = ["style-description"]

[contexts.user.attributes]
plan = "string"
beta = "bool"

[segments.paying]
excluded = {}
rules = [
  { clauses = [
    { attribute = "plan", op = "in", values = ["pro", "team"] },
    { attribute = "plan", op = "startsWith", values = ["p", "t"] },
  ] },
  { clauses = [{ attribute = "plan", op = "in", values = ["pro"] }, { attribute = "beta", op = "in", values = [true] }] },
]

[segments.teams]
excluded = {}
rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["team"] }] }]
"#;

/// The shorter rules are the same audience: `fixed` writes nothing of which that is not proved.
#[cfg(feature = "lsp")]
#[test]
fn fix_writes_the_shorter_equal_rules_and_says_how_many() {
    let folder = Folder::new("check-fix");
    folder.write("segments.toml", LONG);
    folder.write("before.toml", LONG);
    let ended = folder.run("check --fix --deny warnings").with(0);
    assert!(
        ended
            .messages
            .starts_with("wrote 2 fixes to `segments.toml`\n"),
        "{ended:?}"
    );
    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert!(
        !text.contains("startsWith") && !text.contains("beta\", op"),
        "{text}"
    );
    let diff = folder
        .run("diff before.toml segments.toml --deny any")
        .with(0);
    assert_eq!(
        diff.data,
        "segment `paying`: same audience\n  only its form changes\n"
    );
    folder.run("check --fix --deny warnings").with(0);
    assert_eq!(
        std::fs::read_to_string(folder.path("segments.toml")).unwrap(),
        text
    );
}

/// What another file declares is no mistake, and so nothing is written for it.
#[cfg(feature = "lsp")]
#[test]
fn fix_reads_files_that_belong_together_beside_each_other() {
    let folder = Folder::new("check-fix-set");
    let a = "[contexts.user.attributes]\nplan = \"string\"\n\n[segments.staff-us]\ndescription = \"d\"\nrules = [{ clauses = [{ attribute = \"plan\", op = \"in\", values = [\"us\"] }] }]\n";
    let b = "[segments.staff-eu]\ndescription = \"d\"\nrules = [{ clauses = [{ attribute = \"plan\", op = \"in\", values = [\"eu\"] }] }]\n\n[segments.others]\ndescription = \"d\"\nrules = [{ clauses = [{ op = \"segmentMatch\", values = [\"staff-us\"], negate = true }] }]\n";
    folder.write("a.toml", a);
    folder.write("b.toml", b);
    folder
        .run("check a.toml b.toml --fix --deny warnings")
        .with(0);
    assert_eq!(std::fs::read_to_string(folder.path("a.toml")).unwrap(), a);
    assert_eq!(std::fs::read_to_string(folder.path("b.toml")).unwrap(), b);
}

#[test]
fn advice_is_told_if_it_is_asked_for() {
    let folder = Folder::new("check-advice");
    folder.write("segments.toml", LONG);
    let told = |words: &str| folder.run(words).with(0).messages;
    assert!(!told("check").contains("advice"));
    let advice = told("check --advice");
    assert!(
        advice.ends_with(
            "advice: every member of `teams` is a member of `paying`; if this is intended, assert `subset = [\"teams\", \"paying\"]`\n"
        ),
        "{advice}"
    );
}
