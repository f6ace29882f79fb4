//! Changes that somebody has to approve, from the command line.

use std::io::{Read, Write};
use std::net::TcpStream;

use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

use crate::support::Folder;

const REQUESTS: &str = "/api/v2/approval-requests";

/// What somebody does in LaunchDarkly's pages.
fn send(emulator: &Emulator, method: &str, path: &str, body: &Json) -> Json {
    let mut stream = TcpStream::connect(emulator.address()).unwrap();
    let body = body.to_string();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nLD-API-Version: beta\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        emulator.address(),
        emulator.access_token(),
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 20"), "{answer}");
    serde_json::from_str(body).unwrap_or_default()
}

fn review(emulator: &Emulator, kind: &str) {
    let open = send(emulator, "GET", REQUESTS, &json!({}));
    let id = open["items"][0]["_id"].as_str().unwrap();
    let path = format!("{REQUESTS}/{id}/reviews");
    send(emulator, "POST", &path, &json!({"kind": kind}));
}

const FILE: &str = "\
[contexts.user]
[segments.staff]
included = { user = ['u-1'] }
";

/// A folder whose segment exists, in an environment that requires approvals, and of which more is
/// declared than is there.
fn guarded(test: &str) -> (Folder, Emulator) {
    let folder = Folder::new(test);
    let emulator = Emulator::builder().start_blocking().unwrap();
    folder.write("segments.toml", FILE);
    folder.run_at(&emulator, "apply --yes").with(0);
    let settings =
        json!({"environmentKey": "production", "resourceKind": "segment", "required": true});
    let path = format!("{REQUESTS}/projects/default/settings");
    send(&emulator, "PATCH", &path, &settings);
    folder.write("segments.toml", &FILE.replace("'u-1'", "'u-1', 'u-2'"));
    (folder, emulator)
}

fn members(emulator: &Emulator) -> usize {
    let staff = emulator.segment("default", "production", "staff").unwrap();
    staff.included.len()
}

#[test]
fn a_change_is_requested_shown_and_carried_out_when_it_is_approved() {
    let (folder, emulator) = guarded("approved");
    let planned = folder.run_at(&emulator, "plan").with(0);
    let told = "default/production requires approvals for changes of segments\n";
    assert_eq!(planned.messages, told);
    let ended = folder
        .run_at(&emulator, "apply --yes --request-approval")
        .with(0);
    assert!(
        ended.messages.contains("pending staff: approval request "),
        "{ended:?}"
    );
    assert_eq!(members(&emulator), 1);
    // It is asked for once, and shown.
    folder
        .run_at(&emulator, "apply --yes --request-approval")
        .with(0);
    let open = send(&emulator, "GET", REQUESTS, &json!({}));
    assert_eq!(open["items"].as_array().unwrap().len(), 1, "{open}");
    let description = open["items"][0]["description"].as_str().unwrap();
    assert!(
        description.contains("include 1 context of kind user"),
        "{description}"
    );
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(
        planned.messages.contains("for staff: pending\n"),
        "{planned:?}"
    );

    let ended = folder
        .run_at(&emulator, "apply --yes --when-approved --timeout 2")
        .with(5);
    assert!(ended.messages.contains("not approved yet: "), "{ended:?}");
    review(&emulator, "approve");
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(
        planned.messages.contains("for staff: approved\n"),
        "{planned:?}"
    );
    let ended = folder
        .run_at(&emulator, "apply --yes --when-approved")
        .with(0);
    assert!(
        ended.messages.contains("applied approval request "),
        "{ended:?}"
    );
    assert_eq!(members(&emulator), 2);
    folder.run_at(&emulator, "verify").with(0);
}

#[test]
fn what_is_declined_is_not_done() {
    let (folder, emulator) = guarded("declined");
    folder
        .run_at(&emulator, "apply --yes --request-approval")
        .with(0);
    review(&emulator, "decline");
    let ended = folder
        .run_at(&emulator, "apply --yes --when-approved")
        .with(5);
    assert!(ended.messages.contains("for staff: declined"), "{ended:?}");
    assert_eq!(members(&emulator), 1);
    // Without a word about approvals it fails, as before.
    folder.run_at(&emulator, "apply --yes").with(4);
}
