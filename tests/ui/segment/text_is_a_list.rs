#![deny(deprecated, reason = "a warning shows as the use of a deprecated macro")]

#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(User::EMAIL.is_any_of(["ann@company.com, bob@company.com"])))]
pub struct Staff;

fn main() {}
