#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::ai_config;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    rule(member_of!(User) => careful),
)]
struct Assistant;

fn main() {}
