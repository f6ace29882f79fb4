//! Syncs against the emulator: that they converge, whoever else writes, and whatever fails.

mod bad_input;
mod chaos;
mod converging;
mod moving;
mod ownership;
mod properties;
mod pruning;
#[path = "../support/mod.rs"]
mod support;
mod who_wins;
#[allow(dead_code, reason = "these need less of it")]
#[path = "../targeting/world.rs"]
mod world;
