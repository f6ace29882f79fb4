//! Who is answered at all, and how much the network side takes in.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use segments_emulator::{Builder, Emulator, Role, Token};

fn start(builder: Builder) -> Emulator {
    builder.start_blocking().unwrap()
}

fn connect(emulator: &Emulator) -> TcpStream {
    let stream = TcpStream::connect(emulator.address()).unwrap();
    // No test waits for so long: it only ends one that would hang.
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    stream
}

/// The head of a request with the well-known token.
fn head(emulator: &Emulator, request_line: &str, headers: &[&str]) -> String {
    let token = emulator.access_token();
    let headers: String = headers.iter().map(|it| format!("{it}\r\n")).collect();
    format!("{request_line} HTTP/1.1\r\nAuthorization: {token}\r\n{headers}\r\n")
}

/// The status and the body of the answer that comes next.
fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let number = |text: Option<&str>| text.and_then(|text| text.trim().parse::<usize>().ok());
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; number(length).unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    let status = number(head.split(' ').nth(1)).unwrap_or(0);
    let body = String::from_utf8_lossy(&body).into_owned();
    (u16::try_from(status).unwrap(), body)
}

fn status(stream: &mut TcpStream) -> u16 {
    answer(stream).0
}

fn ask(emulator: &Emulator, request_line: &str, headers: &[&str]) -> u16 {
    let mut stream = connect(emulator);
    let head = head(emulator, request_line, headers);
    stream.write_all(head.as_bytes()).unwrap();
    status(&mut stream)
}

/// One of everything that answers.
const PLACES: [&str; 9] = [
    "GET /",
    "GET /requests",
    "GET /api/v2/projects",
    "OPTIONS /api/v2/projects",
    "GET /sdk/latest-all",
    "GET /all",
    "POST /bulk",
    "GET /_emulator/requests",
    "GET /nothing",
];

#[test]
fn a_name_that_leads_here_reaches_nothing() {
    let emulator = start(Emulator::builder());
    for place in PLACES {
        for headers in [
            &["Host: evil.example"][..],
            &["Host: 127.0.0.1.evil.example:80"],
            &["Host: localhost", "Host: evil.example"],
            &["Host: \u{e9}"],
            &[],
            &["Host: localhost", "Origin: https://evil.example"],
            &["Host: localhost", "Origin: null"],
        ] {
            assert_eq!(ask(&emulator, place, headers), 403, "{place} {headers:?}");
        }
    }
    let absolute = "GET http://evil.example/api/v2/projects";
    assert_eq!(ask(&emulator, absolute, &["Host: localhost"]), 403);
    assert!(emulator.segments("default", "test").is_empty());
}

#[test]
fn names_of_this_machine_and_named_ones_are_answered() {
    let emulator = start(Emulator::builder().host("Dev.Example:8765"));
    for headers in [
        &["Host: localhost:1234"][..],
        &["Host: 127.0.0.1"],
        &["Host: [::1]:80"],
        &["Host: dev.example:9"],
        &["Host: localhost", "Origin: http://localhost:3000"],
        &["Host: DEV.EXAMPLE", "Origin: https://dev.example"],
    ] {
        let found = ask(&emulator, "GET /api/v2/projects", headers);
        assert_eq!(found, 200, "{headers:?}");
        assert_eq!(ask(&emulator, "GET /", headers), 200, "{headers:?}");
    }
}

#[test]
fn with_a_token_of_its_own_the_host_still_counts() {
    let token = Token::new("own", "api-canary-5d8e", Role::Writer);
    let emulator = start(Emulator::builder().token(token));
    let asked = |headers: &[&str]| ask(&emulator, "GET /api/v2/projects", headers);
    assert_eq!(asked(&["Host: evil.example"]), 403);
    assert_eq!(
        asked(&["Host: localhost", "Origin: https://shop.example"]),
        200
    );
}

#[test]
fn a_body_of_somebody_unknown_is_not_waited_for() {
    let emulator = start(Emulator::builder());
    for place in ["/api/v2/segments/default/test", "/_emulator/fill", "/bulk"] {
        let mut stream = connect(&emulator);
        let head = format!(
            "POST {place} HTTP/1.1\r\nHost: localhost\r\nAuthorization: wrong\r\nContent-Length: 60000000\r\n\r\n["
        );
        stream.write_all(head.as_bytes()).unwrap();
        // The rest of the body never comes, and the answer does.
        assert_eq!(status(&mut stream), 401, "{place}");
    }
}

#[test]
fn heads_and_bodies_come_in_time() {
    let emulator = start(Emulator::builder().read_timeout(Duration::from_millis(300)));
    let mut slow_head = connect(&emulator);
    slow_head.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    let mut slow_body = connect(&emulator);
    let head = head(
        &emulator,
        "POST /api/v2/segments/default/test",
        &["Host: localhost", "Content-Length: 100"],
    );
    slow_body.write_all(head.as_bytes()).unwrap();
    slow_body.write_all(b"{").unwrap();
    assert_eq!(status(&mut slow_body), 408);
    // Closed, perhaps after an answer that says why.
    let mut rest = Vec::new();
    slow_head.read_to_end(&mut rest).unwrap();
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}

#[test]
fn a_time_without_end_is_as_good_as_any() {
    let emulator = start(Emulator::builder().read_timeout(Duration::MAX));
    assert_eq!(ask(&emulator, "GET /", &["Host: localhost"]), 200);
}

#[test]
fn connections_beyond_the_cap_wait_for_a_place() {
    let emulator = start(Emulator::builder().connections(1));
    let request = head(&emulator, "GET /api/v2/caller", &["Host: localhost"]);
    let mut first = connect(&emulator);
    first.write_all(request.as_bytes()).unwrap();
    assert_eq!(status(&mut first), 404);
    let mut second = connect(&emulator);
    second.write_all(request.as_bytes()).unwrap();
    first.write_all(request.as_bytes()).unwrap();
    // The first connection is answered again, and the second has to wait until it is gone.
    assert_eq!(status(&mut first), 404);
    assert_eq!(emulator.requests().len(), 2);
    drop(first);
    assert_eq!(status(&mut second), 404);
    assert_eq!(emulator.requests().len(), 3);
}

/// Sends all of a body but its last byte.
fn hold(emulator: &Emulator, length: usize) -> TcpStream {
    let mut stream = connect(emulator);
    let head = head(
        emulator,
        "POST /api/v2/segments/default/test",
        &["Host: localhost", &format!("Content-Length: {length}")],
    );
    stream.write_all(head.as_bytes()).unwrap();
    // It fails where the emulator has refused already.
    let _ = stream.write_all(&vec![b' '; length - 1]);
    stream
}

#[test]
fn bodies_are_bounded_one_by_one_and_together() {
    const MEBIBYTE: usize = 1024 * 1024;
    let emulator = start(Emulator::builder());
    let mut long = hold(&emulator, 64 * MEBIBYTE + 2);
    assert_eq!(status(&mut long), 413);
    drop(long);

    let mut held: Vec<TcpStream> = (0..3).map(|_| hold(&emulator, 60 * MEBIBYTE)).collect();
    // Two fit; whichever of them came too late is refused.
    for stream in &mut held {
        let _ = stream.write_all(b" ");
    }
    let mut statuses: Vec<u16> = held.iter_mut().map(status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [400, 400, 503]);
    drop(held);
    assert_eq!(ask(&emulator, "GET /", &["Host: localhost"]), 200);
}

#[test]
fn a_body_of_many_empty_items_is_refused() {
    let emulator = start(Emulator::builder());
    for item in ["0,", "{},", "[],"] {
        let body = format!("[{}0]", item.repeat(4_000_001));
        let mut stream = connect(&emulator);
        let head = head(
            &emulator,
            "POST /api/v2/segments/default/test",
            &[
                "Host: localhost",
                &format!("Content-Length: {}", body.len()),
            ],
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let (status, body) = answer(&mut stream);
        assert_eq!(status, 400);
        assert!(body.contains("items"), "{body}");
    }
}

#[test]
fn a_json_patch_cannot_double_a_segment_again_and_again() {
    let emulator = start(Emulator::builder());
    emulator
        .import(
            "default",
            "test",
            r#"[{"key": "a", "name": "A", "included": ["u"]}]"#,
        )
        .unwrap();
    let copies: Vec<String> = (0..60)
        .map(|number| format!(r#"{{"op": "copy", "from": "", "path": "/x{number}"}}"#))
        .collect();
    let deep: Vec<String> = (0..200)
        .map(|depth| {
            let path = "/x".repeat(depth + 1);
            format!(r#"{{"op": "add", "path": "{path}", "value": {{}}}}"#)
        })
        .collect();
    for operations in [copies, deep] {
        let body = format!("[{}]", operations.join(","));
        let mut stream = connect(&emulator);
        let head = head(
            &emulator,
            "PATCH /api/v2/segments/default/test/a",
            &[
                "Host: localhost",
                &format!("Content-Length: {}", body.len()),
            ],
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        assert_eq!(status(&mut stream), 400);
    }
}

/// Says to the process below that it is one.
const CHILD: &str = "SEGMENTS_EMULATOR_TEST_CHILD";

/// Is an emulator in a process of its own: this very program, started again to run nothing but this.
#[test]
fn process() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let emulator = start(Emulator::builder());
    println!("\nlistens on {}", emulator.address());
    loop {
        std::thread::park();
    }
}

#[cfg(unix)]
#[test]
fn without_descriptors_it_waits_until_there_are_some() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let mut child = Command::new("sh")
        .args([
            "-c",
            "ulimit -n 32; exec \"$0\" network::process --exact --nocapture",
        ])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let address = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listens on ").map(str::to_owned))
        .unwrap();
    let connections: Vec<TcpStream> = (0..60)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    drop(connections);
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    assert_eq!(status(&mut stream), 200);
    child.kill().unwrap();
    child.wait().unwrap();
}
