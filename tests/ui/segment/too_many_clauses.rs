#![deny(deprecated, reason = "a warning shows as the use of a deprecated macro")]

#[path = "../contexts/mod.rs"]
mod contexts;
#[allow(unused_imports, reason = "not every mistake gets as far as a context")]
use contexts::*;
use segments_runtime::segment;

/// Somebody.
#[segment(rule(User::ACCOUNT_AGE.gt(0), User::ACCOUNT_AGE.gt(1), User::ACCOUNT_AGE.gt(2), User::ACCOUNT_AGE.gt(3), User::ACCOUNT_AGE.gt(4), User::ACCOUNT_AGE.gt(5), User::ACCOUNT_AGE.gt(6), User::ACCOUNT_AGE.gt(7), User::ACCOUNT_AGE.gt(8), User::ACCOUNT_AGE.gt(9), User::ACCOUNT_AGE.gt(10)))]
pub struct Staff;

fn main() {}
