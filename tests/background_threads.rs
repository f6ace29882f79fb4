//! A sync in the background adds no thread: it is a task of the program's runtime, whichever that is.

mod support;

use std::time::Duration;

use segments_emulator::Emulator;
use segments_runtime::sync::{Schedule, spawn_definitions};
use support::{segment, users, with_targets};

/// How many threads this process has. Only Linux says so.
fn threads() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mut lines = status.lines();
    let count = lines.find_map(|line| line.strip_prefix("Threads:"))?;
    count.trim().parse().ok()
}

#[test]
fn a_sync_in_the_background_adds_no_thread() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let hourly = Schedule {
        recheck: Some(Duration::from_hours(1)),
        ..Schedule::default()
    };
    let config = support::builder(&emulator)
        .schedule(hourly)
        .build()
        .unwrap();
    let definitions = vec![with_targets(
        segment("staff", "Staff"),
        users(&["u-1"]),
        users(&[]),
    )];
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let Some(before) = threads() else {
        eprintln!("not run: only Linux tells a process how many threads it has");
        return;
    };
    let (running, while_running) = runtime.block_on(async {
        let running = spawn_definitions(config, definitions);
        let while_running = threads();
        assert!(running.first_attempt().await.is_in_sync());
        (running, while_running)
    });
    assert!(!running.is_finished());
    assert_eq!((while_running, threads()), (Some(before), Some(before)));
}
