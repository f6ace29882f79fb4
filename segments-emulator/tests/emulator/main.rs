//! The emulator over HTTP: what it answers, to whom, and what it withstands.

mod any_request;
mod around;
mod contexts;
mod corpus;
mod data;
mod extremes;
mod faults;
mod flags;
mod harness;
mod network;
mod page;
mod roles;
mod tracked;
mod world;

/// Returns whether tests of chance run at their full size, as `.ci/thorough` runs them.
fn is_thorough() -> bool {
    std::env::var_os("SEGMENTS_THOROUGH").is_some()
}
