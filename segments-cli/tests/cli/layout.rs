//! `fmt` and `doc`, `count` of tables, and what LaunchDarkly says beside it.

use segments_emulator::Emulator;
use serde_json::json;

use crate::support::{Folder, TWO};

#[test]
fn a_file_is_laid_out_and_a_check_changes_nothing() {
    let folder = Folder::new("fmt");
    let written = TWO.replace("name = \"Staff\"", "name=\"Staff\" # them");
    folder.write("segments.toml", &written);
    let ended = folder.run("fmt --check").with(1);
    assert_eq!(ended.data, "`segments.toml` is not formatted\n");
    let read = || std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert_eq!(read(), written);
    folder.run("fmt").with(0);
    assert!(read().contains("name = \"Staff\" # them\n"), "{}", read());
    folder.run("fmt --check").with(0);
    folder.write("segments.toml", "[segments");
    folder.run("fmt").with(3);
}

#[test]
fn the_page_is_written() {
    let folder = Folder::new("doc");
    folder.write("segments.toml", TWO);
    folder.run("doc").with(0);
    let page = std::fs::read_to_string(folder.path("segments.html")).unwrap();
    assert!(page.contains("ends with") && page.contains("<svg") && !page.contains("user-123"));
    assert_eq!(folder.run("doc --out -").with(0).data.trim_end(), page);
}

#[test]
fn rows_of_a_table_are_counted_and_counts_are_kept() {
    let folder = Folder::new("count-csv");
    folder.write("segments.toml", TWO);
    folder.write(
        "contexts.csv",
        "key,email,device:key\nu-1,a@company.com,\nu-2,\"b@x.io\",d-1\nuser-123,,\n,c@company.com,\n",
    );
    let ended = folder
        .run("count contexts.csv --format json --history counts.ndjson")
        .with(1);
    assert!(ended.messages.contains("row 4"), "{ended:?}");
    assert_eq!(
        ended.json(),
        json!({"contexts": 3, "refused": 1, "segments": [
            {"segment": "staff", "members": 2, "unknown": 0},
            {"segment": "testers", "members": 0, "unknown": 2},
        ]})
    );
    folder.write("contexts.csv", "key,email\nu-1,a@company.com\n");
    let ended = folder
        .run("count contexts.csv --history counts.ndjson")
        .with(0);
    assert!(
        ended
            .data
            .contains("counted 2 times\nstaff   █▁ 2 to 1 (-1)"),
        "{ended:?}"
    );
}

#[test]
fn launchdarkly_is_asked_and_differences_are_shown() {
    let folder = Folder::new("live");
    let emulator = Emulator::builder().start_blocking().unwrap();
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes").with(0);
    let ask = r#"eval staff --live --context {"kind":"user","key":"a","email":"a@company.com"}"#;
    let ended = folder.run_at(&emulator, ask).with(0);
    assert!(
        ended
            .data
            .ends_with("= LaunchDarkly says: in the segment\n"),
        "{ended:?}"
    );
    folder.write(
        "segments.toml",
        &TWO.replace("@company.com", "@company.org"),
    );
    let ended = folder.run_at(&emulator, ask).with(1);
    assert!(
        ended
            .data
            .ends_with("≠ LaunchDarkly says: in the segment\n"),
        "{ended:?}"
    );
    let json = folder
        .run_at(&emulator, &format!("{ask} --format json"))
        .with(1)
        .json();
    assert_eq!(json["memberships"][0]["member"], false);
    assert_eq!(json["memberships"][0]["live"], true);

    folder.write("contexts.ndjson", "{\"kind\":\"user\",\"key\":\"a\"}\n");
    let json = folder
        .run_at(&emulator, "count contexts.ndjson --live --format json")
        .with(0)
        .json();
    assert_eq!(json["segments"][0]["listed"], 1);
    let ended = folder
        .run_at(&emulator, "verify --environment all --json")
        .with(1);
    assert_eq!(ended.data.lines().count(), 2);
}
