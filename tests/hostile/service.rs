//! Answers that the service would never give.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use segments_model::{Clause, Definition, Operator, SegmentKey};
use segments_runtime::sync::{RequestError, RetryPolicy, SyncConfig, SyncError, sync_definitions};
use serde_json::json;

use crate::support::{clause, rule, segment, with_rules};

const TOKEN: &str = "api-canary-5d8e";
const MEMBER: &str = "member-canary-5d8e";

/// What a program that syncs with this service is told.
async fn told(base_uri: &str, definitions: &[Definition]) -> SyncError {
    let config = SyncConfig::builder()
        .token(TOKEN)
        .base_uri(base_uri)
        .deadline(Duration::from_secs(20))
        .request_timeout(Duration::from_secs(20))
        .retry(RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        })
        .build()
        .unwrap();
    let error = sync_definitions(&config, definitions).await.unwrap_err();
    for shown in [
        error.to_string(),
        format!("{error:?}"),
        format!("{:?}", error.report()),
    ] {
        assert!(!shown.contains(TOKEN), "{shown}");
        assert!(!shown.contains(MEMBER), "{shown}");
        assert!(!shown.contains('\x1b'), "{shown:?}");
    }
    error
}

async fn refused(base_uri: &str) -> RequestError {
    let error = told(base_uri, &[segment("staff", "Staff")]).await;
    error.request().expect("nothing can be read").clone()
}

/// A service that answers with what `answer` writes, until the other side has enough.
fn service(answer: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(50) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            // A client that hangs up in the middle is what these tests want to see.
            let _ = answer(&mut stream);
        }
    });
    format!("http://{address}")
}

/// A service that gives every request the same answer.
fn answering(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    service(move |stream| stream.write_all(answer.as_bytes()))
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_to_its_end() {
    let base_uri = service(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 0x10_0000], b"\r\n"].concat();
        // A gigabyte stands for no end.
        for _ in 0..1024 {
            stream.write_all(&chunk)?;
        }
        Ok(())
    });
    let error = refused(&base_uri).await;
    assert_eq!(error, RequestError::ResponseTooLarge { status: 200 });
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_read() {
    let base_uri = service(|stream| {
        stream.write_all(b"HTTP/1.1 500 Oops\r\nContent-Length: 99999999999\r\n\r\n")?;
        stream.read(&mut [0]).map(drop)
    });
    let error = refused(&base_uri).await;
    assert_eq!(error, RequestError::ResponseTooLarge { status: 500 });
}

#[tokio::test]
async fn a_deep_answer_does_not_exhaust_the_stack() {
    for (open, close) in [("[", "]"), ("{\"items\":", "}")] {
        let body = [open.repeat(200_000), close.repeat(200_000)].concat();
        let error = refused(&answering("200 OK", "", &body)).await;
        assert!(
            matches!(error, RequestError::UnexpectedResponse { .. }),
            "{error:?}"
        );
        // The same where a refusal has its words.
        let error = refused(&answering("400 Bad Request", "", &body)).await;
        assert!(matches!(error, RequestError::Refused(_)), "{error:?}");
    }
}

/// Nothing asks for compressed answers, so nothing unpacks them, and a small one cannot grow.
#[tokio::test]
async fn a_compressed_answer_is_not_unpacked() {
    let error = refused(&answering("200 OK", "Content-Encoding: gzip\r\n", "\u{1f}")).await;
    assert!(
        matches!(error, RequestError::UnexpectedResponse { .. }),
        "{error:?}"
    );
}

/// A service that gives each request the answer of a function of its path, and counts them.
fn counted(answer: impl Fn(&str) -> String + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(5000) {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..length]);
            let body = answer(request.split(' ').nth(1).unwrap_or_default());
            counter.fetch_add(1, Ordering::Relaxed);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    (format!("http://{address}"), asked)
}

/// Whatever the service counts, and whether its pages bring something new or not.
#[tokio::test]
async fn pages_without_end_are_not_asked_for() {
    for total in [20_201, 1_000_000, u64::MAX / 4, u64::MAX] {
        for page in ["", r#"{"key":"other"}"#, r#"{"key":"OFFSET"}"#] {
            let (base_uri, asked) = counted(move |path| {
                let offset = path.split("offset=").nth(1).unwrap_or("0");
                let offset = offset.split('&').next().unwrap_or_default();
                let items = page.replace("OFFSET", &format!("other-{offset}"));
                format!(r#"{{"items":[{items}],"totalCount":{total}}}"#)
            });
            let config = SyncConfig::builder().token(TOKEN).base_uri(base_uri);
            let config = config.build().unwrap();
            // Whether it fails or not: what matters is that it ends.
            let _ = segments_runtime::sync::segments(&config).await;
            let _ = segments_runtime::sync::environments(&config).await;
            let _ = segments_runtime::sync::plan(&config, &[segment("staff", "Staff")]).await;
            let asked = asked.load(Ordering::Relaxed);
            assert!(asked < 100, "{total} {page}: {asked} requests");
        }
    }
}

#[tokio::test]
async fn a_token_that_comes_back_is_not_shown() {
    let body = format!(r#"{{"code":"{TOKEN}","message":"no {TOKEN} here","id":"{TOKEN}"}}"#);
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
    ] {
        let error = refused(&answering(status, "", &body)).await;
        assert!(error.to_string().contains("no [token] here"), "{error}");
    }
    let location = format!("Location: http://127.0.0.1:9/{TOKEN}\r\n");
    let error = refused(&answering("302 Found", &location, "")).await;
    assert!(matches!(error, RequestError::Redirect { .. }), "{error:?}");
    let content_type = format!("Content-Type: {TOKEN}\r\n");
    for body in [format!("<{TOKEN}>"), format!(r#"{{"items":"{TOKEN}"}}"#)] {
        let error = refused(&answering("200 OK", &content_type, &body)).await;
        assert!(
            matches!(error, RequestError::UnexpectedResponse { .. }),
            "{error:?}"
        );
    }
}

/// What the service says of its segments may hold the keys of their members.
#[tokio::test]
async fn keys_of_members_in_a_malformed_answer_are_not_shown() {
    for (field, value) in [
        ("included", json!(MEMBER)),
        ("version", json!(MEMBER)),
        ("includedContexts", json!([{ "contextKind": [MEMBER] }])),
        ("rules", json!({ MEMBER: 1 })),
    ] {
        let body = json!({ "items": [{ "key": "staff", field: value }] }).to_string();
        let error = told(
            &answering("200 OK", "", &body),
            &[segment("staff", "Staff")],
        )
        .await;
        let report = error.report().expect("the list can be read").to_string();
        let said = format!("segment `staff` cannot be read: `{field}` is of another type");
        assert!(report.contains(&said), "{report}");
    }
    let body = format!(r#"{{"items":"{MEMBER}"}}"#);
    let error = refused(&answering("200 OK", "", &body)).await;
    assert!(
        matches!(error, RequestError::UnexpectedResponse { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("line 1 column"), "{error}");
}

/// The others are read, planned and referred to as ever; of the one nothing is known but that it exists.
#[tokio::test]
async fn a_segment_that_cannot_be_read_is_in_nobodys_way() {
    let body = json!({
        "items": [
            { "key": "partners", "name": "Partners", "version": 1, "tags": ["managed-by.segments-as-code"] },
            { "key": "staff", "name": "Staff", "version": 1, "rules": [{ "clauses": MEMBER }] },
            { "key": ["secret"], "name": "Other" },
        ],
        "totalCount": 3,
    });
    let body = body.to_string();
    let (base_uri, _) = counted(move |path| {
        if path.contains("production?") {
            body.clone()
        } else {
            String::new()
        }
    });
    let config = SyncConfig::builder().token(TOKEN).base_uri(base_uri);
    let config = config.build().unwrap();
    let list = segments_runtime::sync::list_segments(&config)
        .await
        .unwrap();
    let keys: Vec<&str> = list.segments.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["partners"]);
    let unreadable: Vec<String> = list.unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(
        unreadable,
        [
            "a segment cannot be read: `key` is of another type than documented",
            "segment `staff` cannot be read: `rules` is of another type than documented",
        ]
    );
    let error = segments_runtime::sync::segments(&config).await.unwrap_err();
    assert!(
        error.to_string().contains("segment `staff` cannot be read"),
        "{error}"
    );

    let asks = with_rules(
        segment("partners", "Partners"),
        vec![rule(vec![Clause::segment_match([
            SegmentKey::from_static("staff"),
        ])])],
    );
    let declared = [segment("staff", "Staff"), asks.clone()];
    let plan = segments_runtime::sync::plan(&config, &declared)
        .await
        .unwrap();
    let shown = plan.to_string();
    assert!(shown.contains("segment `staff` cannot be read"), "{shown}");
    assert!(
        shown.contains("~ partners") && !shown.contains("+ "),
        "{shown}"
    );
    assert!(!shown.contains(MEMBER), "{shown}");
    // Declared elsewhere, it exists.
    let plan = segments_runtime::sync::plan(&config, &[asks])
        .await
        .unwrap();
    let shown = plan.to_string();
    assert!(shown.contains("~ partners"), "{shown}");
}

#[tokio::test]
async fn what_the_service_says_steers_no_terminal() {
    let body =
        r#"{"code":"\u001b[2J","message":"\u001b]0;owned\u0007\nfine: 0 failures","id":"\u009b"}"#;
    let error = refused(&answering("400 Bad Request", "", body)).await;
    let shown = error.to_string();
    assert!(shown.contains(r"\u{1b}]0;owned\u{7}\u{a}fine"), "{shown}");
}

/// A plan is what somebody reads before they say yes.
#[tokio::test]
async fn names_in_a_plan_steer_no_terminal() {
    let body = r#"{"items":[{"key":"staff","name":"Staff\u001b[8m","version":1,
        "description":"\u001b[1A\u001b[2K", "tags":["managed-by.segments-as-code"],
        "rules":[{"_id":"r","clauses":[{"_id":"c","contextKind":"user\u001b[8m",
            "attribute":"\u202eliam","op":"in\u001b[8m","values":["\u001b[8m"]}]}]}],"totalCount":1}"#;
    let config = SyncConfig::builder()
        .token(TOKEN)
        .base_uri(answering("200 OK", "", body))
        .build()
        .unwrap();
    let wanted = Definition {
        description: Some("People who work here".to_owned()),
        ..with_rules(
            segment("staff", "Staff"),
            vec![rule(vec![clause(
                "user",
                "email",
                Operator::EndsWith,
                ["@x.io"],
            )])],
        )
    };
    let plan = segments_runtime::sync::plan(&config, &[wanted])
        .await
        .unwrap();
    let shown = plan.to_string();
    assert!(
        shown.contains(r"rename") && shown.contains(r"Staff\u{1b}[8m"),
        "{shown}"
    );
    assert!(
        shown.contains("remove") && shown.contains(r"\u{202e}liam"),
        "{shown}"
    );
    assert!(!shown.contains(['\x1b', '\u{202e}']), "{shown:?}");
}
