#[path = "../contexts/mod.rs"]
mod contexts;
use contexts::*;
use segments_runtime::{assert_nobody, segment};

/// Somebody.
#[segment(rule(User::BETA.is(true)))]
pub struct Staff;

/// Somebody else.
#[segment(rule(User::BETA.is(false)))]
pub struct Testers;

assert_nobody!(Staff && Testers);

fn main() {}
