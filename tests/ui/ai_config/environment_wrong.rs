#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{Environment, ai_config};

#[derive(Environment)]
pub enum Stage {
    Staging,
    Production,
}

/// One is forgotten.
#[ai_config(variations(fast), fallthrough = fast, environment(Stage::Staging, no_rules))]
struct Forgetful;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    fallthrough = fast,
    environment("staging", variations(slow), rule(User::BETA.is(true) => slow)),
    environment("staging", fallthrough = careful),
    environment("pre prod"),
    environment(Stage::Staging),
    environment(),
    environment("test", 7, fallthrough = percent(fast = 50, careful = 40, by = User::ID)),
)]
struct Assistant;

fn main() {}
