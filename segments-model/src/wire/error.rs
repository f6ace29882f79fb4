//! The body of an error response.

use serde::{Deserialize, Serialize};

/// An error of the service. Some responses have only a message, so every part is optional.
///
/// ```
/// use segments_model::wire::ErrorBody;
///
/// let body = r#"{"code":"key_exists","message":"Duplicate segment key"}"#;
/// let body: ErrorBody = serde_json::from_str(body).unwrap();
/// assert_eq!(body.code.as_deref(), Some("key_exists"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The kind of error, such as `invalid_request`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The error in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The request's identifier in the service's logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
