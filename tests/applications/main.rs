//! What applications use between two deployments, and in their own tests.

mod lists;
#[path = "../support/mod.rs"]
mod support;
