//! What people get wrong, and what they are told: one clear error each, never with the token.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::support::five;
use segments_emulator::{Emulator, Role, Token};
use segments_runtime::sync::{
    ConfigError, RequestError, SyncConfig, SyncConfigBuilder, SyncError, SyncMode, Unreachable,
    sync_definitions,
};

const TOKEN: &str = "api-very-secret";

fn builder(base_uri: &str) -> SyncConfigBuilder {
    SyncConfig::builder()
        .token(TOKEN)
        .base_uri(base_uri)
        .deadline(Duration::from_secs(3))
}

async fn error(config: &SyncConfig) -> RequestError {
    let error = sync_definitions(config, &five()).await.unwrap_err();
    let (shown, debug) = (error.to_string(), format!("{error:?}"));
    assert!(
        !shown.contains("secret") && !debug.contains("secret"),
        "{shown}"
    );
    error.request().expect("nothing could be read").clone()
}

/// A service that answers every request with these words.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(10) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_wrong_token() {
    let emulator = Emulator::start().await.unwrap();
    let error = error(&builder(emulator.base_uri()).build().unwrap()).await;
    assert!(matches!(error, RequestError::Unauthorized(_)), "{error:?}");
    assert!(
        error.to_string().contains("LAUNCHDARKLY_ACCESS_TOKEN"),
        "{error}"
    );
    assert_eq!(
        error.refusal().unwrap().code.as_deref(),
        Some("unauthorized")
    );
}

#[tokio::test]
async fn an_unknown_project() {
    let emulator = Emulator::start().await.unwrap();
    let config = crate::support::builder(&emulator)
        .project("shoop")
        .build()
        .unwrap();
    let error = error(&config).await;
    assert!(matches!(error, RequestError::NoProject(_)), "{error:?}");
    assert!(
        error.to_string().contains("set LAUNCHDARKLY_PROJECT"),
        "{error}"
    );
}

#[tokio::test]
async fn an_unknown_environment() {
    let emulator = Emulator::start().await.unwrap();
    for (key, said) in [
        ("prod", "set LAUNCHDARKLY_ENVIRONMENT to `production`"),
        ("Production", "set LAUNCHDARKLY_ENVIRONMENT to `production`"),
        ("live", "set LAUNCHDARKLY_ENVIRONMENT to `production`"),
    ] {
        let config = crate::support::builder(&emulator)
            .environment(key)
            .build()
            .unwrap();
        let error = error(&config).await;
        assert!(matches!(error, RequestError::NoEnvironment(_)), "{error:?}");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn a_token_that_may_only_read() {
    let reader = Token::new("reader", TOKEN, Role::Reader);
    let emulator = Emulator::builder().token(reader).start().await.unwrap();
    let config = builder(emulator.base_uri()).build().unwrap();
    let error = sync_definitions(&config, &five()).await.unwrap_err();
    let report = error.report().expect("the environment could be read");
    assert_eq!(report.failures().count(), 5);
    assert!(error.to_string().contains("role"), "{error}");
    assert!(emulator.segments("default", "production").is_empty());
}

#[tokio::test]
async fn a_service_that_is_not_there() {
    // Bound and closed again, so nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_uri = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let unreachable = error(&builder(&base_uri).build().unwrap()).await;
    assert!(
        matches!(unreachable, RequestError::Unreachable { .. }),
        "{unreachable:?}"
    );
    assert!(
        unreachable.to_string().contains("LAUNCHDARKLY_BASE_URI"),
        "{unreachable}"
    );

    let config = builder(&base_uri)
        .unreachable(Unreachable::Continue)
        .build()
        .unwrap();
    let report = sync_definitions(&config, &five()).await.unwrap();
    assert!(!report.reached && report.segments.len() == 5);
}

#[tokio::test]
async fn a_service_that_never_answers_does_not_hang_the_start() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_uri = format!("http://{}", listener.local_addr().unwrap());
    let config = builder(&base_uri)
        .deadline(Duration::from_millis(300))
        .build()
        .unwrap();
    let error = error(&config).await;
    assert!(matches!(error, RequestError::Deadline(_)), "{error:?}");
    assert!(error.to_string().contains("deadline"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_not_json() {
    let base_uri = answering(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>",
    );
    let error = error(&builder(&base_uri).build().unwrap()).await;
    assert!(
        matches!(error, RequestError::UnexpectedResponse { .. }),
        "{error:?}"
    );
    let shown = error.to_string();
    assert!(
        shown.contains("text/html") && shown.contains("LAUNCHDARKLY_BASE_URI"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let emulator = Emulator::start().await.unwrap();
    let base_uri = answering(
        "HTTP/1.1 301 Moved Permanently\r\nLocation: http://127.0.0.1:9/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let error = error(&builder(&base_uri).build().unwrap()).await;
    assert!(
        matches!(error, RequestError::Redirect { status: 301, .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("http://127.0.0.1:9/x"),
        "{error}"
    );
    assert!(emulator.requests().is_empty());
}

#[test]
fn plain_http_to_another_machine() {
    let error = builder("http://launchdarkly.example").build().unwrap_err();
    assert!(matches!(error, ConfigError::BaseUri(_)), "{error:?}");
    assert!(error.to_string().contains("https://"), "{error}");
}

#[test]
fn no_token_at_all() {
    let error = SyncConfig::builder().build().unwrap_err();
    assert!(matches!(error, ConfigError::MissingToken));
    assert!(error.to_string().contains("LAUNCHDARKLY_ACCESS_TOKEN"));
}

#[tokio::test]
async fn definitions_that_contradict_each_other_send_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let twice = [five(), five()].concat();
    let error = sync_definitions(&crate::support::config(&emulator), &twice)
        .await
        .unwrap_err();
    assert!(matches!(error, SyncError::Definitions(_)), "{error:?}");
    assert!(error.to_string().contains("beta-testers"), "{error}");
    assert!(emulator.requests().is_empty());
}

/// A segment that is declared elsewhere is asked by its key alone. Where it does not exist, a negated
/// condition on it would let everybody in, so nothing is written, and it is told in each mode.
#[tokio::test]
async fn a_segment_that_asks_one_that_does_not_exist_is_refused_before_anything_is_written() {
    let emulator = Emulator::start().await.unwrap();
    let config = crate::support::config(&emulator);
    let elsewhere = segments_model::SegmentKey::from_static("elsewhere");
    let mut asks = segments_model::Clause::segment_match([elsewhere]);
    asks.negate = true;
    let rules = vec![crate::support::rule(vec![asks])];
    let asking = [crate::support::with_rules(
        crate::support::segment("asking", "Asking"),
        rules,
    )];
    let told = "it references segment `elsewhere`, which does not exist in this environment";
    let planned = segments_runtime::sync::plan(&config, &asking)
        .await
        .unwrap();
    assert!(planned.to_string().contains(told), "{planned}");
    for mode in [SyncMode::Apply, SyncMode::Verify] {
        let report = match sync_definitions(&config.with_mode(mode), &asking).await {
            Ok(report) => report,
            Err(error) => error.report().unwrap().clone(),
        };
        assert!(report.to_string().contains(told), "{report}");
        assert!(report.in_sync().is_err());
    }
    assert!(crate::support::writes(&emulator).is_empty());

    let made = serde_json::json!({"key": "elsewhere", "name": "Elsewhere"});
    crate::support::by_hand(&emulator, "POST", "", made).await;
    sync_definitions(&config, &asking).await.unwrap();
    // Once it is gone, a verification does not say that all is well.
    crate::support::by_hand(&emulator, "DELETE", "elsewhere", serde_json::Value::Null).await;
    let report = sync_definitions(&config.with_mode(SyncMode::Verify), &asking)
        .await
        .unwrap();
    assert!(report.in_sync().unwrap_err().to_string().contains(told));
}
