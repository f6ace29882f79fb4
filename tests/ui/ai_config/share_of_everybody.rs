#![deny(deprecated, reason = "a warning shows as the use of a deprecated macro")]

#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{ai_config};

/// The assistant.
#[ai_config(
    variations(fast, careful),
    rule(User::BETA.is(true) => percent(fast = 100)),
)]
struct Assistant;

fn main() {}
