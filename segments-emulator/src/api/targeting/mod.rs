//! Semantic patches of targeting, for flags and AI Configs.

mod apply;
mod document;
mod instruction;
mod patch;
mod prerequisites;
mod represent;
mod roles;
mod running;
mod serve;
mod targets;
mod variation;

pub(crate) use document::patch_document;
pub(crate) use instruction::Envelope;
pub(crate) use patch::patch;
pub(crate) use represent::environment_json;
pub(crate) use serve::{allocated, share};
