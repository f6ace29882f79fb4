//! Targets an AI Config with a segment: declares both, syncs them to LaunchDarkly, and evaluates which variation
//! a user is served.
//!
//! `cargo run --example ai_config` needs no account: it starts a LaunchDarkly emulator on this machine,
//! with the AI Config that people would create in LaunchDarkly. With
//! `LAUNCHDARKLY_ACCESS_TOKEN` set it uses the real service, where an AI Config `support-assistant` with the
//! variations `fast` and `careful` has to exist.

use std::env;
use std::error::Error;

use segments_emulator::Emulator;
use segments_runtime::sync::{self, Definitions, SyncConfig};
use segments_runtime::{Context, ai_config, registry, segment};

#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
struct User {
    #[context(key)]
    id: String,
    beta_tester: bool,
    account_age: u32,
}

/// Users testing new AI features.
#[segment(rule(User::BETA_TESTER.is(true), User::ACCOUNT_AGE.gt(30)))]
struct AiBetaTesters;

/// The assistant on the support page.
#[ai_config(
    variations(fast, careful),
    target(User = ["user-7"] => fast),
    rule(member_of!(AiBetaTesters) => careful),
    rule(User::ACCOUNT_AGE.gt(365) => percent(fast = 80, careful = 20)),
    fallthrough = fast,
)]
struct SupportAssistant;

/// The program's reaction to the answer. A new variation is an error here until it has an arm.
fn tokens(variation: SupportAssistantVariation) -> u32 {
    match variation {
        SupportAssistantVariation::Fast => 500,
        SupportAssistantVariation::Careful => 4000,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (config, _emulator) = connect().await?;

    heading("What a sync would do");
    let (segments, targetings) = (registry::definitions()?, registry::targetings()?);
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    let plan = sync::plan(&config, declared).await?;
    print!("{plan}");

    heading("Sync");
    print!("{}", plan.apply(&config).await?);

    heading("Sync again");
    print!("{}", sync::sync(&config).await?);

    heading("Who is served what");
    let user = |id: &str, beta_tester, account_age| User {
        id: id.to_owned(),
        beta_tester,
        account_age,
    };
    let users = [
        user("user-1", true, 31),
        user("user-2", false, 31),
        user("user-7", true, 400),
        user("user-8", false, 400),
    ];
    for user in &users {
        let evaluation = SupportAssistant::variation(user);
        let limit = evaluation
            .known()
            .map_or(500, |variation| tokens(*variation));
        println!("{}, up to {limit} tokens: {evaluation}", user.id);
    }

    heading("Why user-2 is not served the careful one");
    println!("{}", SupportAssistant::explain(&users[1]));
    Ok(())
}

/// The real service if there is a token for it, otherwise an emulator with the AI Config in it.
async fn connect() -> Result<(SyncConfig, Option<Emulator>), Box<dyn Error>> {
    let program = SyncConfig::builder().program("ai_config", env!("CARGO_PKG_VERSION"));
    let token = ["LAUNCHDARKLY_ACCESS_TOKEN", "LAUNCHDARKLY_API_TOKEN"];
    if token.iter().any(|name| env::var_os(name).is_some()) {
        return Ok((program.from_env().build()?, None));
    }
    let emulator = Emulator::start().await?;
    println!(
        "No LAUNCHDARKLY_ACCESS_TOKEN: using an emulator at {}",
        emulator.base_uri()
    );
    // The AI Config that people would create in LaunchDarkly.
    emulator.fill(
        r#"{"projects": {"default": {"aiConfigs": [
            {"key": "support-assistant", "name": "Support assistant", "variations": [
                {"key": "fast", "name": "fast", "model": {"modelName": "small-1"}},
                {"key": "careful", "name": "careful", "model": {"modelName": "large-2"}}]}]}}}"#,
    )?;
    let config = program
        .base_uri(emulator.base_uri())
        .token(emulator.access_token())
        .build()?;
    Ok((config, Some(emulator)))
}

fn heading(text: &str) {
    println!("\n== {text}");
}
