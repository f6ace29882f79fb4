#[path = "../contexts/mod.rs"]
mod contexts;
use contexts::*;
use segments_runtime::{assert_subset, segment};

/// Somebody.
#[segment(rule(User::BETA.is(true)))]
pub struct Staff;

/// Somebody else.
#[segment(rule(User::BETA.is(false)))]
pub struct Testers;

assert_subset!(Staff, Testers, Staff);

fn main() {}
