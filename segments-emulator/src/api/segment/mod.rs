//! Segments: list, create, read, change, delete.

mod create;
mod delete;
mod filter;
mod list;
mod patch;
mod represent;
mod rules;
mod targets;

pub(crate) use create::{create, distinct};
pub(crate) use delete::delete;
pub(crate) use list::{all, get, list};
pub(crate) use patch::{Envelope, Format, apply, complete, patch};
pub(crate) use rules::{complete_clause, complete_kind};
