//! The commands, end to end: as processes, against the emulator.

#[path = "../accounts/mod.rs"]
mod accounts;
mod action;
mod approvals;
mod between;
mod check;
mod connection;
mod diff;
mod docs;
#[cfg(unix)]
mod downloads;
mod edit;
mod effects;
mod eval;
#[cfg(unix)]
#[allow(dead_code, reason = "answers are held against it elsewhere")]
#[path = "../../../tests/contract/exchange.rs"]
mod exchange;
#[cfg(unix)]
mod files;
mod foreign;
mod general;
#[cfg(target_os = "linux")]
mod image;
mod impact;
mod import;
mod interactive;
mod layout;
mod look;
#[cfg(feature = "mcp")]
mod mcp;
mod month;
mod moving;
mod policy;
#[cfg(unix)]
mod probe;
mod release;
mod rename;
mod retire;
mod running;
#[cfg(unix)]
#[allow(dead_code, reason = "answers are held against it elsewhere")]
#[path = "../../../tests/contract/schema.rs"]
mod schema;
mod snapshots;
mod support;
mod sync;
#[cfg(feature = "parquet")]
mod tables;
mod terminal;
mod until;
mod watch;
