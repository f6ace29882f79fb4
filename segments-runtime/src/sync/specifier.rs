//! The names of AI Configs and flags in approvals and roles.

use segments_model::Resource;

/// A resource's name in approvals and roles.
pub(crate) fn specifier(resource: &Resource) -> String {
    format!("{}/{}", kind(resource), resource.key())
}

/// The name of the kind of a resource in approvals. That of AI Configs is inferred.
fn kind(resource: &Resource) -> &'static str {
    match resource {
        Resource::AiConfig(_) => "aiconfig",
        Resource::Flag(_) => "flag",
    }
}
