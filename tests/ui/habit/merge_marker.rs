#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(
<<<<<<< HEAD
    rule(User::BETA.is(true))
=======
    rule(User::EMAIL.is("a"))
>>>>>>> feature
)]
pub struct S;

fn main() {}
