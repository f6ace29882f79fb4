//! `cargo run -p ai-service` needs nothing: it starts an emulator of LaunchDarkly on this machine, makes in it what
//! people would make in LaunchDarkly's pages, serves the support page, asks it questions, and shows what was tracked
//! and what came of the experiment. With `-- --keep` the emulator goes on, so that its page can be looked at.

mod launchdarkly;
mod people;

use std::error::Error;
use std::io::Read as _;
use std::time::Duration;

use ai_service::CarefulAnswers;
use people::Page;
use segments_emulator::{Emulator, TrackedEvent};
use segments_runtime::sync::{check_prompts, start_experiment};
use segments_runtime::{Experiment, SyncConfig};

/// How many people answer the experiment's question.
const PEOPLE: u32 = 200;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let keep = std::env::args().any(|argument| argument == "--keep");
    let emulator = Emulator::start().await?;
    launchdarkly::prepare(&emulator).await?;
    let config = SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(emulator.base_uri())
        .build()?;
    heading("Sync");
    let report = segments_runtime::sync(&config).await?;
    for settled in report.settled() {
        println!("{settled}");
    }
    heading("What prompts ask for and the program does not provide");
    for finding in check_prompts(&config).await? {
        println!("{finding}");
    }
    // A sync makes experiments and does not start them.
    start_experiment(&config, &CarefulAnswers::KEY, None).await?;

    let client = launchdarkly::connect(&emulator).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let page = Page::new(listener.local_addr()?);
    let router = ai_service::router(client.clone());
    tokio::spawn(async { axum::serve(listener, router).await });

    heading("Four questions");
    page.four_questions().await?;
    client.flush_blocking(Duration::from_secs(10)).await;
    heading("What was tracked");
    for TrackedEvent { event, .. } in emulator.events() {
        if let Some(line) = launchdarkly::in_words(&event) {
            println!("{line}");
        }
    }

    heading(&format!(
        "What came of the experiment, with {PEOPLE} more people"
    ));
    for number in 0..PEOPLE {
        page.visit(number).await?;
    }
    client.flush_blocking(Duration::from_secs(10)).await;
    client.close();
    println!("metric    segment          variation  contexts  with an event  total");
    for results in emulator.results("default", "production", "segments") {
        for row in results.rows {
            println!(
                "{:<9} {:<16} {:<9} {:>9} {:>14} {:>6}",
                row.metric,
                row.segment.as_deref().unwrap_or("everybody"),
                row.variation,
                row.contexts,
                row.converted,
                row.total,
            );
        }
    }
    if keep {
        println!("\n{}/results?at=default/production", emulator.base_uri());
        println!("Press Ctrl-D to stop.");
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    }
    Ok(())
}

fn heading(text: &str) {
    println!("\n== {text}");
}
