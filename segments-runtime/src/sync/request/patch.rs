//! JSON patches (RFC 6902), which take effect only on the version that they test.

use serde::Serialize;

/// A JSON patch (RFC 6902) with a comment for the audit log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct JsonPatch {
    pub(crate) comment: String,
    pub(crate) patch: Vec<JsonOperation>,
}

/// One operation of a JSON patch.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub(crate) enum JsonOperation {
    Test {
        path: String,
        value: serde_json::Value,
    },
    Add {
        path: String,
        value: serde_json::Value,
    },
    Replace {
        path: String,
        value: serde_json::Value,
    },
    Remove {
        path: String,
    },
    Move {
        from: String,
        path: String,
    },
}

/// Values may be keys of members, so only paths are shown.
impl std::fmt::Debug for JsonOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Test { path, .. } => write!(f, "test {path}"),
            Self::Add { path, .. } => write!(f, "add {path}"),
            Self::Replace { path, .. } => write!(f, "replace {path}"),
            Self::Remove { path } => write!(f, "remove {path}"),
            Self::Move { from, path } => write!(f, "move {from} to {path}"),
        }
    }
}
