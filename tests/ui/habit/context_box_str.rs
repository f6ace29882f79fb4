#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "org")]
pub struct Org { #[context(key)] id: String, tags: &'static [&'static str] }

fn main() {}
