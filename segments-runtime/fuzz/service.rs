// A service that answers every request with the same bytes: a status, headers, and a body. Whatever
// they are, a sync has to come to an end.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use segments_runtime::sync::{SyncConfig, environments, memberships, segments};

/// What the service says now.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// The first byte picks the status and the question; lines up to an empty one are headers, the rest is
/// the body.
pub fn answers(bytes: &[u8]) {
    let Some((pick, rest)) = bytes.split_first() else {
        return;
    };
    let pick = usize::from(*pick);
    let status = [
        "200 OK",
        "429 Slow",
        "503 Later",
        "404 No",
        "409 Other",
        "301 Moved",
    ][pick % 6];
    let end = rest.windows(2).position(|two| two == b"\n\n");
    let (headers, body) = match end {
        Some(end) => (&rest[..end], &rest[end + 2..]),
        None => (&b""[..], rest),
    };
    let mut answer =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len()).into_bytes();
    for line in headers
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        answer.extend_from_slice(line);
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"Connection: close\r\n\r\n");
    answer.extend_from_slice(body);
    let address = address();
    *ANSWER.lock().expect("nobody panics with it") = answer;
    let config = SyncConfig::builder()
        .token("api-canary-5d8e")
        .base_uri(format!("http://{address}"))
        .deadline(Duration::from_millis(50))
        .build()
        .expect("the configuration is right");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    let error = runtime.block_on(async {
        match pick / 6 % 3 {
            0 => segments(&config).await.err(),
            1 => environments(&config).await.err(),
            _ => {
                let user = serde_json::json!({"kind": "user", "key": "u"});
                memberships(&config, &user).await.err()
            }
        }
    });
    let said = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(!said.contains("canary-5d8e"), "{said}");
}

fn address() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("it has an address")
            .to_string();
        std::thread::spawn(move || {
            // One after the other: a thread that is still there at the end would be taken for a leak.
            listener.incoming().flatten().for_each(answer);
        });
        address
    })
}

fn answer(mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(read @ 1..) => request.extend_from_slice(&part[..read]),
            _ => return,
        }
    }
    let answer = ANSWER.lock().expect("nobody panics with it").clone();
    let _ = stream.write_all(&answer);
}
