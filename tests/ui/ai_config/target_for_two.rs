#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::ai_config;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    target(User = ["u-1", "u-2"] => careful),
    target(User = ["u-2"] => fast),
    fallthrough = fast,
)]
struct Assistant;

fn main() {}
