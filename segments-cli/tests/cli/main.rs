//! The commands, end to end: as processes, against the emulator.

#[path = "../accounts/mod.rs"]
mod accounts;
mod action;
mod check;
mod connection;
mod docs;
mod eval;
mod general;
mod import;
mod interactive;
mod layout;
mod moving;
mod support;
mod sync;
#[cfg(feature = "parquet")]
mod tables;
mod terminal;
