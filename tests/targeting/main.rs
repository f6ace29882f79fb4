//! What a sync makes of AI Configs and flags, and in which order.

#[path = "../support/mod.rs"]
mod support;

mod approvals;
mod environments;
mod flags;
mod former;
mod kinds;
mod laws;
mod measured;
mod ownership;
mod pruning;
mod roles;
mod rules;
mod running;
mod steering;
mod targets;
mod world;
