#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(big, of = User)]
pub struct Staff;

pub fn ask(user: &User) -> bool {
    Staff::contains(user)
}

fn main() {}
