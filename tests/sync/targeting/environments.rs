//! One declaration, several environments.

use segments_runtime::sync::sync_environments;
use segments_runtime::{Context, Environment, Segment, Targeted, ai_config, segment};

use crate::support::config;
use crate::world::{emulator, served_in};

#[derive(Environment, Clone, Copy)]
enum Stage {
    #[environment(key = "test")]
    Staging,
    Production,
}

#[derive(Context)]
#[context(kind = "user")]
#[allow(dead_code, reason = "nobody makes one")]
struct User {
    #[context(key)]
    id: String,
    email: String,
}

/// Users testing new AI features.
#[segment(include(User = ["u-1"]))]
struct Beta;

/// Colleagues get everything new in staging, and nobody else does.
#[ai_config(
    variations(fast, careful),
    rule(member_of!(Beta) => careful),
    fallthrough = fast,
    environment(Stage::Staging, rule(User::EMAIL.is("a@company.com") => fast), fallthrough = careful),
    environment(Stage::Production),
)]
struct Assistant;

#[tokio::test]
async fn two_environments_serve_what_is_declared_for_each() {
    let emulator = emulator().await;
    let config = config(&emulator);
    let declared = |_: &Stage| (vec![Beta::definition()], vec![Assistant::targeting()]);
    for (environment, result) in sync_environments(&config, Stage::ALL, declared).await {
        assert_eq!(result.unwrap().targetings.len(), 1, "{environment}");
    }
    let rule = |values: &str, variation: &str| vec![(values.to_owned(), variation.to_owned())];
    let staging = (rule("[\"a@company.com\"]", "fast"), "careful".to_owned());
    assert_eq!(served_in(&emulator, "test").await, staging);
    let production = (rule("[\"beta\"]", "careful"), "fast".to_owned());
    assert_eq!(served_in(&emulator, "production").await, production);

    emulator.clear_requests();
    for (environment, result) in sync_environments(&config, Stage::ALL, declared).await {
        assert_eq!(result.unwrap().writes(), 0, "{environment}");
    }
}
