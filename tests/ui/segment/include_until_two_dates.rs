#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(include(User = ["u-1"]), include(User = ["u-1"], until = "2027-01-31"))]
pub struct Staff;

fn main() {}
