//! The official AI SDK for Python and this one ask the same emulator for the same random AI Configs, and track the
//! same runs: what they give out, and what the emulator receives, is the same.
//!
//! Sixty by default; `SEGMENTS_PARITY=1000 cargo test -p segments-ai-tests --test parity` for a thousand. A program
//! and not a test harness, so that it can say what it did not run.

mod cases;
mod python;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use launchdarkly_sdk_transport::HyperTransport;
use launchdarkly_server_sdk::{
    Client, ConfigBuilder, Context, EventProcessorBuilder, PollingDataSourceBuilder,
    ServiceEndpointsBuilder,
};
use segments_ai::{
    Agent, AiClient, Completion, Config, Declared, Feedback, Judge, JudgeResult, Message, Mode,
    Score, Success, Tokens, Undeclared,
};
use segments_emulator::{Emulator, TrackedEvent};
use serde_json::{Value as Json, json};

use cases::Case;

const SEED: u64 = 26;

#[tokio::main]
async fn main() {
    let Some(python) = python::interpreter() else {
        println!(
            "not run: {:?} are not installed here; `SEGMENTS_INSTALL_CLIENTS=1` installs them",
            python::PACKAGES
        );
        return;
    };
    let count = std::env::var("SEGMENTS_PARITY").ok();
    let count = count.map_or(60, |count| {
        count.parse().expect("SEGMENTS_PARITY is a number")
    });
    let mut rng = fastrand::Rng::with_seed(SEED);
    let cases: Vec<Case> = (0..count)
        .map(|number| Case::random(&mut rng, number))
        .collect();
    let emulator = Emulator::start().await.unwrap();
    world(&emulator, &cases).await;
    let sdk_key = emulator.sdk_key("default", "production").unwrap();

    let theirs = theirs(&python, &emulator, &sdk_key, &cases);
    let their_events = emulator.events();
    emulator.clear_events();
    let ours = ours(&emulator, &sdk_key, &cases).await;
    let our_events = emulator.events();

    let mut refused = 0;
    for ((case, theirs), ours) in cases.iter().zip(&theirs).zip(&ours) {
        assert_eq!(ours, theirs, "{}{:#}", case.line(), json!(case.variations));
        refused += usize::from(ours.is_null());
    }
    assert_eq!(theirs.len(), cases.len());
    let (theirs, ours) = (custom(&their_events), custom(&our_events));
    for (theirs, ours) in theirs.iter().zip(&ours) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
    assert_eq!(evaluated(&our_events), evaluated(&their_events));
    println!(
        "the same: {} AI Configs, of which {refused} cannot be filled in, and {} events",
        cases.len(),
        ours.len()
    );
    assert!(refused * 4 < cases.len(), "nearly nothing was compared");
}

/// What people would make in LaunchDarkly's pages.
async fn world(emulator: &Emulator, cases: &[Case]) {
    let http = reqwest::Client::new();
    let send = async |method: &str, path: String, body: Json| {
        let request = http.request(
            method.parse().unwrap(),
            format!("{}/api/v2/projects/default/{path}", emulator.base_uri()),
        );
        let request = request
            .header("Authorization", emulator.access_token())
            .json(&body);
        let request = if body.get("instructions").is_some() && body.get("environmentKey").is_some()
        {
            request.header(
                "Content-Type",
                "application/json; domain-model=launchdarkly.semanticpatch",
            )
        } else {
            request
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path} {body}: {text}");
        serde_json::from_str::<Json>(&text).unwrap()
    };
    for tool in cases::TOOLS {
        let body = json!({"key": tool, "description": tool.to_uppercase(), "schema": {"type": "object"},
            "customParameters": {"needs": "login"}});
        send("POST", "ai-tools".to_owned(), body).await;
    }
    for case in cases {
        let metric = (case.mode == "judge").then_some("relevance");
        let body = json!({"key": case.key, "name": case.key, "mode": case.mode,
            "evaluationMetricKey": metric, "defaultVariation": case.variations[0]});
        send("POST", "ai-configs".to_owned(), body).await;
        send(
            "POST",
            format!("ai-configs/{}/variations", case.key),
            case.variations[1].clone(),
        )
        .await;
        let targeting = send(
            "GET",
            format!("ai-configs/{}/targeting", case.key),
            json!({}),
        )
        .await;
        let id = |name: &str| {
            let mut all = targeting["variations"].as_array().unwrap().iter();
            let found = all.find(|it| it["value"]["_ldMeta"]["variationKey"] == name);
            found.unwrap()["_id"].as_str().unwrap().to_owned()
        };
        let weights = json!({id("first"): 50_000, id("second"): 50_000});
        let split = json!({"kind": "updateFallthroughVariationOrRollout", "rolloutWeights": weights,
            "rolloutContextKind": "user"});
        let body = json!({"environmentKey": "production", "instructions": [split]});
        send("PATCH", format!("ai-configs/{}/targeting", case.key), body).await;
    }
}

/// What the official SDK gives out.
fn theirs(
    python: &std::path::Path,
    emulator: &Emulator,
    sdk_key: &str,
    cases: &[Case],
) -> Vec<Json> {
    let story = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/sdk.py");
    let mut program = Command::new(python)
        .arg(story)
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .env("SDK_KEY", sdk_key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    let lines: String = cases.iter().map(Case::line).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    answers
        .lines()
        .map(|line| normal(line.parse().unwrap()))
        .collect()
}

/// What this crate gives out, on LaunchDarkly's own SDK for Rust.
async fn ours(emulator: &Emulator, sdk_key: &str, cases: &[Case]) -> Vec<Json> {
    let uri = emulator.base_uri();
    let mut endpoints = ServiceEndpointsBuilder::new();
    endpoints
        .polling_base_url(uri)
        .streaming_base_url(uri)
        .events_base_url(uri);
    let mut source = PollingDataSourceBuilder::new();
    source.transport(HyperTransport::new().unwrap());
    let mut events = EventProcessorBuilder::new();
    events
        .transport(HyperTransport::new().unwrap())
        .capacity(1_000_000);
    let config = ConfigBuilder::new(sdk_key)
        .service_endpoints(&endpoints)
        .data_source(&source)
        .event_processor(&events);
    let client = Arc::new(Client::build(config.build().unwrap()).unwrap());
    client.start_with_default_executor();
    let started = client
        .wait_for_initialization(Duration::from_secs(10))
        .await;
    assert_eq!(started, Some(true), "the SDK did not start");
    let ai = AiClient::new(client.clone());
    let answers = cases.iter().map(|case| match case.mode {
        "agent" => ask::<Agent>(&ai, case, |config, shown| {
            shown["instructions"] = json!(config.instructions());
        }),
        "judge" => ask::<Judge>(&ai, case, |config, shown| {
            shown["messages"] = messages(config.messages());
            shown["evaluationMetricKey"] = json!(config.metric());
        }),
        _ => ask::<Completion>(&ai, case, |config, shown| {
            shown["messages"] = messages(config.messages());
        }),
    });
    let answers = answers.collect();
    assert!(client.flush_blocking(Duration::from_secs(30)).await);
    client.close();
    answers
}

fn messages(messages: &[Message]) -> Json {
    let messages = messages.iter();
    messages
        .map(|it| json!({"role": it.role.as_str(), "content": it.content}))
        .collect()
}

/// Asks, tracks, and shows what was given out as the official SDK does.
fn ask<M: Mode>(
    ai: &AiClient,
    case: &Case,
    says: impl FnOnce(&Config<Undeclared<M>>, &mut Json),
) -> Json {
    let context: Context = serde_json::from_value(case.context.clone()).unwrap();
    let config = ai.config_of::<Undeclared<M>>(case.key.clone(), context, &case.variables);
    if let [problem] = config.problems() {
        assert!(
            problem.to_string().contains("cannot be filled in"),
            "{problem}"
        );
        return Json::Null;
    }
    track(&config, &case.run);
    let model = config.model.as_ref().map(
        |model| json!({"name": model.name, "parameters": model.parameters, "custom": model.custom}),
    );
    let tools = config.tools.iter().map(|tool| {
        let shown = json!({"name": tool.name, "description": tool.description, "type": tool.kind,
            "parameters": tool.parameters, "customParameters": tool.custom});
        (tool.name.clone(), shown)
    });
    let judges = config.judges.iter();
    let judges = judges.map(|it| json!({"key": it.key, "samplingRate": it.sampling_rate}));
    let mut shown = json!({
        "_ldMeta": {"enabled": config.enabled}, "model": model,
        "provider": config.provider.as_ref().map(|name| json!({"name": name})),
        "tools": tools.collect::<BTreeMap<_, _>>(),
        "judgeConfiguration": {"judges": judges.collect::<Vec<_>>()},
    });
    if M::NAME == Judge::NAME {
        // The official SDK leaves these out of a judge.
        shown["tools"].take();
        shown["judgeConfiguration"].take();
    }
    says(&config, &mut shown);
    normal(shown)
}

fn track<C: Declared>(config: &Config<C>, run: &Json) {
    let tracked = config.track();
    if run["success"] == false {
        let _ = tracked.fail("the model is overloaded");
        return;
    }
    let milliseconds = |value: &Json| value.as_u64().map(Duration::from_millis);
    let count = |name: &str| run["tokens"][name].as_u64().unwrap_or(0);
    let tools = run["tools"].as_array().unwrap().iter();
    let mut told = tracked.finish(Success {
        tokens: run["tokens"].is_object().then(|| Tokens {
            total: count("total"),
            input: count("input"),
            output: count("output"),
        }),
        duration: milliseconds(&run["duration"]),
        time_to_first_token: milliseconds(&run["firstToken"]),
        tools: tools
            .map(|tool| tool.as_str().unwrap().to_owned())
            .collect(),
    });
    if let Some(score) = run["judge"].as_f64() {
        told.judged(&JudgeResult {
            judge: Some("judge".to_owned()),
            metric: "score".to_owned(),
            score: Score::new(score).unwrap(),
            reasoning: String::new(),
        });
    }
    if let Some(good) = run["feedback"].as_bool() {
        let feedback = if good {
            Feedback::Positive
        } else {
            Feedback::Negative
        };
        assert!(told.feedback(feedback));
        assert!(!told.feedback(feedback));
    }
}

/// Without members that say nothing, which one SDK shows as `null` or empty and the other leaves out, and with
/// all numbers as fractions.
fn normal(json: Json) -> Json {
    match json {
        Json::Number(number) => json!(number.as_f64().unwrap()),
        Json::Array(items) => items.into_iter().map(normal).collect(),
        Json::Object(object) => {
            let object = object
                .into_iter()
                .map(|(name, value)| (name, normal(value)));
            object
                .filter(|(_, value)| !value.is_null() && *value != json!({}) && *value != json!([]))
                .collect()
        }
        json => json,
    }
}

/// The custom events: name, number and data, byte for byte. Runs are numbered, since their identifiers are random;
/// how long a failure took is measured.
fn custom(events: &[TrackedEvent]) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let custom = events.iter().map(|it| &it.event);
    let custom = custom.filter(|it| it["kind"] == "custom" && it["key"] != "$ld:ai:sdk:info");
    let custom: Vec<&Json> = custom.collect();
    let failed = |run: &Json| {
        custom
            .iter()
            .any(|it| it["key"] == "$ld:ai:generation:error" && it["data"]["runId"] == *run)
    };
    let shown = custom.iter().map(|event| {
        let mut data = event["data"].clone();
        let mut value = event["metricValue"].as_f64();
        if let Some(run) = event["data"]["runId"].as_str() {
            assert_eq!(run.len(), 36, "a run is a UUID");
            let place = runs
                .iter()
                .position(|known| known == run)
                .unwrap_or_else(|| {
                    runs.push(run.to_owned());
                    runs.len() - 1
                });
            if event["key"] == "$ld:ai:duration:total" && failed(&event["data"]["runId"]) {
                value = None;
            }
            data["runId"] = format!("run {place}").into();
        }
        format!("{} {value:?} {data}", event["key"])
    });
    shown.collect()
}

/// How often each variation of each AI Config was evaluated.
fn evaluated(events: &[TrackedEvent]) -> BTreeMap<String, u64> {
    let mut counted = BTreeMap::new();
    let summaries = events
        .iter()
        .map(|it| &it.event)
        .filter(|it| it["kind"] == "summary");
    for summary in summaries {
        for (key, feature) in summary["features"].as_object().into_iter().flatten() {
            // The judge is there only to be named.
            for counter in feature["counters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|_| key != "judge")
            {
                let key = format!("{key} {} {}", counter["variation"], counter["version"]);
                *counted.entry(key).or_default() += counter["count"].as_u64().unwrap();
            }
        }
    }
    counted
}
