//! Resumption tokens, with which another process, or another SDK, continues a run.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use thiserror::Error;

/// The reason why a text is not a resumption token.
#[derive(Debug, Error)]
#[error("this is not a resumption token: {why}; pass what `resumption_token` returned")]
pub struct TokenError {
    why: String,
}

/// What a token says of a run.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    pub(crate) run_id: String,
    pub(crate) config_key: String,
    #[serde(default)]
    pub(crate) variation_key: Option<String>,
    pub(crate) version: i64,
}

impl Token {
    /// Writes the token, byte for byte that of the official SDK for Python.
    pub(crate) fn write(&self) -> String {
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let variation = match self.variation_key.as_deref() {
            None | Some("") => String::new(),
            Some(key) => format!("\"variationKey\": {}, ", text(key)),
        };
        let json = format!(
            "{{\"runId\": {}, \"configKey\": {}, {variation}\"version\": {}}}",
            text(&self.run_id),
            text(&self.config_key),
            self.version,
        );
        URL_SAFE_NO_PAD.encode(json)
    }

    /// Reads a token.
    pub(crate) fn read(token: &str) -> Result<Self, TokenError> {
        let error = |why: String| TokenError { why };
        let json = URL_SAFE_NO_PAD.decode(token.trim_end_matches('='));
        let json = json.map_err(|it| error(it.to_string()))?;
        serde_json::from_slice(&json).map_err(|it| error(it.to_string()))
    }
}
