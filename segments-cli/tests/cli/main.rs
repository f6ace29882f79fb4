//! The commands, end to end: as processes, against the emulator.

#[path = "../accounts/mod.rs"]
mod accounts;
mod action;
mod approvals;
mod check;
mod connection;
mod diff;
mod docs;
#[cfg(unix)]
mod downloads;
mod eval;
#[cfg(unix)]
mod files;
mod foreign;
mod general;
#[cfg(target_os = "linux")]
mod image;
mod import;
mod interactive;
mod layout;
mod month;
mod moving;
#[cfg(unix)]
mod probe;
mod release;
mod running;
mod support;
mod sync;
#[cfg(feature = "parquet")]
mod tables;
mod terminal;
