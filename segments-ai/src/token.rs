//! Resumption tokens, with which another process, or another SDK, continues a run.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use launchdarkly_server_sdk::Context;
use serde::Deserialize;
use thiserror::Error;

use crate::client::AiClient;
use crate::run::{About, Told};

/// The reason why a text is not a resumption token.
#[derive(Debug, Error)]
#[error("this is not a resumption token: {why}; pass what `resumption_token` returned")]
pub struct TokenError {
    why: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    run_id: String,
    config_key: String,
    #[serde(default)]
    variation_key: Option<String>,
    version: i64,
}

/// The token, byte for byte that of the official SDK for Python.
pub(crate) fn write(about: &About) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let variation = if about.variation.is_empty() {
        String::new()
    } else {
        format!("\"variationKey\": {}, ", text(&about.variation))
    };
    let json = format!(
        "{{\"runId\": {}, \"configKey\": {}, {variation}\"version\": {}}}",
        text(&about.run),
        text(&about.config),
        about.version,
    );
    URL_SAFE_NO_PAD.encode(json)
}

impl AiClient {
    /// Continues a run that was begun elsewhere, to track feedback and results of judges. The token does
    /// not contain the model and its provider, so these events lack them.
    ///
    /// # Errors
    ///
    /// If the text is not a resumption token.
    pub fn resume(&self, token: &str, context: Context) -> Result<Told, TokenError> {
        let error = |why: String| TokenError { why };
        let json = URL_SAFE_NO_PAD.decode(token.trim_end_matches('='));
        let json = json.map_err(|it| error(it.to_string()))?;
        let token: Token = serde_json::from_slice(&json).map_err(|it| error(it.to_string()))?;
        Ok(Told::new(Arc::new(About {
            client: self.clone(),
            context: Some(context),
            run: token.run_id,
            config: token.config_key.into(),
            variation: token.variation_key.unwrap_or_default(),
            version: token.version,
            model: String::new(),
            provider: String::new(),
        })))
    }
}
