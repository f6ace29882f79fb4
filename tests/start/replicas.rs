//! Replicas that start at once: one writes, and each reports what it did itself.

use std::time::Duration;

use segments_emulator::Emulator;
use segments_runtime::sync::{Action, Outcome, Report, sync_definitions};

use crate::support::{builder, catalog, differences};

/// What replicas that start at once did: all requests, and their reports.
async fn race(replicas: usize, latency: Duration) -> (usize, usize, Vec<Report>) {
    let emulator = Emulator::builder().latency(latency).start().await.unwrap();
    let wanted = catalog(10, 1);
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..replicas {
        let (config, wanted) = (builder(&emulator).build().unwrap(), wanted.clone());
        running.spawn(async move { sync_definitions(&config, &wanted).await });
    }
    let reports = running.join_all().await;
    let reports: Vec<Report> = reports.into_iter().map(Result::unwrap).collect();
    let wrong = differences(&emulator, &wanted);
    assert!(wrong.is_empty(), "{wrong:#?}");
    let requests = emulator.requests();
    let writes = requests.iter().filter(|request| request.is_write());
    (requests.len(), writes.count(), reports)
}

fn created(report: &Report) -> usize {
    let created = |outcome: &Outcome| matches!(outcome, Outcome::Applied(Action::Create { .. }));
    report.settled().filter(|it| created(it.outcome)).count()
}

/// Promised are twice the requests and 1.2 times the writes of one. Chance decides who is first, so
/// this allows for a busy machine; `cargo bench -p segments-runtime --bench replicas` holds the mean
/// to what is promised.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_from_nothing_take_little_more_than_one() {
    let latency = Duration::from_millis(5);
    let (requests, writes, reports) = race(1, latency).await;
    assert_eq!(created(&reports[0]), 10);
    let (all_requests, all_writes, reports) = race(8, latency).await;
    assert!(
        all_requests <= 3 * requests,
        "{all_requests} requests, and {requests} of one"
    );
    assert!(
        all_writes <= 2 * writes,
        "{all_writes} writes, and {writes} of one"
    );
    // Each segment was made once, and the one who made it says so.
    let made: usize = reports.iter().map(created).sum();
    assert_eq!(made, 10, "{reports:#?}");
    for report in reports {
        report.in_sync().unwrap();
    }
}

#[tokio::test]
async fn one_alone_looks_again_once() {
    let (requests, writes, reports) = race(1, Duration::ZERO).await;
    // Two lists, the kinds, and the writes.
    assert_eq!((requests, reports[0].writes()), (writes + 3, writes));
    assert_eq!(requests, reports[0].requests());
}
