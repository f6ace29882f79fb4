//! `sync::spawn`: what was not possible at the start is made good later.

use std::time::Duration;

use segments_emulator::{Emulator, Fault, Role, Token};
use segments_runtime::sync::{self, RetryPolicy, Schedule, SyncConfigBuilder, Unreachable};
use serde_json::json;

use crate::support::{builder, five, instruct};

const SOON: Duration = Duration::from_millis(5);

fn eager(emulator: &Emulator) -> SyncConfigBuilder {
    let retry = RetryPolicy {
        attempts: 1,
        first: SOON,
        longest: SOON,
    };
    let schedule = Schedule {
        retry: SOON,
        longest_retry: SOON,
        recheck: None,
    };
    builder(emulator).retry(retry).schedule(schedule)
}

#[tokio::test]
async fn a_degraded_start_is_made_good() {
    for unreachable in [Unreachable::Fail, Unreachable::Continue] {
        let emulator = Emulator::start().await.unwrap();
        emulator.inject_fault(Fault::status(503).times(2));
        let config = eager(&emulator).unreachable(unreachable).build().unwrap();
        let segments = sync::spawn(config);
        let state = segments.first_attempt().await;
        assert!(!state.is_in_sync() && state.last_success.is_none());
        let cause = state.cause.expect("it failed");
        assert!(cause.contains("503"), "{cause}");
        let state = loop {
            let state = segments.next_attempt().await;
            if state.is_in_sync() {
                break state;
            }
        };
        assert_eq!((state.attempts, state.failures), (3, 2));
        assert!(state.last_success.is_some() && state.cause.is_none());
        assert_eq!((state.settled, state.out_of_sync), (1, 0));
        assert!(
            emulator
                .segment("default", "production", "paying")
                .is_some()
        );
        // Nothing is left to do, so nothing is done any more.
        assert_eq!(segments.next_attempt().await.attempts, 3);
        assert!(segments.is_finished());
    }
}

#[tokio::test]
async fn a_role_that_is_corrected_later_is_noticed() {
    let reader = Token::new("reader", "api-canary-5d8e", Role::Reader);
    let emulator = Emulator::builder().token(reader).start().await.unwrap();
    let config = eager(&emulator).token("api-canary-5d8e").build().unwrap();
    let segments = sync::spawn(config);
    let state = segments.first_attempt().await;
    let cause = state.cause.unwrap();
    assert!(
        cause.contains("createSegment") && !cause.contains("canary"),
        "{cause}"
    );
    assert!(segments.next_attempt().await.attempts >= 2);
}

#[tokio::test]
async fn drift_is_seen_and_repaired_when_it_is_looked_for() {
    let emulator = Emulator::start().await.unwrap();
    let schedule = Schedule {
        recheck: Some(SOON),
        ..Schedule::default()
    };
    let config = eager(&emulator).schedule(schedule).build().unwrap();
    let segments = sync::spawn_definitions(config, five());
    assert!(segments.first_attempt().await.is_in_sync());
    instruct(
        &emulator,
        "beta-testers",
        json!([{"kind": "updateName", "value": "X"}]),
    )
    .await;
    while emulator
        .segment("default", "production", "beta-testers")
        .unwrap()
        .name
        == "X"
    {
        segments.next_attempt().await;
    }
    assert_eq!(segments.state().failures, 0);
}

#[tokio::test]
async fn it_stops_with_its_last_handle() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(Fault::status(503).always());
    let segments = sync::spawn(eager(&emulator).build().unwrap());
    let clone = segments.clone();
    segments.first_attempt().await;
    drop(segments);
    let before = clone.next_attempt().await.attempts;
    assert!(before >= 2);
    drop(clone);
    // Whatever was under way when it was stopped has arrived after this.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let seen = emulator.requests().len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(emulator.requests().len(), seen);
}

#[tokio::test]
async fn what_can_never_succeed_is_not_repeated() {
    let emulator = Emulator::start().await.unwrap();
    let twice = [five(), five()].concat();
    let segments = sync::spawn_definitions(eager(&emulator).build().unwrap(), twice);
    let state = segments.first_attempt().await;
    assert!(state.cause.unwrap().contains("declared twice"));
    assert_eq!(segments.next_attempt().await.attempts, 1);
    assert!(emulator.requests().is_empty());
}

/// On the thread that is there.
#[cfg(target_os = "linux")]
#[test]
fn it_takes_no_thread() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let emulator = Emulator::builder().start_blocking().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let named = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let names = tasks
                .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
            names.filter(|name| name.starts_with("tokio")).count()
        };
        let before = named();
        let segments = sync::spawn(eager(&emulator).build().unwrap());
        assert!(segments.first_attempt().await.is_in_sync());
        assert_eq!(named(), before, "of {} threads", threads());
    });
}
