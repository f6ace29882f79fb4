//! `in_sync` says so only of what was seen to be in sync.

use segments_emulator::{Emulator, Fault};
use segments_runtime::sync::{Adoption, SyncError, SyncMode, Unreachable, sync_definitions};

use crate::support::{builder, five, segment};

#[tokio::test]
async fn not_if_nothing_was_reached() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(403).always());
    emulator.clear_faults();
    emulator.inject_fault(Fault::wrong_body("<html>").always());
    let config = builder(&emulator)
        .mode(SyncMode::Verify)
        .unreachable(Unreachable::Continue)
        .build()
        .unwrap();
    let report = sync_definitions(&config, &five()).await.unwrap();
    let error = report.in_sync().unwrap_err();
    assert!(matches!(error, SyncError::NotReached(_)), "{error}");
    let said = error.to_string();
    assert!(
        said.starts_with("cannot confirm that anything is in sync: cannot list"),
        "{said}"
    );
    assert!(error.request().is_some());
}

#[tokio::test]
async fn not_if_a_newer_revision_is_in_force() {
    let emulator = Emulator::start().await.unwrap();
    let revision = |number| builder(&emulator).revision(number).build().unwrap();
    let newer = [segment("staff", "Newer")];
    let report = sync_definitions(&revision(7), &newer).await.unwrap();
    assert!(report.in_sync().is_ok());
    let older = [segment("staff", "Older")];
    let report = sync_definitions(&revision(6), &older).await.unwrap();
    let error = report.in_sync().unwrap_err();
    assert!(matches!(error, SyncError::Drift(_)), "{error}");
    assert!(error.to_string().contains("revision 7"), "{error}");
}

#[tokio::test]
async fn not_if_the_segment_was_left_to_somebody_else() {
    let emulator = Emulator::start().await.unwrap();
    let theirs = builder(&emulator).program("theirs", "1").build().unwrap();
    sync_definitions(&theirs, &[segment("staff", "Theirs")])
        .await
        .unwrap();
    let ours = builder(&emulator).adoption(Adoption::Skip).build().unwrap();
    let report = sync_definitions(&ours, &[segment("staff", "Ours")])
        .await
        .unwrap();
    assert!(report.in_sync().is_err());
}
