//! What reading a typed configuration and tracking cost on the caller's thread, without the evaluation by
//! LaunchDarkly's SDK; beside the official AI SDKs for Python and Node on the same value, where they are installed.
//!
//! `cargo bench -p segments-ai-tests --bench config`
//!
//! What is allocated is counted in `tests/allocations.rs`, for an allocator that counts takes its time.

#[path = "../tests/support/assistant.rs"]
mod assistant;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assistant::{SupportAssistant, SupportAssistantVariables, served, value};
use launchdarkly_server_sdk::{Context as SdkContext, ContextBuilder, Detail};
use segments_runtime::ai::{AiClient, Data, EventClient, FlagClient, Success, Tokens};
use segments_runtime::{Context, Metric};
use serde_json::Value as Json;

/// Whom a metric is counted by, with as many attributes as programs have.
#[derive(Context)]
#[context(kind = "user")]
struct Customer {
    #[context(key)]
    id: String,
    plan: String,
    country: String,
    account_age: u32,
    beta: bool,
    groups: Vec<String>,
}

/// What a checkout was worth.
#[derive(Metric)]
#[metric(kind = numeric, unit = "USD", success = higher, by = Customer)]
struct CheckoutTotal;

/// Takes events and drops them.
struct Nobody;

impl EventClient for Nobody {
    fn track_event(&self, _: &str, context: SdkContext, _: Option<f64>) {
        black_box(context);
    }
}

impl FlagClient for Nobody {
    fn variation(&self, _: &str, _: &SdkContext) -> Detail<Json> {
        served()
    }

    fn track(&self, _: &str, _: SdkContext, _: f64, _: &Data<'_>) {}
}

/// Nanoseconds of one of some, the best of many times; what it works on is made right before, as the SDK's evaluation
/// makes it, so that it is in the cache.
fn measure<I, O>(mut make: impl FnMut() -> I, mut work: impl FnMut(I) -> O) -> f64 {
    const COUNT: u32 = 16;
    let mut best = Duration::MAX;
    for _ in 0..5000 {
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
    // Whoever asks the SDK gets the value as a tree, and frees it.
    let free = measure(served, drop);
    let config = client.read::<SupportAssistant>(context(), served(), &variables);
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
    let customer = Customer {
        id: "u-1".into(),
        plan: "pro".into(),
        country: "DE".into(),
        account_age: 400,
        beta: true,
        groups: vec!["admins".into(), "editors".into()],
    };
    let metric = measure(|| (), |()| CheckoutTotal::track(&Nobody, &customer, 42.0));
    let by_hand = measure(
        || (),
        |()| {
            let context = ContextBuilder::new(customer.id.clone())
                .set_string("plan", customer.plan.clone())
                .set_string("country", customer.country.clone())
                .set_float("accountAge", customer.account_age.into())
                .set_bool("beta", customer.beta)
                .set_value("groups", customer.groups.clone().into())
                .build();
            Nobody.track_event("checkout-total", context.unwrap(), Some(42.0));
        },
    );
    println!("| what | nanoseconds |");
    println!("|---|---|");
    println!("| read a typed configuration, two messages with three placeholders | {read:.0} |");
    println!("| of that: free the tree that the SDK returned | {free:.0} |");
    println!("| begin a run | {begin:.0} |");
    println!("| finish a run: five events, each handed to the client | {finish:.0} |");
    println!("| track a metric, with a context of six attributes | {metric:.0} |");
    println!("| the same by hand, with the SDK's own builder of contexts | {by_hand:.0} |");
    official();
    let mut missed = Vec::new();
    if read - free > 1000.0 {
        missed.push("reading adds more than a microsecond to what the SDK takes");
    }
    if finish / 5.0 > 1000.0 {
        missed.push("tracking takes more than a microsecond for an event");
    }
    if metric - by_hand > 1000.0 {
        missed.push("tracking a metric adds more than a microsecond");
    }
    assert!(missed.is_empty(), "{missed:?}");
}

/// The official SDKs that are installed, on the same value: reading and a run, in nanoseconds.
fn official() {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients");
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
    let (python, node) = (clients.join("ai/bin/python"), clients.join("node"));
    for (language, mut command, script) in [
        ("Python", Command::new(&python), "sdk.py"),
        ("Node", Command::new("node"), "sdk.mjs"),
    ] {
        if language == "Node" && node.exists() {
            command.current_dir(&node);
        }
        let output = command
            .arg(here.join(script))
            .arg(value().to_string())
            .output();
        match output {
            Ok(output) if output.status.success() => {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                let numbers = text
                    .split_whitespace()
                    .map(|it| it.parse().unwrap_or(f64::NAN));
                let [read, run] = numbers.collect::<Vec<f64>>()[..] else {
                    panic!("{script} printed {text}");
                };
                println!("| the AI SDK for {language}: read | {read:.0} |");
                println!("| the AI SDK for {language}: five events | {run:.0} |");
            }
            _ => println!("not measured: the AI SDK for {language}; `.ci/clients` installs it"),
        }
    }
}
