//! What errors say: what was being done, how much was tried, and what went wrong.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use segments_emulator::{Emulator, Fault};
use segments_runtime::sync::{
    ItemError, KindOutcome, Outcome, RequestError, SyncError, sync_definitions,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::support::{builder, five};

/// As in the issue that this comes from: the service answers every write with 502.
#[tokio::test]
async fn a_write_that_always_fails_keeps_its_cause() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(502).on("POST", "/segments/").always());
    let config = builder(&emulator)
        .deadline(Duration::from_secs(6))
        .build()
        .unwrap();
    let error = sync_definitions(&config, &five()).await.unwrap_err();
    let report = error.report().unwrap();
    let mut attempts = Vec::new();
    for failure in report.failures() {
        let Outcome::Failed(ItemError::Request(failed)) = failure.outcome else {
            panic!("{failure}");
        };
        assert!(matches!(&failed.error, RequestError::Server(refusal) if refusal.status == 502));
        assert!(failed.purpose.starts_with("create segment `"), "{failed}");
        attempts.push(failed.attempts);
        let is_repeated = failed.attempts > 1;
        let said = failure.to_string();
        let parts = ["cannot create segment", "502"];
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        assert!(!is_repeated || said.contains("attempts in"), "{said}");
        assert!(!said.contains("deadline of"), "{said}");
    }
    assert_eq!(attempts.len(), 5);
    // On a slow machine, the time may be up for some of them after the first.
    assert!(
        attempts.iter().any(|&attempts| attempts > 1),
        "{attempts:?}"
    );
}

#[tokio::test]
async fn a_read_that_always_fails_says_how_often_it_was_tried() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(503).always());
    let config = builder(&emulator)
        .deadline(Duration::from_secs(1))
        .build()
        .unwrap();
    let error = sync_definitions(&config, &five()).await.unwrap_err();
    let SyncError::Read { error, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(error.attempts as usize, emulator.requests().len());
    assert!(
        error.elapsed <= Duration::from_secs(2),
        "{:?}",
        error.elapsed
    );
    assert_eq!(error.error.refusal().unwrap().status, 503);
}

#[tokio::test]
async fn a_403_on_context_kinds_names_the_action_and_the_resource() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(403).on("PUT", "/context-kinds/").always());
    let report = sync_definitions(&crate::support::config(&emulator), &five())
        .await
        .unwrap();
    assert!(!report.kinds.is_empty());
    for kind in &report.kinds {
        let KindOutcome::Failed(said) = &kind.outcome else {
            panic!("{kind}");
        };
        assert!(
            said.contains("`createContextKind` on `proj/default:context-kind/*`"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn main_prints_words_and_not_fields() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(400).on("POST", "/segments/").always());
    let error = sync_definitions(&crate::support::config(&emulator), &five())
        .await
        .unwrap_err();
    let boxed: Box<dyn std::error::Error> = error.into();
    let shown = format!("{boxed:?}");
    assert_eq!(shown, boxed.to_string());
    assert!(
        !shown.contains("Incomplete") && !shown.contains('{'),
        "{shown}"
    );
    assert!(format!("{boxed:#?}").contains("Incomplete"));
}

/// The warnings that are logged.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Visit for Warnings {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.lock().unwrap().push(format!("{field}={value:?}"));
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::WARN
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn the_log_line_of_a_failing_segment_has_the_error() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(400).on("PATCH", "/eu-power-users").always());
    // With one subscriber alone, tracing asks that of the thread which logs first, and another test may.
    let _second = tracing::Dispatch::new(Warnings::default());
    let warnings = Warnings::default();
    let log = tracing::subscriber::set_default(warnings.clone());
    sync_definitions(&crate::support::config(&emulator), &five())
        .await
        .unwrap_err();
    drop(log);
    let lines = warnings.0.lock().unwrap().join("\n");
    assert!(lines.contains("key=eu-power-users"), "{lines}");
    assert!(
        lines.contains("error=cannot update segment `eu-power-users`"),
        "{lines}"
    );
}
