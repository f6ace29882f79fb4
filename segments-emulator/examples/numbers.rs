//! Measures an emulator with 10,000 segments, in this process, over loopback:
//! `cargo run --release -p segments-emulator --example numbers`.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

const SEGMENTS: usize = 10_000;
const SAMPLES: usize = 500;
const HERE: &str = "/api/v2/segments/default/test";

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let begin = Instant::now();
    let emulator = Emulator::start().await?;
    println!("start: {:?}", begin.elapsed());

    let client = Client::new();
    let send = async |method: Method, path: String, body: Json| -> Result<(), Failure> {
        let answer = client
            .request(method, format!("{}{path}", emulator.base_uri()))
            .header("Authorization", emulator.access_token())
            .json(&body)
            .send()
            .await?
            .error_for_status()?;
        answer.bytes().await?;
        Ok(())
    };

    let begin = Instant::now();
    for index in 0..SEGMENTS {
        let body = json!({"key": format!("s{index}"), "name": format!("Segment {index}")});
        send(Method::POST, HERE.to_owned(), body).await?;
    }
    println!(
        "{SEGMENTS} creations, one after the other: {:?}",
        begin.elapsed()
    );
    for index in 0..SEGMENTS {
        let body = json!({"included": [format!("u-{index}"), "u-1", "u-2"], "rules": [{"clauses": [
            {"attribute": "email", "op": "endsWith", "values": ["@company.com"]},
            {"attribute": "plan", "op": "in", "values": ["pro", "enterprise"]}]}]});
        send(Method::PATCH, format!("{HERE}/s{index}"), body).await?;
    }

    let page = async |index: usize| {
        let offset = index * 19 % SEGMENTS;
        send(
            Method::GET,
            format!("{HERE}?limit=50&offset={offset}"),
            Json::Null,
        )
        .await
    };
    show("a page of 50", &measure(&page).await?);
    let patch = async |index: usize| {
        let body = json!([{"op": "replace", "path": "/name", "value": format!("New {index}")}]);
        send(Method::PATCH, format!("{HERE}/s{index}"), body).await
    };
    show("a patch", &measure(&patch).await?);
    let get = async |index: usize| send(Method::GET, format!("{HERE}/s{index}"), Json::Null).await;
    let begin = Instant::now();
    for round in 0..20 {
        for index in 0..SAMPLES {
            get(index + round).await?;
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a small count")]
    let rate = (20 * SAMPLES) as f64 / seconds;
    println!("GET of one segment, one client, one after the other: {rate:.0} per second");

    // Client and emulator together.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
    {
        println!("{line}");
    }
    Ok(())
}

async fn measure(
    work: &impl AsyncFn(usize) -> Result<(), Failure>,
) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::with_capacity(SAMPLES);
    for index in 0..SAMPLES {
        let begin = Instant::now();
        work(index).await?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

fn show(what: &str, times: &[Duration]) {
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "{what}: median {:?}, 99th percentile {:?}, slowest {:?}",
        at(50),
        at(99),
        at(100)
    );
}
