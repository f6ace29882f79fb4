#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(User::ACCOUNT_CREATED.after("2024-05-03 12:00:00")))]
pub struct S;

fn main() {}
