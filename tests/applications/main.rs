//! What applications use between two deployments, and in their own tests.

mod expiring;
mod layer;
mod lists;
mod made;
mod snapshot;
#[path = "../support/mod.rs"]
mod support;
