//! What eight replicas cost that start at once and find nothing: requests and writes, beside those of
//! one.
//!
//! `cargo bench -p segments-runtime --bench replicas` prints the means of several races, and fails if
//! eight take more than twice the requests, or 1.2 times the writes, of one.

use std::process::ExitCode;
use std::time::Duration;

use segments_emulator::Emulator;
use segments_runtime::model::{
    AttributeRef, Clause, ContextKind, Operator, Rule, SegmentKey, Value,
};
use segments_runtime::model::{Audience, Definition, Targets};
use segments_runtime::sync::{SyncConfig, sync_definitions};

const RACES: u32 = 20;
const LATENCY: Duration = Duration::from_millis(20);

fn definition(index: usize) -> Definition {
    let clause = Clause {
        kind: ContextKind::parse("device").expect("a kind"),
        attribute: AttributeRef::parse("os").expect("an attribute"),
        operator: Operator::In,
        values: vec![Value::from(format!("os-{index}"))],
        negate: false,
    };
    Definition {
        key: SegmentKey::parse(format!("segment-{index}")).expect("a key"),
        name: format!("Segment {index}"),
        description: None,
        tags: None,
        audience: Audience::Standard {
            included: Targets::Unmanaged,
            excluded: Targets::Unmanaged,
            rules: Some(vec![Rule {
                clauses: vec![clause],
                ..Rule::default()
            }]),
        },
        unmanaged: [].into(),
        absent: false,
        lifecycle: segments_runtime::model::Lifecycle::default(),
        environments: [].into(),
    }
}

/// The requests and the writes of replicas that start at once.
async fn race(replicas: usize) -> (u32, u32) {
    let emulator = Emulator::builder().latency(LATENCY).start().await;
    let emulator = emulator.expect("an emulator");
    let definitions: Vec<Definition> = (0..10).map(definition).collect();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..replicas {
        let config = SyncConfig::builder()
            .token(emulator.access_token())
            .base_uri(emulator.base_uri())
            .program("bench", "1")
            .deadline(Duration::from_mins(1))
            .build()
            .expect("a configuration");
        let definitions = definitions.clone();
        running.spawn(async move { sync_definitions(&config, &definitions).await });
    }
    for result in running.join_all().await {
        result.expect("every replica ends up in sync");
    }
    let requests = emulator.requests();
    let writes = requests.iter().filter(|request| request.is_write()).count();
    let number = |count: usize| u32::try_from(count).expect("few requests");
    (number(requests.len()), number(writes))
}

#[tokio::main]
async fn main() -> ExitCode {
    let (requests, writes) = race(1).await;
    let (mut all_requests, mut all_writes) = (0, 0);
    for _ in 0..RACES {
        let (requests, writes) = race(8).await;
        all_requests += requests;
        all_writes += writes;
    }
    let mean = |sum: u32| f64::from(sum) / f64::from(RACES);
    let (mean_requests, mean_writes) = (mean(all_requests), mean(all_writes));
    println!("one: {requests} requests, {writes} writes");
    println!(
        "eight, the mean of {RACES} races: {mean_requests:.1} requests, {mean_writes:.1} writes"
    );
    let holds =
        mean_requests <= 2.0 * f64::from(requests) && mean_writes <= 1.2 * f64::from(writes);
    if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
