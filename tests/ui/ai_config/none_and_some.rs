#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{ai_config};

/// The assistant.
#[ai_config(
    variations(fast, careful),
    no_rules,
    rule(User::BETA.is(true) => fast),
    no_targets,
    target(User = ["u-1"] => careful),
)]
struct Assistant;

fn main() {}
