//! What the service has seen of contexts.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

/// The service's answer about one segment and one context.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LiveMembership {
    /// The segment's key.
    pub key: String,
    /// Whether the context is in it.
    pub is_member: bool,
}

/// Values that the service has seen in attributes, by context kind.
pub type SeenValues = BTreeMap<String, Vec<Json>>;
