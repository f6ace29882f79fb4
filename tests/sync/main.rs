//! Syncs against the emulator: that they converge, whoever else writes, and whatever fails.

mod bad_input;
mod chaos;
mod converging;
mod let_go;
mod moving;
mod ownership;
mod properties;
mod pruning;
#[path = "../support/mod.rs"]
mod support;
mod surroundings;
mod targeting;
mod who_wins;
mod world;
