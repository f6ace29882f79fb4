#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(User::VERSION.sem_ver_greater_than("2.0.0")))]
pub struct Staff;

fn main() {}
