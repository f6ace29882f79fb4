#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Some.
#[segment(rule(member_of!(B)))]
pub struct A;

/// Others.
#[segment(rule(member_of!(A)))]
pub struct B;

fn main() {}
