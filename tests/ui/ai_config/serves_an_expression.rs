#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::ai_config;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    rule(User::ACCOUNT_AGE.gt(18) => "careful"),
    fallthrough = fast,
)]
struct Assistant;

fn main() {}
