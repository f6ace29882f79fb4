//! A service that works up to some request, and then does not: whichever request that is, and whatever it
//! answers from then on, a program that goes on without it starts, knows why, and is made good later.

use std::time::Duration;

use segments_emulator::{Emulator, Fault, Hint};
use segments_model::targeting::DraftTargeting;
use segments_model::{Definition, Targeting};
use segments_runtime::sync::{RetryPolicy, SyncConfig, Unreachable};
use serde_json::json;

use crate::support::{self, five};
use crate::world;

fn served() -> Vec<Targeting> {
    let assistant = world::draft(vec![world::asking("beta-testers", "careful")]);
    let flag = DraftTargeting {
        kind: segments_model::ResourceKind::Flag,
        key: "new-page".to_owned(),
        variations: ["old", "new"].map(str::to_owned).into(),
        rules: Some(vec![world::asking("beta-testers", "new")]),
        fallthrough: Some(world::one("old")),
        ..DraftTargeting::default()
    };
    vec![world::declared(&assistant), world::declared(&flag)]
}

fn faults() -> Vec<Fault> {
    vec![
        Fault::status(502),
        Fault::status(409),
        Fault::rate_limited(Hint::RetryAfter { seconds: 60 }),
        Fault::wrong_body("<html>Sign in</html>"),
        Fault::reset_before(),
        Fault::reset_after(),
        Fault::truncated(),
    ]
}

fn hasty(emulator: &Emulator) -> SyncConfig {
    let retry = RetryPolicy {
        attempts: 2,
        first: Duration::from_millis(1),
        longest: Duration::from_millis(2),
    };
    let builder = support::builder(emulator)
        .unreachable(Unreachable::Continue)
        .retry(retry)
        .deadline(Duration::from_secs(20));
    builder.build().unwrap()
}

/// Whether there were so many requests.
async fn one_position(fault: Fault, position: u32) -> bool {
    let emulator = world::emulator().await;
    let flag = json!({"key": "new-page", "name": "New page",
        "variations": [{"value": "old"}, {"value": "new"}]});
    world::send(&emulator, "POST", "/api/v2/flags/default", &flag).await;
    emulator.clear_requests();
    let at = format!("{fault:?} from request {position} on");
    emulator.inject_fault(fault.after(position).always());
    let (segments, targetings): (Vec<Definition>, _) = (five()[..2].to_vec(), served());
    let config = hasty(&emulator);
    let report = world::sync(&config, &segments, &targetings).await;
    let report = report.unwrap_or_else(|error| panic!("{at}: {error}"));
    let requests = emulator.requests().len();
    if report.is_degraded() {
        assert!(report.clone().in_sync().is_err(), "{at}: {report}");
        let caused = report.cause.is_some() || report.failures().next().is_some();
        assert!(caused, "{at}: {report}");
    } else {
        report
            .in_sync()
            .unwrap_or_else(|error| panic!("{at}: {error}"));
    }
    // It comes back.
    emulator.clear_faults();
    let report = world::sync(&config, &segments, &targetings).await.unwrap();
    report
        .in_sync()
        .unwrap_or_else(|error| panic!("{at}, and then: {error}"));
    let wrong = support::differences(&emulator, &segments);
    assert!(wrong.is_empty(), "{at}: {wrong:?}");
    assert_eq!(
        world::served(&emulator).await.0.len(),
        1,
        "{at}: a rule twice"
    );
    requests > usize::try_from(position).unwrap()
}

/// Before each request under `SEGMENTS_THOROUGH`, else before each second one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_stops_working_anywhere_stops_no_start() {
    let step = if support::is_thorough() { 1 } else { 2 };
    let mut runs = tokio::task::JoinSet::new();
    for fault in faults() {
        runs.spawn(async move {
            let mut position = 0;
            while one_position(fault.clone(), position).await {
                position += step;
                assert!(position < 60, "{fault:?} has no end");
            }
            position
        });
    }
    let positions: u32 = runs.join_all().await.into_iter().sum();
    assert!(positions > 100, "{positions}");
}
