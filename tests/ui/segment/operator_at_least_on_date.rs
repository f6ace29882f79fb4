#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(User::ACCOUNT_CREATED.at_least("2024-05-03T00:00:00Z")))]
pub struct Staff;

fn main() {}
