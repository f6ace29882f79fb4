//! Segments that somebody targets stay.

use std::time::Duration;

use segments_emulator::Fault;
use segments_runtime::sync::{Action, Outcome};

use crate::support::{builder, config, writes};
use crate::world::{asking, declared, draft, emulator, listed, sync};

#[tokio::test]
async fn a_segment_that_an_ai_config_targets_is_not_pruned() {
    let emulator = emulator().await;
    let usual = config(&emulator);
    let prune = builder(&emulator)
        .prune(true)
        .prune_grace(Duration::ZERO)
        .build()
        .unwrap();
    let segments = ["beta", "staff"].map(listed);
    let both = [declared(&draft(vec![
        asking("beta", "careful"),
        asking("staff", "careful"),
    ]))];
    sync(&usual, &segments, &both).await.unwrap();

    // An AI Config that nobody declares any more keeps what it targets.
    let report = sync(&prune, &segments[..1], &[]).await.unwrap();
    assert!(
        report
            .to_string()
            .contains("kept staff, which is no longer declared: used by AI Config assistant"),
        "{report}"
    );

    // One that is declared lets go first, and only then the segment goes.
    emulator.clear_requests();
    let fewer = [declared(&draft(vec![asking("beta", "careful")]))];
    emulator.inject_fault(Fault::status(400).on("PATCH", "/targeting").times(2));
    let kept = sync(&prune, &segments[..1], &fewer).await.unwrap_err();
    let report = kept.report().unwrap();
    let Some(Outcome::InUse { because }) = report.outcome("staff") else {
        panic!("{kept}");
    };
    let because: Vec<_> = because.iter().map(ToString::to_string).collect();
    assert_eq!(because, ["used by AI Config assistant"]);
    emulator.clear_faults();
    emulator.clear_requests();
    let report = sync(&prune, &segments[..1], &fewer).await.unwrap();
    assert!(
        matches!(
            report.outcome("staff"),
            Some(Outcome::Applied(Action::Delete { .. }))
        ),
        "{report}"
    );
    let methods: Vec<_> = writes(&emulator)
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, ["PATCH", "DELETE"]);
}

/// What cannot be known keeps the one segment that it matters for, and nothing else from being done.
#[tokio::test]
async fn where_ai_configs_cannot_be_read_nothing_is_pruned_and_the_rest_is_synced() {
    let emulator = emulator().await;
    let prune = builder(&emulator)
        .prune(true)
        .prune_grace(Duration::ZERO)
        .build()
        .unwrap();
    let staff = listed("staff");
    sync(&config(&emulator), &[staff], &[]).await.unwrap();

    emulator.inject_fault(Fault::status(403).on("GET", "/ai-configs").always());
    let report = sync(&prune, &[listed("beta")], &[]).await.unwrap();
    assert!(
        matches!(
            report.outcome("beta"),
            Some(Outcome::Applied(Action::Create { .. }))
        ),
        "{report}"
    );
    let said = report.to_string();
    let kept = "kept staff, which is no longer declared: it is unknown whether AI Configs use it: \
                cannot list the AI Configs of `default/production`: the access token may not do this (403";
    assert!(said.contains(kept), "{said}");

    emulator.clear_faults();
    let report = sync(&prune, &[listed("beta")], &[]).await.unwrap();
    assert!(
        matches!(
            report.outcome("staff"),
            Some(Outcome::Applied(Action::Delete { .. }))
        ),
        "{report}"
    );
}
