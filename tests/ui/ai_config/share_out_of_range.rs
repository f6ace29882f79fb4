#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{ai_config};

/// The assistant.
#[ai_config(
    variations(fast, careful),
    rule(User::BETA.is(true) => percent(fast = 120, careful = 20)),
    rule(User::ACCOUNT_AGE.gt(18) => percent(fast = 33.33333, careful = 66.66667)),
    rule(User::ACCOUNT_AGE.gt(9) => percent(fast = 0, careful = 100)),
)]
struct Assistant;

fn main() {}
