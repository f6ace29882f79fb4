#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{ai_config};

/// The assistant.
#[ai_config(
    key = 7,
    variations = ["fast"],
    fallthrough = fast,
    allow(value_twice),
    crate = self::runtime,
)]
struct Assistant;

fn main() {}
