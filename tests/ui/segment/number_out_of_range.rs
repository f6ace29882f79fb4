#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "parcel")]
pub struct Sizes {
    #[context(key)]
    id: String,
    small: u8,
    large: Option<u32>,
    weight: f32,
}

/// Somebody.
#[segment(rule(Sizes::SMALL.is(300)))]
pub struct Equal;

/// Somebody.
#[segment(rule(Sizes::LARGE.lt(0)))]
pub struct Below;

/// Somebody.
#[segment(rule(Sizes::LARGE.gt(-1)))]
pub struct Above;

/// Somebody.
#[segment(rule(Sizes::WEIGHT.is(16777217)))]
pub struct Exact;

fn main() {}
