#![deny(deprecated, reason = "a warning shows as the use of a deprecated macro")]

#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{ai_config};

/// The assistant.
#[ai_config(
    variations(fast, careful),
    target(User = ["u-1", "u-1"] => fast),
)]
struct Assistant;

fn main() {}
