//! Macros that the macros' output calls, so that rustc parses their text once and not at every segment.

mod ai;
pub(crate) mod answer;
pub(crate) mod compared;
mod expansion;
#[allow(unexpected_cfgs, reason = "rust-analyzer sets `rust_analyzer`")]
pub(crate) mod ide;
pub(crate) mod message;
pub(crate) mod references;
