//! What the fuzz targets, and the test of their corpus, do with bytes.
#![allow(dead_code, reason = "each fuzz target uses one half")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use segments_emulator::Emulator;

/// What looks at everything that a file can hold.
const READS: [&str; 15] = [
    "GET /",
    "GET /?context=%7B%22key%22%3A%22u%22%7D",
    "GET /api/v2/projects?expand=environments",
    "GET /api/v2/segments/default/test?sort=-creationDate",
    "GET /api/v2/segments/default/test/a",
    "GET /api/v2/segments/default/a/expiring-targets/test",
    "GET /api/v2/flags/default",
    "GET /api/v2/flags/default/f/dependent-flags",
    "GET /api/v2/flags/default/f/expiring-targets/test",
    "GET /api/v2/projects/default/environments/test/context-attributes",
    "GET /api/v2/projects/default/ai-configs",
    "GET /api/v2/projects/default/ai-configs/c/targeting",
    "GET /api/v2/projects/default/context-kinds",
    "GET /api/v2/approval-requests",
    "GET /_emulator/clock",
];

/// What changes things of every sort.
const WRITES: [(&str, &str); 5] = [
    (
        "POST /api/v2/segments/default/test",
        r#"{"key": "new", "name": "New"}"#,
    ),
    (
        "PATCH /api/v2/segments/default/test/a",
        r#"{"included": ["u", "v"]}"#,
    ),
    (
        "POST /api/v2/projects/default/environments",
        r#"{"key": "new", "name": "New"}"#,
    ),
    (
        "POST /api/v2/projects/default/ai-configs/c/variations",
        r#"{"key": "new", "name": "New"}"#,
    ),
    ("DELETE /api/v2/segments/default/test/a", ""),
];

/// Sends a request and gives the status; `None` if there is no answer, as where there is no request.
fn send(emulator: &Emulator, line: &[u8], body: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(emulator.address()).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .expect("a time-out");
    let token = emulator.access_token();
    let length = body.len();
    let semantic = if body.windows(14).any(|it| it == b"\"instructions\"") {
        "; domain-model=launchdarkly.semanticpatch"
    } else {
        ""
    };
    let head = format!(
        " HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\nLD-API-Version: beta\r\n\
         Content-Type: application/json{semantic}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    // It fails where the emulator has refused already.
    let _ = stream.write_all(&[line, head.as_bytes(), body].concat());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let line = String::from_utf8_lossy(&answer);
    line.split(' ').nth(1)?.parse().ok()
}

/// Sends a request that is one, and looks at the answer.
fn ask(emulator: &Emulator, line: &str, body: &str) -> u16 {
    let status = send(emulator, line.as_bytes(), body.as_bytes());
    let status = status.unwrap_or_else(|| panic!("no answer to {line}"));
    assert!(status < 500 || status == 501, "{line}: {status}");
    status
}

/// Takes bytes for a file of data.
pub fn data(bytes: &[u8]) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder =
        std::env::temp_dir().join(format!("segments-data-{}-{number}", std::process::id()));
    std::fs::create_dir(&folder).expect("a new folder");
    let file = folder.join("x");
    std::fs::write(&file, bytes).expect("a file");
    check_data(&file, bytes);
    std::fs::remove_dir_all(&folder).expect("a folder of ours");
}

fn check_data(file: &PathBuf, bytes: &[u8]) {
    let start = || Emulator::builder().data(file).start_blocking();
    let Ok(emulator) = start() else {
        assert_eq!(std::fs::read(file).expect("the file"), bytes);
        return;
    };
    for line in READS {
        ask(&emulator, line, "");
    }
    // Reading lets targets go whose time is over.
    let before = emulator.segments("default", "test");
    drop(emulator);
    let emulator = start().expect("what it wrote");
    assert_eq!(emulator.segments("default", "test"), before);
    for (line, body) in WRITES {
        ask(&emulator, line, body);
    }
    for line in READS {
        ask(&emulator, line, "");
    }
    let before = emulator.segments("default", "test");
    drop(emulator);
    let emulator = start().expect("what it wrote");
    assert_eq!(emulator.segments("default", "test"), before);
}

/// Takes bytes for a request: the method and the path on the first line, then the body.
pub fn request(bytes: &[u8]) {
    static EMULATOR: OnceLock<Emulator> = OnceLock::new();
    let emulator = EMULATOR.get_or_init(|| {
        let emulator = Emulator::builder().start_blocking().expect("an emulator");
        for (line, body) in [
            (
                "POST /api/v2/segments/default/test",
                r#"{"key": "a", "name": "A"}"#,
            ),
            (
                "POST /api/v2/segments/default/test",
                r#"{"key": "big", "name": "Big", "unbounded": true}"#,
            ),
            ("POST /api/v2/flags/default", r#"{"key": "f", "name": "F"}"#),
            (
                "POST /api/v2/projects/default/ai-configs",
                r#"{"key": "c", "name": "C", "defaultVariation": {"key": "v", "name": "V"}}"#,
            ),
        ] {
            assert_eq!(ask(&emulator, line, body), 201);
        }
        emulator
    });
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (line, body) = bytes.split_at(end.unwrap_or(bytes.len()));
    let status = send(emulator, line, body);
    assert!(
        status.is_none_or(|status| status < 500 || status == 501),
        "{status:?}"
    );
    // What goes wrong on request goes wrong no more, and the emulator is as it was.
    for (line, body) in [
        ("DELETE /_emulator/faults", ""),
        ("PUT /_emulator/latency", "{}"),
        ("PUT /_emulator/limits", "{}"),
        ("PUT /_emulator/behavior", "{}"),
        ("GET /api/v2/projects", ""),
    ] {
        ask(emulator, line, body);
    }
}
