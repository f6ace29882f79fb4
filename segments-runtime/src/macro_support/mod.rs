//! What the macros' output calls: macros, so that rustc parses their text once and not at every segment, and
//! functions, so that it checks what they do once.

pub(crate) mod ai;
pub(crate) mod answer;
pub(crate) mod compared;
pub(crate) mod context;
pub(crate) mod definition;
mod expansion;
pub(crate) mod fits;
#[allow(unexpected_cfgs, reason = "rust-analyzer sets `rust_analyzer`")]
pub(crate) mod ide;
pub(crate) mod message;
pub(crate) mod references;
pub(crate) mod rollout;
pub(crate) mod rule;
pub(crate) mod targeting;
