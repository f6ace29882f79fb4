//! `impact`, and `plan --contexts`.

use segments_emulator::Emulator;

use crate::look::WORLD;
use crate::support::Folder;

/// `staff` loses its rule for `@company.com` to one for `@company.io`; what asks it stays as it is.
const FILE: &str = r#"
    owner = "shop"

    [contexts.user.attributes]
    email = "string"

    [segments.staff]
    name = "Staff"
    description = "Those who work here"
    tags = ["people"]
    rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.io"] }] }]
"#;

fn place(name: &str) -> (Folder, Emulator) {
    let (folder, emulator) = (
        Folder::of_members(name),
        Emulator::builder().start_blocking().unwrap(),
    );
    emulator.fill(WORLD).unwrap();
    folder.write("segments.toml", FILE);
    // Lines 1 to 10: two with the old address, three with the new one, one who is listed, and four others.
    let lines = [
        r#"{"kind":"user","key":"u-1","email":"a@company.com"}"#,
        r#"{"kind":"user","key":"u-2","email":"b@company.com"}"#,
        r#"{"kind":"user","key":"u-3","email":"a@company.io"}"#,
        r#"{"kind":"user","key":"u-4","email":"b@company.io"}"#,
        r#"{"kind":"user","key":"u-5","email":"c@company.io"}"#,
        r#"{"kind":"user","key":"canary-5d8e-1","email":"z@company.com"}"#,
        r#"{"kind":"user","key":"u-7","email":"x@x.io"}"#,
        r#"{"kind":"user","key":"u-8"}"#,
        r#"{"kind":"user","key":"u-9"}"#,
        r#"{"kind":"usr","key":"u-10"}"#,
    ];
    folder.write("seen.ndjson", &(lines.join("\n") + "\n"));
    (folder, emulator)
}

#[test]
fn who_moves_is_told_with_the_reason_before_anything_is_applied() {
    let (folder, emulator) = place("impact");
    let found = folder.run_at(&emulator, "impact seen.ndjson").with(0);
    let part = "\
segment staff: 3 before, 4 after
  3 enter
    line 3: rule 1 holds: user email ends with \"@company.io\"; before: it is on no list, and no rule holds
    line 4: rule 1 holds: user email ends with \"@company.io\"; before: it is on no list, and no rule holds
    line 5: rule 1 holds: user email ends with \"@company.io\"; before: it is on no list, and no rule holds
  2 leave
    line 1: it is on no list, and no rule holds; before: rule 1 holds: user email ends with \"@company.com\"
    line 2: it is on no list, and no rule holds; before: rule 1 holds: user email ends with \"@company.com\"
segment testers: ";
    assert!(found.data.starts_with(part), "{}", found.data);
    assert!(
        found
            .data
            .contains("AI Config assistant: serves 5 contexts something else\n  3 from "),
        "{}",
        found.data
    );
    assert!(
        found.data.contains("  2 from careful to "),
        "{}",
        found.data
    );
    assert!(
        found
            .data
            .contains("1 context is of a kind that nothing tests: `usr`; did you mean `user`?"),
        "{}",
        found.data
    );
    assert!(
        found.data.ends_with("5 of 10 contexts move (50.0%)\n"),
        "{}",
        found.data
    );
    assert!(!found.data.contains("5d8e"));
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
    let json = folder
        .run_at(&emulator, "impact seen.ndjson --format json")
        .with(0)
        .json();
    assert_eq!(
        (json["contexts"].as_u64(), json["moved"].as_u64()),
        (Some(10), Some(5))
    );
    assert_eq!(json["segments"][0]["enter"]["examples"][0]["line"], 3);
    let served = json["flags"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["key"] == "assistant")
        .unwrap();
    assert_eq!(
        (
            served["resource"].as_str(),
            served["served"][0]["count"].as_u64()
        ),
        (Some("ai-config"), Some(3))
    );
    let markdown = folder
        .run_at(&emulator, "impact seen.ndjson --format markdown")
        .with(0)
        .data;
    assert!(
        markdown.starts_with("## 5 of 10 contexts move (50.0%)\n"),
        "{markdown}"
    );
    assert!(
        markdown.contains("| segment staff | 3 before, 4 after | 3 enter<br>2 leave |"),
        "{markdown}"
    );
    // A snapshot answers as the service did, and so does a table.
    folder.run_at(&emulator, "pull --members").with(0);
    let before = folder
        .run("impact seen.ndjson --before segments.snapshot.json --format json")
        .with(0);
    assert_eq!(before.json(), json);
    folder.write(
        "seen.csv",
        "key,email\nu-1,a@company.com\nu-3,a@company.io\n",
    );
    let table = folder
        .run("impact seen.csv --before segments.snapshot.json --format json")
        .with(0)
        .json();
    assert_eq!(
        (
            table["moved"].as_u64(),
            &table["segments"][0]["leave"]["examples"][0]["line"]
        ),
        (Some(2), &1.into())
    );
    // Two snapshots are compared, too.
    let same = folder
        .run("impact seen.ndjson --before segments.snapshot.json -f segments.snapshot.json")
        .with(0);
    assert_eq!(
        same.data,
        "10 contexts: nothing that affects them changes\n"
    );
}

#[test]
fn a_guard_makes_too_many_moves_an_error() {
    let (folder, emulator) = place("impact-guard");
    folder.run_at(&emulator, "pull --members").with(0);
    for (most, code) in [("49%", 1), ("50%", 0), ("4", 1), ("5", 0)] {
        let words =
            format!("impact seen.ndjson --before segments.snapshot.json --max-moves {most}");
        let ended = folder.run(&words).with(code);
        let refused = ended
            .messages
            .contains("5 of 10 contexts move, and `--max-moves` allows");
        assert_eq!(refused, code == 1, "{ended:?}");
    }
    for wrong in ["101%", "many", "-1", "5%%"] {
        let words =
            format!("impact seen.ndjson --before segments.snapshot.json --max-moves={wrong}");
        let ended = folder.run(&words).with(2);
        assert!(
            ended
                .messages
                .contains("write a percentage such as `5%`, or a number such as `100`"),
            "{ended:?}"
        );
    }
    folder.write("none.ndjson", "");
    let none = folder
        .run("impact none.ndjson --before segments.snapshot.json --max-moves 5%")
        .with(7);
    assert!(none.messages.contains("no context was read"), "{none:?}");
    // Without keys of members it is not known who of them moves.
    folder.run_at(&emulator, "pull without.json").with(0);
    let unknown = folder
        .run("impact seen.ndjson --before without.json --max-moves 5")
        .with(7);
    assert!(
        unknown
            .messages
            .contains("9 more may move; `--max-moves` allows 5"),
        "{unknown:?}"
    );
    let refused = folder
        .run("impact segments.toml --before without.json")
        .with(1);
    assert!(
        refused
            .messages
            .contains("are not contexts; the first: line 2"),
        "{refused:?}"
    );
}

#[test]
fn a_plan_shows_who_would_move() {
    let (folder, emulator) = place("impact-plan");
    let plan = folder
        .run_at(&emulator, "plan --contexts seen.ndjson --out plan.json")
        .with(0);
    let (before, after) = plan
        .data
        .split_once("segment staff: 3 before, 4 after\n")
        .unwrap();
    assert!(
        before.contains("@company.io") && after.ends_with("5 of 10 contexts move (50.0%)\n"),
        "{plan:?}"
    );
    let json = folder
        .run_at(&emulator, "plan --contexts seen.ndjson --json")
        .with(0)
        .json();
    assert_eq!(json["impact"]["moved"], 5);
    // As the pull request's comment is made.
    let shown = folder.run("show plan.json --format markdown").with(0);
    assert!(
        shown.data.contains("## 5 of 10 contexts move (50.0%)"),
        "{shown:?}"
    );
    assert!(
        !std::fs::read_to_string(folder.path("plan.json"))
            .unwrap()
            .contains("5d8e")
    );
    folder
        .run_at(&emulator, "plan --contexts seen.ndjson --max-moves 5%")
        .with(1);
    let alone = folder.run_at(&emulator, "plan --max-moves 5%").with(2);
    assert!(alone.messages.contains("--contexts"), "{alone:?}");
    // What was shown is what is applied.
    folder.run_at(&emulator, "apply plan.json --yes").with(0);
    let nothing = folder
        .run_at(&emulator, "plan --contexts seen.ndjson")
        .with(0);
    assert!(
        nothing
            .data
            .ends_with("10 contexts: nothing that affects them changes\n"),
        "{nothing:?}"
    );
    // A plan that leaves something alone moves nobody there.
    let others = FILE
        .replace("\"shop\"", "\"others\"")
        .replace("@company.io", "@elsewhere.io");
    folder.write("others.toml", &others);
    let refused = folder
        .run_at(&emulator, "plan -f others.toml --contexts seen.ndjson")
        .with(1);
    assert!(
        refused
            .data
            .ends_with("10 contexts: nothing that affects them changes\n"),
        "{refused:?}"
    );
    let elsewhere = folder.run_at(&emulator, "pull other.json -e test").with(0);
    drop(elsewhere);
    let elsewhere = folder
        .run_at(&emulator, "plan --contexts seen.ndjson --before other.json")
        .with(2);
    assert!(
        elsewhere
            .messages
            .contains("the snapshot is of default/test"),
        "{elsewhere:?}"
    );
}
