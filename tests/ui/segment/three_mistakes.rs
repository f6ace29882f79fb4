#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(
    key = "beta testers",
    tags = ["two words"],
    rule(User::EMAIL.matches("***")),
    rule(User::BETA.is(true)),
)]
pub struct Staff;

pub fn ask(user: &User) -> bool {
    Staff::contains(user) && Staff::KEY.as_str().is_empty()
}

fn main() {}
