//! What goes over the wire.

use serde_json::Value as Json;

/// A request and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) content_type: String,
    /// Null if there is no body, or none that is JSON.
    pub(crate) sent: Json,
    pub(crate) status: u16,
    pub(crate) answered: Json,
}
