#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::ai_config;

#[ai_config(
    variations(gpt-4o, careful),
    fallthrough = careful,
)]
struct Assistant;

fn main() {}
