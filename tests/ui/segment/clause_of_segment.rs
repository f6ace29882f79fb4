#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Others.
#[segment(rule(User::BETA.is(true)))]
pub struct Others;

/// Somebody.
#[segment(rule(!Others))]
pub struct Staff;

fn main() {}
