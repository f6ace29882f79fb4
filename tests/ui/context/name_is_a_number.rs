#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;

use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
pub struct Renamed {
    #[context(key)]
    id: String,
    name: u32,
}

fn main() {}
