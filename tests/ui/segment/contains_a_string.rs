#[path = "../contexts/mod.rs"]
mod contexts;
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(User::BETA.is(true)))]
pub struct Staff;

fn main() {
    let _ = Staff::contains("user-1");
}
