//! The same answer here as in the environment that the program runs in.

mod support;

use segments_emulator::Emulator;
use segments_model::EnvironmentKey;
use segments_runtime::sync::{self, SyncError};
use segments_runtime::{
    Context, Environment, Segment, Targeted, ai_config, all_segments, all_segments_in,
    in_environment, segment,
};

#[derive(Environment, Clone, Copy)]
enum Stage {
    Staging,
    Production,
}

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
    email: String,
}

/// Who sees new things first.
#[segment(
    include(User = ["u-9"]),
    rule(User::EMAIL.ends_with("@company.com")),
    environment(Stage::Staging, rule(everyone())),
    environment(Stage::Production, exclude(User = ["u-0"])),
)]
struct Pioneers;

/// Whoever does not.
#[segment(rule(!member_of!(Pioneers)))]
struct Settlers;

/// The same everywhere.
#[segment(rule(User::EMAIL.ends_with(".org")))]
struct Associations;

/// The assistant on the support page.
#[ai_config(
    variations(fast, careful),
    rule(member_of!(Pioneers) => careful),
    fallthrough = fast,
)]
struct Assistant;

fn user(id: &str, email: &str) -> User {
    User {
        id: id.to_owned(),
        email: email.to_owned(),
    }
}

#[test]
fn each_environment_has_its_own_answer() {
    let (guest, staff) = (
        user("u-1", "ada@example.org"),
        user("u-0", "ada@company.com"),
    );
    assert!(Pioneers::contains_in(Stage::Staging, &guest));
    assert!(!Pioneers::contains_in(Stage::Production, &guest));
    assert!(Pioneers::contains_in(Stage::Staging, &staff));
    // Excluded in production, where rules are as everywhere.
    assert!(!Pioneers::contains_in(Stage::Production, &staff));
    // By reference, and by key: one that declares nothing of its own.
    let canary = EnvironmentKey::from_static("canary");
    assert!(Pioneers::contains_in(&canary, &staff));
    // What asks another segment asks it in the same environment.
    assert!(!Settlers::contains_in(Stage::Staging, &guest));
    assert!(Settlers::contains_in(Stage::Production, &guest));
    let why = Pioneers::explain_in(Stage::Staging, &guest).to_string();
    assert!(why.contains("everyone"), "{why}");
    let membership = Pioneers::membership_in(Stage::Production, &staff);
    assert!(membership.to_string().contains("excluded"), "{membership}");
    let holding = all_segments_in(Stage::Staging, &guest).unwrap();
    assert_eq!(
        holding.holding().collect::<Vec<_>>(),
        ["associations", "pioneers"]
    );
    let choice = |stage: Stage| Assistant::variation_in(stage, &guest).to_string();
    assert!(
        choice(Stage::Staging).starts_with("careful"),
        "{}",
        choice(Stage::Staging)
    );
    assert!(
        choice(Stage::Production).starts_with("fast"),
        "{}",
        choice(Stage::Production)
    );
    assert_eq!(Assistant::targeting().rules().len(), 1);
}

/// What is sent and what is answered come from one place.
#[test]
fn definitions_say_the_same() {
    let definition = Pioneers::definition();
    let there = |stage: Stage| definition.in_environment(&stage.environment()).into_owned();
    assert_eq!(definition.rules().len(), 1);
    assert_eq!(there(Stage::Staging).rules()[0].to_string(), "everyone");
    let production = there(Stage::Production);
    assert_eq!(production.rules(), definition.rules());
    assert_eq!(production.excluded().lists().count(), 1);
    assert_eq!(definition.excluded().lists().count(), 0);
    assert_eq!(production.included(), definition.included());
}

/// Once for the whole process, so everything about it is in one test.
#[test]
fn the_environment_of_the_program_is_fixed_once() {
    let guest = user("u-1", "ada@example.org");
    in_environment(Stage::Staging).unwrap();
    in_environment(Stage::Staging).unwrap();
    let error = in_environment(Stage::Production).unwrap_err();
    assert!(error.to_string().contains("`staging`"), "{error}");
    assert!(Pioneers::contains(&guest) && !Settlers::contains(&guest));
    assert!(Pioneers::explain(&guest).to_string().contains("everyone"));
    assert!(
        Assistant::variation(&guest)
            .to_string()
            .starts_with("careful")
    );
    let holding = all_segments(&guest).unwrap();
    assert_eq!(
        holding.holding().collect::<Vec<_>>(),
        ["associations", "pioneers"]
    );
    // An environment that is named stands before the one that is fixed.
    assert!(!Pioneers::contains_in(Stage::Production, &guest));
    assert!(Associations::contains(&guest));
}

#[tokio::test]
async fn an_environment_that_is_no_variant_is_an_error_and_not_the_default() {
    let emulator = Emulator::builder()
        .environment("default", "canary")
        .start()
        .await
        .unwrap();
    let builder = support::builder(&emulator).environment("canary");
    let error = sync::sync(&builder.build().unwrap()).await.unwrap_err();
    assert!(matches!(error, SyncError::Definitions(_)), "{error}");
    let said = error.to_string();
    assert!(
        said.contains("`production`, `staging`") && said.contains("`canary`"),
        "{said}"
    );
    assert!(emulator.requests().is_empty());
}
