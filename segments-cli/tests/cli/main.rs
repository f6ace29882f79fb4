//! The commands, end to end: as processes, against the emulator.

mod check;
mod eval;
mod general;
mod import;
mod layout;
mod support;
mod sync;
