//! Segments: list, make, read, change, delete.

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
pub(crate) use patch::{complete, is_semantic, patch};
pub(crate) use represent::link;
pub(crate) use rules::{complete_clause, complete_kind};
pub(crate) use targets::{target_keys, target_keys_mut};

/// The name under which roles know a segment: its tags follow a semicolon.
pub(crate) fn resource(project: &str, environment: &str, key: &str, tags: &[String]) -> String {
    format!(
        "proj/{project}:env/{environment}:segment/{key};{}",
        tags.join(",")
    )
}
