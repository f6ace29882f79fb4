//! Measures an emulator with 10,000 segments, in a process of its own, over loopback:
//! `cargo run --release -p segments-emulator --example numbers`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use segments_emulator::Emulator;
use serde_json::{Value as Json, json};

const SEGMENTS: usize = 10_000;
const SAMPLES: usize = 500;
/// What nearly every page and every patch has to stay below.
const BOUND: Duration = Duration::from_millis(5);
/// How many requests a second of one core has to be enough for.
const PER_SECOND: f64 = 1000.0;
const HERE: &str = "/api/v2/segments/default/test";

/// The argument that makes this program the emulator.
const SERVE: &str = "serve";

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    if std::env::args().nth(1).as_deref() == Some(SERVE) {
        return serve();
    }
    let begin = Instant::now();
    let served = Served::start()?;
    println!("start, with the process: {:?}", begin.elapsed());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure_all(&served))
}

fn serve() -> Result<(), Failure> {
    let begin = Instant::now();
    let emulator = Emulator::builder().start_blocking()?;
    let took = begin.elapsed();
    println!("{} {}", emulator.base_uri(), emulator.access_token());
    eprintln!("start, within the process: {took:?}");
    loop {
        std::thread::park();
    }
}

/// An emulator in a process of its own.
struct Served {
    child: Child,
    base: String,
    token: String,
}

impl Served {
    fn start() -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let (base, token) = line.trim().split_once(' ').ok_or("no address")?;
        let (base, token) = (base.to_owned(), token.to_owned());
        Ok(Self { child, base, token })
    }

    /// What the system says of the process: memory, and the processor time that it took.
    fn status(&self) -> (String, Duration) {
        let read = |file: &str| {
            std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default()
        };
        let memory: Vec<String> = read("status")
            .lines()
            .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
            .map(str::to_owned)
            .collect();
        // Ticks are hundredths of a second on every Linux of today.
        let ticks: u64 = read("stat")
            .split(' ')
            .skip(13)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum();
        (memory.join(", "), Duration::from_millis(10 * ticks))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn measure_all(served: &Served) -> Result<(), Failure> {
    let client = Client::new();
    let send = async |method: Method, path: String, body: Json| -> Result<(), Failure> {
        let answer = client
            .request(method, format!("{}{path}", served.base))
            .header("Authorization", &served.token)
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
    for index in 0..SEGMENTS {
        let body = json!({"included": [format!("u-{index}"), "u-1", "u-2"], "rules": [{"clauses": [
            {"attribute": "email", "op": "endsWith", "values": ["@company.com"]},
            {"attribute": "plan", "op": "in", "values": ["pro", "enterprise"]}]}]});
        send(Method::PATCH, format!("{HERE}/s{index}"), body).await?;
    }
    println!(
        "{SEGMENTS} creations and as many patches, one after the other: {:?}",
        begin.elapsed()
    );

    let page = async |index: usize| {
        let offset = index * 19 % SEGMENTS;
        let path = format!("{HERE}?limit=50&offset={offset}");
        send(Method::GET, path, Json::Null).await
    };
    let mut missed = Vec::new();
    missed.extend(show("a page of 50", &measure(&page).await?));
    let patch = async |index: usize| {
        let body = json!([{"op": "replace", "path": "/name", "value": format!("New {index}")}]);
        send(Method::PATCH, format!("{HERE}/s{index}"), body).await
    };
    missed.extend(show("a patch", &measure(&patch).await?));

    let get = async |index: usize| send(Method::GET, format!("{HERE}/s{index}"), Json::Null).await;
    let (_, before) = served.status();
    let begin = Instant::now();
    for round in 0..20 {
        for index in 0..SAMPLES {
            get(index + round).await?;
        }
    }
    let (memory, after) = served.status();
    #[allow(clippy::cast_precision_loss, reason = "a small count")]
    let count = (20 * SAMPLES) as f64;
    let of_processor = count / after.saturating_sub(before).as_secs_f64().max(0.01);
    println!(
        "GET of one segment, one client, one after the other: {:.0} per second, {of_processor:.0} per second of the emulator's processor time",
        count / begin.elapsed().as_secs_f64(),
    );
    if of_processor < PER_SECOND {
        missed.push(format!("fewer than {PER_SECOND} requests a second"));
    }
    println!("the emulator's memory: {memory}");
    if missed.is_empty() {
        Ok(())
    } else {
        Err(missed.join("; ").into())
    }
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

/// Prints the times, and says so if nearly all of them are not below the bound.
fn show(what: &str, times: &[Duration]) -> Option<String> {
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "{what}: median {:?}, 99th percentile {:?}, slowest {:?}",
        at(50),
        at(99),
        at(100)
    );
    (at(99) > BOUND).then(|| format!("{what} takes more than {BOUND:?}"))
}
