//! `src/bin/segments.rs`: the commands over the audiences that the service registers.

use std::process::{Command, Output};

use axum_service::config;
use segments_emulator::Emulator;
use segments_runtime::{SyncConfig, sync};
use serde_json::Value;

/// The program's output and messages, if it succeeded.
fn segments(emulator: &Emulator, words: &[&str], code: i32) -> (String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_segments"))
        .args(words)
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .env_remove("LAUNCHDARKLY_PROJECT")
        .env_remove("LAUNCHDARKLY_ENVIRONMENT")
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (data, messages) = (text(stdout), text(stderr));
    assert_eq!(status.code(), Some(code), "{words:?}: {data}{messages}");
    (data, messages)
}

#[tokio::test]
async fn the_commands_know_what_the_program_declares() {
    let emulator = Emulator::start().await.unwrap();
    let (_, messages) = segments(&emulator, &["check"], 0);
    assert_eq!(
        messages,
        "checked 1 segment of this program: nothing is wrong\n"
    );
    let (data, _) = segments(&emulator, &["check", "--format", "json"], 0);
    assert_eq!(data, "{\"findings\":[]}\n");
    let context = r#"{"kind":"user","key":"u-1","accountAge":3,"email":"ann@company.com"}"#;
    let (data, _) = segments(
        &emulator,
        &["eval", "--format", "json", "--context", context],
        0,
    );
    let answer: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(answer["memberships"][0]["key"], "dashboard-preview");
    assert_eq!(answer["memberships"][0]["member"], true);
    assert!(emulator.requests().is_empty());

    let plan = "+ dashboard-preview
    add rule: user email ends with \"@company.com\" (colleagues)
    add rule: user accountAge is greater than 1000 (first hour)
default/production: 1 to create (project: default, environment: default)
";
    assert_eq!(segments(&emulator, &["plan"], 0).0, plan);
    segments(&emulator, &["verify"], 1);
    segments(&emulator, &["apply", "--yes"], 0);
    segments(&emulator, &["verify"], 0);

    // And the service accepts the result as its own.
    let settings = SyncConfig::builder()
        .base_uri(emulator.base_uri())
        .token(emulator.access_token());
    let report = sync(&config(settings).unwrap()).await.unwrap();
    assert_eq!(report.headline(), "default/production: 1 unchanged");
}
