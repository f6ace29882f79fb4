#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{ai_config, segment};

/// Others.
#[segment(rule(User::BETA.is(true)))]
pub struct Others;

#[ai_config(
    variations(fast, careful),
    rule(Others => fast),
    fallthrough = careful,
)]
struct Assistant;

fn main() {}
