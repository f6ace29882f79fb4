//! `Unreachable::Continue`: what is not the program's own mistake does not stop it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use segments_emulator::{Emulator, Fault, Hint, Role, Token};
use segments_runtime::sync::{
    Outcome, Report, RetryPolicy, SyncConfig, SyncConfigBuilder, SyncError, Unreachable,
    sync_definitions,
};

use crate::support::{five, instruct, segment};

const DEADLINE: Duration = Duration::from_secs(2);

fn hasty(base_uri: &str, token: &str) -> SyncConfigBuilder {
    let retry = RetryPolicy {
        attempts: 3,
        first: Duration::from_millis(5),
        longest: Duration::from_millis(20),
    };
    SyncConfig::builder()
        .token(token)
        .base_uri(base_uri)
        .program("shop", "1.2.3")
        .unreachable(Unreachable::Continue)
        .retry(retry)
        .request_timeout(Duration::from_millis(300))
        .deadline(DEADLINE)
}

async fn start(emulator: &Emulator) -> Result<Report, SyncError> {
    let config = hasty(emulator.base_uri(), emulator.access_token())
        .build()
        .unwrap();
    sync_definitions(&config, &five()).await
}

/// A service, or a proxy, that gives every request the same answer.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(40) {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

/// Every way in which a write can fail although the program is right.
#[tokio::test]
async fn writes_that_fail_are_a_degraded_report_with_a_cause_for_each() {
    let faults = [
        ("POST", Fault::status(502)),
        ("POST", Fault::slow(Duration::from_secs(30))),
        ("POST", Fault::reset_before()),
        ("POST", Fault::wrong_body("<html>maintenance</html>")),
        (
            "POST",
            Fault::rate_limited(Hint::RetryAfter { seconds: 60 }),
        ),
        ("PATCH", Fault::status(503)),
        ("PATCH", Fault::slow(Duration::from_secs(30))),
        ("PATCH", Fault::reset_before()),
        ("PATCH", Fault::truncated()),
        ("PATCH", Fault::conflict()),
    ];
    for (method, fault) in faults {
        let emulator = Emulator::start().await.unwrap();
        emulator.inject_fault(fault.clone().on_method(method).always());
        let report = start(&emulator).await;
        let report = report.unwrap_or_else(|error| panic!("{method} {fault:?}: {error}"));
        assert!(report.reached);
        for failure in report.failures() {
            let said = failure.to_string();
            // What the deadline left no time for has no failure of its own.
            let caused = said.contains("cannot ") || said.starts_with("not begun ");
            assert!(caused, "{method} {fault:?}: {said}");
            assert!(!said.contains("still shows something else"), "{said}");
        }
        if report.is_degraded() {
            report.in_sync().unwrap_err();
        }
    }
}

#[tokio::test]
async fn an_environment_that_cannot_be_read_has_a_cause() {
    for fault in [
        Fault::status(500),
        Fault::status(409),
        Fault::slow(Duration::from_secs(30)),
        Fault::reset_before(),
        Fault::truncated(),
        Fault::wrong_body("<html>"),
        Fault::wrong_body("{}"),
        Fault::rate_limited(Hint::None),
    ] {
        let emulator = Emulator::start().await.unwrap();
        emulator.inject_fault(fault.clone().on_method("GET").always());
        let report = start(&emulator).await;
        let report = report.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert!(
            !report.reached && report.is_degraded(),
            "{fault:?}: {report}"
        );
        assert!(report.cause.is_some(), "{fault:?}");
        assert!(
            report.elapsed < DEADLINE + Duration::from_secs(1),
            "{:?}",
            report.elapsed
        );
        let shown = report.to_string();
        assert!(shown.contains("cannot list the segments"), "{shown}");
        let json = serde_json::to_value(&report).unwrap();
        assert!(json["cause"].as_str().unwrap().contains("cannot list"));
        let outcome = report.outcome("beta-testers");
        assert!(matches!(outcome, Some(Outcome::Unreachable)));
    }
}

#[tokio::test]
async fn what_a_proxy_says_is_not_the_programs_mistake() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>",
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>",
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!",
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\nContent-Length: 600\r\nConnection: close\r\n\r\n{\"items\":",
        "",
    ] {
        let config = hasty(&answering(answer), "api-canary-5d8e")
            .build()
            .unwrap();
        let report = sync_definitions(&config, &five()).await;
        let report = report.unwrap_or_else(|error| panic!("{answer:?}: {error}"));
        assert!(!report.reached && report.cause.is_some(), "{answer:?}");
    }
}

/// A token, a role, a project, a definition, an owner: those the program has to correct.
#[tokio::test]
async fn the_programs_own_mistakes_stay_errors() {
    let token = "api-canary-5d8e-writer";
    let emulator = Emulator::builder()
        .token(Token::new("reader", "api-canary-5d8e-reader", Role::Reader))
        .token(Token::new("writer", token, Role::Writer))
        .start()
        .await
        .unwrap();
    let base_uri = emulator.base_uri();
    let mistakes = [
        hasty(base_uri, "api-canary-5d8e-unknown"),
        hasty(base_uri, "api-canary-5d8e-reader"),
        hasty(base_uri, token).project("shoop"),
    ];
    for builder in mistakes {
        let error = sync_definitions(&builder.build().unwrap(), &five()).await;
        let error = error.unwrap_err();
        assert!(error.is_own_mistake(), "{error}");
    }
    let config = hasty(base_uri, token).build().unwrap();
    let twice = [segment("a", "A"), segment("a", "B")];
    let error = sync_definitions(&config, &twice).await.unwrap_err();
    assert!(matches!(error, SyncError::Definitions(_)), "{error}");
    let theirs = hasty(base_uri, token)
        .program("other", "1")
        .build()
        .unwrap();
    sync_definitions(&theirs, &[segment("theirs", "Theirs")])
        .await
        .unwrap();
    let ours = [segment("theirs", "Ours")];
    let error = sync_definitions(&config, &ours).await.unwrap_err();
    assert!(matches!(error, SyncError::Incomplete(_)), "{error}");
}

/// One segment of somebody else does not make the failure of another one a mistake.
#[tokio::test]
async fn what_was_degraded_is_made_good_by_the_next_sync() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(502).on("PATCH", "eu-power-users").always());
    let report = start(&emulator).await.unwrap();
    let failed: Vec<_> = report.failures().map(|it| it.key.to_owned()).collect();
    assert_eq!(failed, ["eu-power-users"]);
    emulator.clear_faults();
    let report = start(&emulator).await.unwrap();
    assert!(!report.is_degraded(), "{report}");
    assert!(report.in_sync().is_ok());
    instruct(
        &emulator,
        "eu-power-users",
        serde_json::json!([{"kind": "updateName", "value": "X"}]),
    )
    .await;
    assert_eq!(start(&emulator).await.unwrap().writes(), 1);
}
