//! A web service whose segments are synced from CI. At start, and for each health check, it
//! reads LaunchDarkly and reports whether it has the segments that the service was built with; a
//! read-only token is enough. The service evaluates membership itself, in each request.

pub mod audiences;

use std::sync::Arc;

use audiences::{DashboardPreview, User};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Extension, Json, Router};
use segments_runtime::sync::{SyncConfigBuilder, SyncError, Unreachable};
use segments_runtime::tower::{RequestSegments, SegmentsLayer};
use segments_runtime::{SyncConfig, sync};
use serde_json::{Value, json};

/// The configuration of the sync: verify only, and start even if LaunchDarkly cannot
/// be reached, because answers about membership do not need it.
///
/// # Errors
///
/// If there is no token, or a setting is invalid.
pub fn config(settings: SyncConfigBuilder) -> Result<SyncConfig, SyncError> {
    let config = settings
        .program(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .mode(sync::SyncMode::Verify)
        .unreachable(Unreachable::Continue)
        .build()?;
    Ok(config)
}

/// The routes.
pub fn router(config: SyncConfig) -> Router {
    Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/health/segments", get(segments))
        .route("/dashboard", get(dashboard))
        .route("/support/{user}", get(support))
        .layer(SegmentsLayer::new(|request: &Request| {
            user(request.headers())
        }))
        .with_state(Arc::new(config))
}

/// Reports whether LaunchDarkly has the segments that this program was built with. For a person or an
/// alert; not for an orchestrator, because a restart does not correct a segment.
async fn segments(State(config): State<Arc<SyncConfig>>) -> (StatusCode, Json<Value>) {
    match sync(&config).await {
        Ok(report) => {
            let agree = report.reached && report.out_of_sync().next().is_none();
            let status = if agree {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            (status, Json(json!({"agree": agree, "report": report})))
        }
        // The text is for operators, and holds neither the token nor keys of members.
        Err(error) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({"agree": false, "error": error.to_string()})),
        ),
    }
}

/// Membership in a handler: nanoseconds, no network, no `await`. The layer created the user of the request.
async fn dashboard(Extension(segments): Extension<RequestSegments<User>>) -> &'static str {
    if segments.contains(DashboardPreview) {
        "the new dashboard"
    } else {
        "the dashboard"
    }
}

/// Explains why somebody sees a page, for support.
async fn support(Path(id): Path<String>, headers: HeaderMap) -> String {
    let user = User {
        id,
        ..user(&headers)
    };
    DashboardPreview::explain(&user).to_string()
}

/// Stands in for a session: a service would look the user up by a signed cookie.
fn user(headers: &HeaderMap) -> User {
    let header = |name| headers.get(name)?.to_str().ok();
    User {
        id: header("x-user").unwrap_or("anonymous").to_owned(),
        email: header("x-email").map(str::to_owned),
        account_age: header("x-account-age")
            .and_then(|days| days.parse().ok())
            .unwrap_or(0),
    }
}
