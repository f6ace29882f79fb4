#![deny(deprecated, reason = "a warning shows as the use of a deprecated macro")]

#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(User::ACCOUNT_CREATED.before(1_704_067_200)))]
pub struct Staff;

fn main() {}
