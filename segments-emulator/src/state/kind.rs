//! Context kinds.

use serde::{Deserialize, Serialize};

/// A context kind of a project.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredKind {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) archived: bool,
    pub(crate) version: u64,
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) created_from: String,
    /// The state before the last change, for lists that lag behind.
    #[serde(skip)]
    pub(crate) before: Option<Box<StoredKind>>,
}

impl StoredKind {
    pub(crate) fn new(name: &str, created_from: &str, now: i64) -> Self {
        Self {
            name: name.to_owned(),
            description: String::new(),
            archived: false,
            version: 1,
            created: now,
            modified: now,
            created_from: created_from.to_owned(),
            before: None,
        }
    }
}
