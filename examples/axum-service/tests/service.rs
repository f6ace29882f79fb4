//! The service with an emulator: CI syncs with a token that may write, the service verifies with
//! one that may not.

use std::time::Duration;

use axum_service::{config, router};
use segments_emulator::{Emulator, Role, Token};
use segments_runtime::{SyncConfig, sync};
use serde_json::Value;

const READER: &str = "api-reader";

struct Service {
    base_uri: String,
    http: reqwest::Client,
}

impl Service {
    async fn start(emulator: &Emulator) -> Self {
        let settings = SyncConfig::builder()
            .base_uri(emulator.base_uri())
            .token(READER)
            // Where there is no LaunchDarkly, no test waits for long.
            .deadline(Duration::from_secs(3));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_uri = format!("http://{}", listener.local_addr().unwrap());
        let router = router(config(settings).unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = reqwest::Client::new();
        Self { base_uri, http }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = self.http.get(format!("{}{path}", self.base_uri));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn agrees(&self) -> (u16, Value) {
        let (status, body) = self.get("/health/segments", &[]).await;
        assert!(!body.contains(READER), "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        (status, body["agree"].clone())
    }
}

async fn emulator() -> Emulator {
    let reader = Token::new("service", READER, Role::Reader);
    let writer = Token::new("ci", "api-ci", Role::Writer);
    Emulator::builder()
        .token(reader)
        .token(writer)
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn health_says_whether_launchdarkly_has_what_the_service_was_built_with() {
    let emulator = emulator().await;
    let service = Service::start(&emulator).await;
    assert_eq!(service.get("/health", &[]).await, (200, "ok".to_owned()));
    assert_eq!(
        service.agrees().await,
        (503, false.into()),
        "nothing is synced yet"
    );

    // CI after a merge.
    let ci = SyncConfig::builder()
        .base_uri(emulator.base_uri())
        .token("api-ci")
        .program("axum-service", "0.1.0")
        .build()
        .unwrap();
    sync(&ci).await.unwrap();
    assert_eq!(service.agrees().await, (200, true.into()));

    // Somebody deletes the segment by hand.
    let url = format!(
        "{}/api/v2/segments/default/production/dashboard-preview",
        emulator.base_uri()
    );
    let request = service.http.delete(url).header("Authorization", "api-ci");
    assert_eq!(request.send().await.unwrap().status(), 204);
    assert_eq!(service.agrees().await, (503, false.into()));

    // The health check wrote nothing: the service's token could not.
    let writes = emulator
        .requests()
        .into_iter()
        .filter(segments_emulator::RecordedRequest::is_write);
    assert!(writes.count() > 0, "CI wrote");
    assert!(emulator.segments("default", "production").is_empty());
}

#[tokio::test]
async fn membership_needs_no_service() {
    let emulator = emulator().await;
    let service = Service::start(&emulator).await;
    drop(emulator);
    let colleague = [("x-user", "u-1"), ("x-email", "ann@company.com")];
    let newcomer = [("x-user", "u-2"), ("x-account-age", "3")];
    assert_eq!(
        service.get("/dashboard", &colleague).await.1,
        "the new dashboard"
    );
    assert_eq!(
        service.get("/dashboard", &newcomer).await.1,
        "the dashboard"
    );
    let (_, why) = service.get("/support/u-2", &newcomer).await;
    assert!(
        why.contains("accountAge is greater than 1000: it is 3"),
        "{why}"
    );
    assert_eq!(
        service.agrees().await,
        (503, false.into()),
        "it cannot be reached"
    );
}
