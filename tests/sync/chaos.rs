//! What goes wrong on the way, and that it does not matter in the end.
//!
//! Every run is drawn from a seed, which a failure names. `cargo test` tries a tenth of the seeds, requests
//! and rounds, `.ci/thorough` all.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{catalog, differences, is_thorough, repetitions};
use fastrand::Rng;
use segments_emulator::{Behavior, Emulator, Fault, Hint};
use segments_model::{Definition, wire};
use segments_runtime::sync::{
    Clock, Outcome, RetryPolicy, SyncConfig, SyncConfigBuilder, sync_definitions,
};
use serde_json::json;

/// Retries as ever, but without the long waits.
fn hasty(emulator: &Emulator, seed: u64) -> SyncConfigBuilder {
    crate::support::builder(emulator)
        .deadline(Duration::from_secs(20))
        .request_timeout(Duration::from_millis(500))
        .retry(RetryPolicy {
            attempts: 6,
            first: Duration::from_millis(2),
            longest: Duration::from_millis(20),
        })
        .clock(Clock::default().seeded(seed))
}

fn any_fault(rng: &mut Rng) -> Fault {
    let fault = match rng.u8(0..17) {
        0 => Fault::rate_limited(Hint::None),
        1 => Fault::rate_limited(Hint::reset_in(Duration::from_millis(rng.u64(1..300)))),
        2 => Fault::rate_limited(Hint::Reset {
            milliseconds: -60_000,
        }),
        3 => Fault::rate_limited(Hint::TokenReset {
            milliseconds: rng.i64(-100..300),
        }),
        4 => Fault::rate_limited(Hint::Reset {
            milliseconds: 86_400_000,
        }),
        5 => Fault::rate_limited(Hint::RetryAfter {
            seconds: rng.u64(0..2),
        }),
        6 => Fault::status(500),
        7 => Fault::status(502),
        8 => Fault::status(503),
        9 => Fault::reset_before(),
        10 => Fault::reset_after(),
        11 => Fault::slow(Duration::from_millis(rng.u64(50..900))),
        12 => Fault::truncated(),
        13 => Fault::wrong_body(
            *rng.choice(&["{}", "<html>", "null", "[]", "{\"items\":7}"])
                .unwrap(),
        ),
        14 => Fault::conflict(),
        15 => Fault::stale_list(),
        _ => {
            let key = format!("foreign-{}", rng.u8(0..9));
            if rng.bool() {
                Fault::meanwhile_created("default", "production", &key)
            } else {
                Fault::meanwhile_deleted("default", "production", &key)
            }
            .on("GET", "/segments/")
        }
    };
    fault.after(rng.u32(0..12)).times(rng.u32(1..4)).chance(0.7)
}

/// Segments of somebody else: those that the faults above come and go with, and one with contents.
async fn foreigners(emulator: &Emulator) -> wire::Segment {
    let base = format!("{}/api/v2/segments/default/production", emulator.base_uri());
    let send = async |method: reqwest::Method, url: &str, body: serde_json::Value| {
        let request = reqwest::Client::new().request(method, url);
        let request = request.header("Authorization", emulator.access_token());
        let answer = request.json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    };
    for key in ["theirs", "foreign-1", "foreign-2", "foreign-3"] {
        send(
            reqwest::Method::POST,
            &base,
            json!({"key": key, "name": key, "tags": ["x"]}),
        )
        .await;
    }
    let url = format!("{base}/theirs");
    let contents = json!([
        {"op": "replace", "path": "/included", "value": ["a", "b"]},
        {"op": "add", "path": "/rules/-", "value": {"clauses": [
            {"attribute": "email", "op": "endsWith", "values": ["@x.io"], "negate": false}]}},
    ]);
    send(reqwest::Method::PATCH, &url, contents).await;
    emulator.segment("default", "production", "theirs").unwrap()
}

async fn one_seed(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let behavior = Behavior {
        page_limit: rng.usize(3..9),
        next_links: rng.bool(),
        failed_test_conflicts: rng.bool(),
        ..Behavior::default()
    };
    let emulator = Emulator::builder()
        .seed(seed)
        .behavior(behavior)
        .start()
        .await
        .unwrap();
    let theirs = foreigners(&emulator).await;
    let revision = rng.bool().then_some(seed);
    let finished = |builder: SyncConfigBuilder, of_program: u64| match revision {
        Some(revision) => builder.revision(revision + of_program).build().unwrap(),
        None => builder.build().unwrap(),
    };
    // What runs without faults must not fail because the machine is busy.
    let patient = crate::support::builder(&emulator).request_timeout(Duration::from_mins(1));
    let (earlier, patient) = (finished(patient.clone(), 1), finished(patient, 2));
    let hasty = finished(hasty(&emulator, seed), 2);
    let wanted = catalog(9, 2);
    if rng.bool() {
        sync_definitions(&earlier, &catalog(rng.usize(1..10), 1))
            .await
            .unwrap();
    }
    for _ in 0..rng.usize(1..8) {
        emulator.inject_fault(any_fault(&mut rng));
    }
    for _ in 0..2 {
        // It may fail; it may not do harm.
        let _ = sync_definitions(&hasty, &wanted).await;
    }
    emulator.clear_faults();
    let report = sync_definitions(&patient, &wanted).await;
    let report = report.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let wrong = differences(&emulator, &wanted);
    assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}\n{report}");
    let again = sync_definitions(&patient, &wanted).await.unwrap();
    assert_eq!(again.writes(), 0, "seed {seed}: {again}");
    let found = emulator.segment("default", "production", "theirs").unwrap();
    assert_eq!(found, theirs, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_do_not_matter_in_the_end() {
    let mut running = tokio::task::JoinSet::new();
    for seed in 0..repetitions(300) {
        if running.len() >= 24 {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(one_seed(seed));
    }
    while let Some(result) = running.join_next().await {
        result.unwrap();
    }
}

/// The other side of the tests with processes: a program that syncs and says whether it could.
/// Without the variable it is no program and does nothing.
#[tokio::test]
async fn a_process_of_its_own() {
    let Ok(base_uri) = std::env::var("CHAOS_BASE_URI") else {
        return;
    };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (count, version) = (number("CHAOS_COUNT"), number("CHAOS_VERSION"));
    let mut builder = SyncConfig::builder()
        .token(std::env::var("CHAOS_TOKEN").unwrap())
        .base_uri(base_uri)
        .program("shop", version.to_string())
        .deadline(Duration::from_mins(1));
    if number("CHAOS_REVISION") > 0 {
        builder = builder.revision(number("CHAOS_REVISION"));
    }
    let wanted = catalog(
        usize::try_from(count).unwrap(),
        usize::try_from(version).unwrap(),
    );
    let report = sync_definitions(&builder.build().unwrap(), &wanted)
        .await
        .unwrap();
    let fine = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::Unchanged | Outcome::Applied(_) | Outcome::Superseded { .. }
        )
    };
    assert!(
        report.segments.iter().all(|segment| fine(&segment.outcome)),
        "{report}"
    );
}

fn process(emulator: &Emulator, count: usize, version: usize, revision: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["chaos::a_process_of_its_own", "--exact", "--nocapture"])
        .env("CHAOS_BASE_URI", emulator.base_uri())
        .env("CHAOS_TOKEN", emulator.access_token())
        .env("CHAOS_COUNT", count.to_string())
        .env("CHAOS_VERSION", version.to_string())
        .env("CHAOS_REVISION", revision.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn assert_success(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn settled(emulator: &Emulator, config: &SyncConfig, wanted: &[Definition]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let report = runtime.block_on(sync_definitions(config, wanted));
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    let wrong = differences(emulator, wanted);
    assert!(wrong.is_empty(), "{wrong:#?}\n{report}");
}

#[test]
fn a_process_killed_at_any_request_is_finished_by_the_next() {
    let wanted = catalog(20, 1);
    let requests = {
        let emulator = Emulator::builder().start_blocking().unwrap();
        assert_success(process(&emulator, 20, 1, 0));
        emulator.requests().len()
    };
    assert!(requests > 40);
    let boundaries = repetitions(requests.try_into().unwrap());
    let every = requests.div_ceil(boundaries.try_into().unwrap());
    for boundary in (0..requests).step_by(every) {
        let emulator = Emulator::builder().start_blocking().unwrap();
        let passed = u32::try_from(boundary).unwrap();
        emulator.inject_fault(Fault::slow(Duration::from_secs(30)).after(passed).always());
        let mut child = process(&emulator, 20, 1, 0);
        let patience = Instant::now() + Duration::from_secs(20);
        while emulator.requests().len() <= boundary {
            assert!(Instant::now() < patience, "request {boundary} did not come");
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        emulator.clear_faults();
        let config = crate::support::config(&emulator);
        settled(&emulator, &config, &wanted);
    }
}

#[test]
fn sixteen_processes_at_once_agree() {
    let wanted = catalog(50, 1);
    for round in 0..repetitions(20) {
        let emulator = Emulator::builder().seed(round).start_blocking().unwrap();
        let children: Vec<_> = (0..16).map(|_| process(&emulator, 50, 1, 0)).collect();
        children.into_iter().for_each(assert_success);
        let wrong = differences(&emulator, &wanted);
        assert!(wrong.is_empty(), "round {round}: {wrong:#?}");
    }
}

#[test]
fn of_two_revisions_at_once_the_newer_stands() {
    for round in 0..repetitions(20) {
        let emulator = Emulator::builder().seed(round).start_blocking().unwrap();
        let older = || process(&emulator, 12, 1, 1);
        let newer = || process(&emulator, 12, 2, 2);
        let children = if round % 2 == 0 {
            [older(), newer(), older(), newer()]
        } else {
            [newer(), older(), newer(), older()]
        };
        children.into_iter().for_each(assert_success);
        let wrong = differences(&emulator, &catalog(12, 2));
        assert!(wrong.is_empty(), "round {round}: {wrong:#?}");
    }
}

/// Eight replicas, some of the release before, some of the new one, all with pruning, in any order
/// and at once. `added` is of the newest, with a member that people listed; `gone` is of the one before.
async fn deployment(seed: u64) {
    let emulator = Emulator::builder().seed(seed).start().await.unwrap();
    let hand =
        json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["by-hand"]}]);
    let config = |revision| {
        let builder = crate::support::builder(&emulator).revision(revision);
        let builder = builder.prune(true).prune_grace(Duration::ZERO);
        builder
            .request_timeout(Duration::from_mins(1))
            .build()
            .unwrap()
    };
    let declared = |version: usize, own: &str| {
        let mut all = catalog(5, version);
        all.push(crate::support::segment(own, own));
        all
    };
    let (older, newest) = (declared(1, "gone"), declared(2, "added"));
    sync_definitions(&config(6), &older).await.unwrap();
    let mut rng = Rng::with_seed(seed);
    let mut listed = false;
    for round in 0..3 {
        let mut replicas = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let new = rng.bool();
            let (config, declared) = if new {
                (config(7), newest.clone())
            } else {
                (config(6), older.clone())
            };
            let wait = Duration::from_millis(rng.u64(0..20));
            replicas.spawn(async move {
                tokio::time::sleep(wait).await;
                let _ = sync_definitions(&config, &declared).await;
            });
        }
        while let Some(ended) = replicas.join_next().await {
            ended.unwrap();
        }
        sync_definitions(&config(7), &newest).await.unwrap();
        let wrong = differences(&emulator, &newest[..5]);
        assert!(wrong.is_empty(), "seed {seed}, round {round}: {wrong:#?}");
        let added = emulator.segment("default", "production", "added");
        let added = added.unwrap_or_else(|| panic!("seed {seed}, round {round}: lost"));
        assert_eq!(
            added.generation, 1,
            "seed {seed}, round {round}: made again"
        );
        if listed {
            assert_eq!(added.included, ["by-hand"], "seed {seed}, round {round}");
        } else {
            crate::support::instruct(&emulator, "added", hand.clone()).await;
            listed = true;
        }
    }
    let gone = emulator.segment("default", "production", "gone");
    assert!(
        gone.is_none(),
        "seed {seed}: the newest prunes what it declares no more"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_audience_of_the_newest_is_ever_lost() {
    for seed in 0..repetitions(30) {
        deployment(seed).await;
    }
}

#[tokio::test]
async fn a_sync_that_is_dropped_anywhere_is_finished_by_the_next() {
    let wanted = catalog(9, 1);
    // At twenty moments or at four.
    let step = if is_thorough() { 8 } else { 40 };
    for milliseconds in (0..160).step_by(step) {
        let emulator = Emulator::builder()
            .latency(Duration::from_millis(5))
            .start()
            .await
            .unwrap();
        let config = crate::support::builder(&emulator)
            .concurrency(2)
            .build()
            .unwrap();
        tokio::select! {
            _ = sync_definitions(&config, &wanted) => {}
            () = tokio::time::sleep(Duration::from_millis(milliseconds)) => {}
        }
        sync_definitions(&config, &wanted).await.unwrap();
        let wrong = differences(&emulator, &wanted);
        assert!(wrong.is_empty(), "after {milliseconds} ms: {wrong:#?}");
    }
}

#[tokio::test]
async fn a_clock_that_is_a_day_off_does_not_hang_a_sync() {
    let day = Duration::from_hours(24);
    let clocks = [
        Clock::new(move || std::time::SystemTime::now() - day),
        Clock::new(move || std::time::SystemTime::now() + day),
    ];
    for clock in clocks {
        let emulator = Emulator::start().await.unwrap();
        let soon = Hint::reset_in(Duration::from_millis(200));
        emulator.inject_fault(Fault::rate_limited(soon).times(3));
        let config = crate::support::builder(&emulator)
            .deadline(Duration::from_secs(10))
            .clock(clock)
            .build()
            .unwrap();
        let report = sync_definitions(&config, &catalog(3, 1)).await.unwrap();
        assert!(report.elapsed < Duration::from_secs(8), "{report}");
    }
}
