#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::Metric;

/// What a checkout was worth.
#[derive(Metric)]
#[metric(kind = count, unit = "USD", by = User)]
struct CheckoutTotal;

fn main() {}
