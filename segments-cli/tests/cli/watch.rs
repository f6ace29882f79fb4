//! `watch`: drift and sizes as metrics and in words.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

use crate::support::Folder;
use crate::sync::by_hand;

const FILE: &str = r#"owner = "shop"

[contexts.user.attributes]
plan = "string"
country = "string"

[segments.staff]
description = "Those who work here"
included = { user = ["canary-5d8e-1"] }
rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
"#;

/// Applied, and then widened by somebody.
fn widened(test: &str) -> (Folder, Emulator) {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let folder = Folder::of_members(test);
    folder.write("segments.toml", FILE);
    folder.run_at(&emulator, "apply --yes").with(0);
    let free = json!({"kind": "addRule", "clauses": [
        {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["free"], "negate": false},
        {"contextKind": "user", "attribute": "country", "op": "in", "values": ["DE"], "negate": false}]});
    by_hand(&emulator, "staff", &free);
    (folder, emulator)
}

/// Takes POSTs of JSON, as collectors and webhooks do.
fn receiver() -> (String, mpsc::Receiver<Json>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!(
        "http://{}/hooks/canary-5d8e",
        listener.local_addr().unwrap()
    );
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut length = 0;
            let mut line = String::new();
            while stream.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
            if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, received)
}

#[test]
fn what_differs_is_told_in_words_and_as_metrics_and_no_member_is_named() {
    let (folder, emulator) = widened("watch-once");
    let (webhook, told) = receiver();
    let (collector, metrics) = receiver();
    let mut command = folder.command("watch --once");
    command
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .env("SEGMENTS_WEBHOOK", &webhook)
        .args(["--otlp", &collector]);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let sentence = "default/production: `staff` was widened by hand: \
        now also user plan is \"free\" and user country is \"DE\"";
    assert!(said.contains(sentence), "{said}");
    let told = told.recv().unwrap();
    assert_eq!(told, json!({ "text": sentence }));
    let metrics = metrics.recv().unwrap();
    let metrics = &metrics["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
    assert_eq!(metrics[0]["gauge"]["dataPoints"][0]["asInt"], "1");
    assert_eq!(metrics[1]["name"], "segments.drift");
    assert_eq!(metrics[1]["gauge"]["dataPoints"][0]["asInt"], "1");
    assert!(!format!("{said}{told}{metrics}").contains("5d8e"));
    // As declared again.
    folder.run_at(&emulator, "apply --yes").with(0);
    folder.run_at(&emulator, "watch --once").with(0);
}

#[test]
fn what_cannot_be_done_is_one_clear_error() {
    let (folder, emulator) = widened("watch-not");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap();
    for (words, code, error) in [
        (
            "watch --every 5".to_owned(),
            2,
            "write a time of a second or more",
        ),
        (
            format!("watch --listen {taken}"),
            3,
            "name another address with `--listen`",
        ),
        (
            "watch --once --file missing.toml".to_owned(),
            1,
            "there is no such file",
        ),
        (
            "watch --once --webhook-file missing".to_owned(),
            3,
            "cannot read `missing`",
        ),
    ] {
        let ended = folder.run_at(&emulator, &words).with(code);
        assert!(ended.messages.contains(error), "{words}: {ended:?}");
    }
    // The collector is told of, and the rest goes on.
    let ended = folder
        .run_at(&emulator, "watch --once --otlp http://127.0.0.1:9")
        .with(1);
    assert!(
        ended
            .messages
            .contains("error: the collector: `127.0.0.1` does not respond"),
        "{ended:?}"
    );
}

#[cfg(unix)]
#[test]
fn metrics_are_served_until_a_signal_ends_it_cleanly() {
    let (folder, emulator) = widened("watch-serve");
    let mut command = folder.command("watch --every 1s --listen 127.0.0.1:0");
    command
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let serving = lines.next().unwrap().unwrap();
    let address = serving.strip_prefix("serving http://").unwrap();
    let address = address.strip_suffix("/metrics").unwrap().to_owned();
    // The first look has been told of, so that its metrics are served.
    assert!(
        lines
            .next()
            .unwrap()
            .unwrap()
            .contains("`staff` was widened by hand")
    );
    let second = lines.next().unwrap().unwrap();
    assert!(second.contains("`staff` was widened by hand"), "{second}");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    for line in [
        r#"segments_size{project="default",environment="production",segment="staff",part="included"} 1"#,
        r#"segments_drift{project="default",environment="production"} 1"#,
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    assert!(!page.contains("5d8e"));
    let ended = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(ended.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// What a dashboard shows is what is measured.
#[test]
fn the_dashboard_asks_for_metrics_that_there_are() {
    let dashboard = include_str!("../../../docs/dashboards/segments.json");
    let dashboard: Json = serde_json::from_str(dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() >= 4);
    let known = [
        "segments_size",
        "segments_drift",
        "segments_sync_outcome_total",
    ];
    let mut asked = std::collections::BTreeSet::new();
    for panel in panels {
        let expression = panel["targets"][0]["expr"].as_str().unwrap();
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let metrics: Vec<&str> = words.filter(|word| word.starts_with("segments_")).collect();
        assert!(!metrics.is_empty(), "{expression}");
        for metric in metrics {
            assert!(known.contains(&metric), "{metric}");
            asked.insert(metric.to_owned());
        }
    }
    assert_eq!(asked.len(), known.len());
}
