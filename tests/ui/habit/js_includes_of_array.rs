#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(["a@x.com", "b@x.com"].includes(User::EMAIL)))]
pub struct S;

fn main() {}
