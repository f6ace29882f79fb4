//! What reading a typed configuration and tracking a run cost on the caller's thread, without the evaluation by
//! LaunchDarkly's SDK; beside the official AI SDK for Python on the same data, where it is installed.
//!
//! `cargo bench -p segments-ai-tests`

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use launchdarkly_server_sdk::{Context as SdkContext, ContextBuilder, Detail, Reason};
use segments_runtime::ai::{AiClient, Data, FlagClient, Success, Tokens};
use segments_runtime::{Context, ai_config};
use serde_json::{Value as Json, json};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

/// The assistant on the support page.
#[ai_config(
    variations(fast, careful),
    params(temperature: f64 = 0.7, max_tokens: Option<u32>),
    variables(name: &str, product: &str),
    rule(User::ID.is("u-1") => careful),
    fallthrough = fast,
)]
struct SupportAssistant;

/// Takes events and drops them.
struct Nobody;

impl FlagClient for Nobody {
    fn variation(&self, _: &str, _: &SdkContext) -> Detail<Json> {
        served()
    }

    fn track(&self, _: &str, _: SdkContext, _: f64, _: &Data<'_>) {}
}

fn value() -> Json {
    json!({
        "_ldMeta": {"enabled": true, "variationKey": "careful", "version": 7, "mode": "completion"},
        "model": {"name": "gpt-4o", "parameters": {"temperature": 0.2, "max_tokens": 500}},
        "provider": {"name": "openai"},
        "messages": [
            {"role": "system", "content": "You help {{name}} with {{product}}, briefly and kindly."},
            {"role": "user", "content": "Hello, I am {{name}}."},
        ],
    })
}

fn served() -> Detail<Json> {
    Detail {
        value: Some(value()),
        variation_index: Some(0),
        reason: Reason::Fallthrough {
            in_experiment: false,
        },
    }
}

/// Nanoseconds of one of many, the best of several times; what it works on is made beforehand.
fn measure<I, O>(mut make: impl FnMut() -> I, mut work: impl FnMut(I) -> O) -> f64 {
    const COUNT: u32 = 2000;
    let mut best = Duration::MAX;
    for _ in 0..40 {
        let inputs: Vec<I> = (0..COUNT).map(|_| make()).collect();
        let mut outputs = Vec::with_capacity(inputs.len());
        let begin = Instant::now();
        for input in inputs {
            outputs.push(black_box(work(black_box(input))));
        }
        best = best.min(begin.elapsed());
    }
    best.as_secs_f64() * 1e9 / f64::from(COUNT)
}

fn main() {
    let client = AiClient::new(Arc::new(Nobody));
    let variables = SupportAssistantVariables {
        name: "Ann",
        product: "the app",
    };
    let context = || ContextBuilder::new("u-1").build().unwrap();
    let read = measure(
        || (context(), served()),
        |(context, served)| client.read::<SupportAssistant>(context, served, &variables),
    );
    let (given, detail) = (context(), served());
    let mut kept = None;
    let allocations = allocation_counter::measure(|| {
        kept = Some(client.read::<SupportAssistant>(given, detail, &variables));
    });
    let config = kept.unwrap();
    assert!(config.problems().is_empty() && config.enabled);

    let begin = measure(|| (), |()| config.track());
    let finish = measure(
        || config.track(),
        |run| {
            run.finish(Success {
                tokens: Some(Tokens::new(10, 20)),
                ..Success::default()
            })
        },
    );
    println!("| what | nanoseconds |");
    println!("|---|---|");
    println!("| read a typed configuration, two messages with three placeholders | {read:.0} |");
    println!("| begin a run | {begin:.0} |");
    println!("| finish a run: five events, each handed to the client | {finish:.0} |");
    println!(
        "\nreading allocates {} times, {} bytes: the list of messages and their {} texts",
        allocations.count_total,
        allocations.bytes_total,
        config.messages().len()
    );
    python();
    let mut missed = Vec::new();
    if read > 1000.0 {
        missed.push("reading takes more than a microsecond");
    }
    if finish / 5.0 > 1000.0 {
        missed.push("tracking takes more than a microsecond for an event");
    }
    if allocations.count_total > 3 {
        missed.push("reading allocates more than what it fills in");
    }
    assert!(missed.is_empty(), "{missed:?}");
}

const PYTHON: &str = r#"
import json, sys, time, logging
from ldclient import Context
from ldai import LDAIClient
logging.disable(logging.CRITICAL)
value = json.loads(sys.argv[1])
class Nobody:
    def variation(self, key, context, default): return value
    def track(self, *arguments): pass
client, context = LDAIClient(Nobody()), Context.create("u-1")
variables = {"name": "Ann", "product": "the app"}
def best(work, count=2000):
    times = []
    for _ in range(5):
        begin = time.perf_counter_ns()
        for _ in range(count): work()
        times.append((time.perf_counter_ns() - begin) / count)
    return min(times)
read = best(lambda: client.completion_config("support-assistant", context, None, variables))
config = client.completion_config("support-assistant", context, None, variables)
def run():
    from ldai.tracker import TokenUsage
    tracker = config.create_tracker()
    tracker.track_duration(5); tracker.track_success(); tracker.track_tokens(TokenUsage(30, 10, 20))
print(f"the official AI SDK for Python: reading {read:.0f}, a run {best(run):.0f} nanoseconds")
"#;

/// The same by the official SDK.
fn python() {
    let home = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/clients/ai/bin/python"
    );
    match Command::new(home)
        .args(["-c", PYTHON, &value().to_string()])
        .output()
    {
        Ok(output) if output.status.success() => {
            println!("{}", String::from_utf8_lossy(&output.stdout).trim());
        }
        _ => println!(
            "not measured: run the parity test first, which installs the AI SDK for Python"
        ),
    }
}
