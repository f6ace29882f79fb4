//! What a sync makes of AI Configs and flags, and in which order.

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
