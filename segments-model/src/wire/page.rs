//! Lists that come in pages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One page of a list. `next` among the links is not reliable; go by the total count.
///
/// See the example of [`wire`](super).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Other pages.
    #[serde(rename = "_links", default)]
    pub links: BTreeMap<String, Link>,
    /// How many items there are on all pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_count: Option<usize>,
}

/// A link to a resource; the address is relative to the host.
///
/// See the example of [`wire`](super).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The address.
    pub href: String,
    /// The media type of what is there.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}
