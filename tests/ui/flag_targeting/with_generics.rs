#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::{flag_targeting};

/// The assistant.
#[flag_targeting(
    variations(on, off),
    fallthrough = off,
)]
struct Checkout<T>;

fn main() {}
