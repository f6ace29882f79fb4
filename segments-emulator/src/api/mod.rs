//! The REST API: which handler answers what, and the handlers.

mod admin;
mod ai_config;
mod approval;
mod audit_log;
mod big;
pub(crate) mod call;
mod caller;
mod context_attribute;
mod context_kind;
pub(crate) mod evaluate;
mod experiment;
mod expiring;
pub(crate) mod fill;
mod filter;
mod flag;
mod flag_evaluation;
pub(crate) mod import;
mod listing;
mod paging;
mod project;
pub(crate) mod router;
mod rules;
pub(crate) mod segment;
mod targeting;
pub(crate) mod version;
