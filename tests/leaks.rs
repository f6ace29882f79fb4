//! The access token and the keys of members reach nothing that a sync shows: no report, plan, error,
//! `Debug` text, JSON, progress event, and no log at any level.
//!
//! What all tests print and write is searched, too: by `.ci/leaks`. Secrets of tests that may show
//! up nowhere contain [`CANARY`].

mod support;

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use segments_emulator::{Emulator, Fault, Role, Token};
use segments_model::Definition;
use segments_runtime::sync::{self, Adoption, SyncConfig, SyncMode};
use serde_json::json;
use support::{clause, five, rule, segment, users, with_rules, with_targets};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const CANARY: &str = "canary-5d8e";
const TOKEN: &str = "api-canary-5d8e";

/// A log of everything, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Everything that a sync shows, in every form that it has.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn add(&mut self, what: &(impl fmt::Display + fmt::Debug)) {
        writeln!(self.0, "{what}\n{what:?}\n{what:#?}").unwrap();
    }

    fn json(&mut self, what: &impl serde::Serialize) {
        writeln!(self.0, "{}", serde_json::to_string(what).unwrap()).unwrap();
    }

    async fn sync(&mut self, config: &SyncConfig, definitions: &[Definition]) {
        writeln!(self.0, "{config:?}").unwrap();
        match sync::sync_definitions(config, definitions).await {
            Ok(report) => {
                self.add(&report);
                self.json(&report);
            }
            Err(error) => {
                self.add(&error);
                if let Some(report) = error.report() {
                    self.add(report);
                    self.json(report);
                }
            }
        }
    }
}

fn members(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("member-{CANARY}-{number}"))
        .collect()
}

/// The five of the quickstart, one with listed members, one with a rule about members by key.
fn declared(count: usize) -> Vec<Definition> {
    let members = members(count);
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let mut definitions = five();
    definitions.push(with_targets(
        segment("listed", "Listed"),
        users(&members),
        users(&["other"]),
    ));
    definitions.push(with_rules(
        segment("ruled", "Ruled"),
        vec![rule(vec![clause(
            "user",
            "email",
            segments_model::Operator::EndsWith,
            ["@x.io"],
        )])],
    ));
    definitions
}

#[tokio::test]
async fn nothing_that_a_sync_shows_names_the_token_or_a_member() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let mut shown = Shown::default();

    let token = Token::new("shop", TOKEN, Role::Writer);
    let emulator = Emulator::builder().token(token).start().await.unwrap();
    let events = Arc::new(Mutex::new(String::new()));
    let told = events.clone();
    let builder = SyncConfig::builder()
        .token(TOKEN)
        .base_uri(emulator.base_uri())
        .program("shop", "1.2.3")
        .deadline(Duration::from_secs(20))
        .progress(move |event| writeln!(told.lock().unwrap(), "{event:?}").unwrap());
    let config = builder.clone().build().unwrap();

    // A plan, kept as JSON; creation; change; drift; refusal.
    let plan = sync::plan(&config, &declared(3)).await.unwrap();
    shown.add(&plan);
    shown.json(&plan);
    shown.sync(&config, &declared(3)).await;
    shown.sync(&config, &declared(5)).await;
    shown
        .sync(&config.with_mode(SyncMode::Verify), &declared(4))
        .await;
    let other = builder
        .clone()
        .owner("other")
        .adoption(Adoption::Refuse)
        .build()
        .unwrap();
    shown.sync(&other, &declared(2)).await;

    // Failures of each kind, among them a conflict, a lost answer and words that repeat the token.
    for fault in [
        Fault::conflict().on_method("PATCH"),
        Fault::reset_after().on_method("PATCH"),
        Fault::status(400).on_method("PATCH").always(),
        Fault::status(500).on_method("PATCH").times(2),
        Fault::truncated().on_method("PATCH"),
        Fault::wrong_body(json!({"code": TOKEN, "message": TOKEN}).to_string()).times(2),
    ] {
        emulator.inject_fault(fault);
        shown.sync(&config, &declared(7)).await;
        emulator.clear_faults();
        shown.sync(&config, &declared(6)).await;
    }
    drop(emulator);
    // Retries as long as it may, and nothing is shown while it waits.
    let impatient = builder.deadline(Duration::from_secs(2)).build().unwrap();
    shown.sync(&impatient, &declared(1)).await;
    drop(guard);

    let log = log.0.lock().unwrap().clone();
    let shown = format!("{}\n{}\n{log}", shown.0, events.lock().unwrap());
    // The check could have found something: all of this was shown.
    for expected in [
        "include 3 contexts",
        "2 keys",
        "settled",
        "answered",
        "refused",
        "cannot reach",
    ] {
        assert!(
            shown.contains(expected),
            "{expected} is missing, so the search proves little"
        );
    }
    // For the search of `.ci/leaks`.
    println!("{shown}");
    let found: Vec<_> = shown
        .lines()
        .filter(|line| line.contains(CANARY))
        .take(3)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}
