#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(Device::VERSION.gt("2.0.0")))]
pub struct Staff;

pub fn ask(user: &User, device: &Device) -> bool {
    Staff::contains(user) || Staff::contains(device)
}

fn main() {}
