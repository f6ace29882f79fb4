//! How much memory the answers and files of others take, whatever is in them. A process of its own,
//! whose most memory at any time the system counts.

#[path = "../support/thorough.rs"]
mod thorough;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::file;
use segments_runtime::sync::{RequestError, RetryPolicy, SyncConfig, SyncError, segments};

/// How long each answer and file is: millions of items, which took gigabytes.
const LENGTH: usize = 24 << 20;

/// The most memory that this process takes, in bytes.
const MOST: u64 = 400 << 20;

/// What this process took at most so far. Only Linux says so.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes << 10)
}

fn assert_little(what: &str) {
    match peak() {
        Some(peak) => assert!(peak < MOST, "{what}: {} MB", peak >> 20),
        None => eprintln!("not run: {what}: only Linux tells a process how much memory it took"),
    }
}

/// As many of these as make a long list.
fn repeated(begin: &str, item: &str, end: &str) -> String {
    let times = (LENGTH - begin.len() - end.len()) / (item.len() + 1) - 1;
    let mut text = String::with_capacity(LENGTH);
    text.push_str(begin);
    // Doubled, which takes a debug build no time.
    let start = text.len();
    text.push_str(item);
    text.push(',');
    let mut there = 1;
    while there < times {
        let more = there.min(times - there);
        text.extend_from_within(start..start + more * (item.len() + 1));
        there += more;
    }
    text.push_str(item);
    text.push_str(end);
    text
}

/// All of these lists under `SEGMENTS_THOROUGH`, else some: a debug build takes seconds to read each.
fn some<T>(all: impl IntoIterator<Item = T>, each: usize) -> impl Iterator<Item = T> {
    all.into_iter()
        .step_by(if thorough::is_thorough() { 1 } else { each })
}

/// Lists of everything that an answer can have lists of.
const LISTS: [(&str, &str, &str); 9] = [
    (r#"{"items":["#, "{}", "]}"),
    (r#"{"items":["#, "null", "]}"),
    (r#"{"items":[{"key":"a","rules":["#, "{}", "]}]}"),
    (
        r#"{"items":[{"key":"a","rules":[{"clauses":["#,
        "{}",
        "]}]}]}",
    ),
    (
        r#"{"items":[{"key":"a","rules":[{"clauses":[{"values":["#,
        "0",
        "]}]}]}]}",
    ),
    (
        r#"{"items":[{"key":"a","rules":[{"clauses":[{"values":["#,
        "[]",
        "]}]}]}]}",
    ),
    (r#"{"items":[{"key":"a","included":["#, "\"\"", "]}]}"),
    (
        r#"{"items":[{"key":"a","includedContexts":["#,
        r#"{"contextKind":""}"#,
        "]}]}",
    ),
    (
        r#"{"items":[{"key":"a","_flags":["#,
        r#"{"key":""}"#,
        "]}]}",
    ),
];

fn serve(mut stream: TcpStream, body: &str) -> std::io::Result<()> {
    let _ = stream.read(&mut [0; 4096])?;
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body.as_bytes())
}

/// What a client makes of this answer.
fn tell(body: &str) -> Result<usize, SyncError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = SyncConfig::builder()
        .base_uri(format!("http://{}", listener.local_addr().unwrap()))
        .token("api-canary-5d8e")
        .deadline(Duration::from_mins(5))
        .request_timeout(Duration::from_mins(5))
        .retry(RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        })
        .build()
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    std::thread::scope(|scope| {
        // A client that hangs up in the middle has seen enough.
        scope.spawn(|| {
            listener
                .accept()
                .and_then(|(stream, _)| serve(stream, body))
        });
        runtime.block_on(segments(&config)).map(|found| found.len())
    })
}

#[test]
fn what_others_wrote_takes_little_memory() {
    for (begin, item, end) in some(LISTS, 4) {
        // So few that counting alone would let them pass.
        let few = format!("{begin}{}{end}", vec![item; 400_000].join(","));
        let _ = tell(&few);
        let _ = CompiledSegments::from_json(&few);
        assert_little(begin);
        let body = repeated(begin, item, end);
        let error = tell(&body).unwrap_err();
        let too_long = RequestError::ResponseTooLarge { status: 200 };
        assert_eq!(error.request(), Some(&too_long), "{begin}");
        assert_little(begin);
        assert!(CompiledSegments::from_json(&body).is_err(), "{begin}");
        assert!(ContextInstance::from_json(&body).is_err(), "{begin}");
        assert_little(begin);
    }
    let files = [
        ("x = [", "{}", "]"),
        ("x = [", "0", "]"),
        ("x = [", "[]", "]"),
        ("[segments.a]\nincluded = [", "''", "]"),
    ];
    for (begin, item, end) in some(files, 3) {
        let report = file::read("segments.toml", repeated(begin, item, end).as_bytes());
        assert!(report.has_errors(), "{begin}");
        assert_little(begin);
    }
}
