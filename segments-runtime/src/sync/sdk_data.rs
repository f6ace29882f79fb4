//! The data that SDKs receive: everything needed to evaluate a context, including salts.

use segments_model::evaluate::Protocol;
use serde_json::Value as Json;

use super::base_uri::BaseUri;
use super::client::connect;
use super::config::SyncConfig;
use super::error::SyncError;
use super::failed::FailedRequest;
use super::reader::Reader;
use super::runtime;
use super::token::AccessToken;

/// Reads all data that SDKs receive in the environment: segments, flags, and the flags behind AI Configs,
/// with salts and the keys of listed contexts. Uses `key`, or else the SDK key of the environment, which
/// the access token has to be allowed to read.
///
/// ```
/// use segments_emulator::Emulator;
/// use segments_runtime::model::evaluate::Protocol;
/// use segments_runtime::sync::{SyncConfig, sdk_data};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let config = SyncConfig::builder()
///     .base_uri(emulator.base_uri())
///     .token(emulator.access_token())
///     .build()?;
/// let data = sdk_data(&config, Protocol::Fdv1, None).await?;
/// assert!(data["segments"].is_object() && data["flags"].is_object());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the SDK key or the data cannot be read.
pub async fn sdk_data(
    config: &SyncConfig,
    protocol: Protocol,
    key: Option<String>,
) -> Result<Json, SyncError> {
    runtime::needed(async {
        let failed = |error: FailedRequest| SyncError::Read {
            scope: config.scope(),
            error: Box::new(error),
        };
        let reader = Reader::new(connect(config)?, config);
        let key = match key {
            Some(key) => AccessToken::of_sdk(&key),
            None => sdk_key(&reader).await.map_err(failed)?,
        };
        let mut sdk = config.clone();
        sdk.base_uri = config.base_uri.of_sdks();
        sdk.token = key.ok_or(SyncError::NoSdkKey)?;
        let reader = Reader::new(connect(&sdk)?, &sdk);
        let request = reader.scope.sdk_data(protocol);
        reader.client.json(&request).await.map_err(failed)
    })
    .await
}

/// The SDK key of the environment; `None` if the token may not see it.
async fn sdk_key(reader: &Reader) -> Result<Option<AccessToken>, FailedRequest> {
    let request = reader.scope.get_environment();
    let environment: Json = reader.client.json(&request).await?;
    Ok(environment["apiKey"].as_str().and_then(AccessToken::of_sdk))
}

impl BaseUri {
    /// Where SDKs ask: beside LaunchDarkly's own application, and else at the same address, as with an
    /// emulator or a Relay Proxy.
    fn of_sdks(&self) -> Self {
        let beside = self.host().strip_prefix("app.");
        let beside = beside.filter(|rest| rest.contains("launchdarkly."));
        let beside = beside.and_then(|rest| self.on(&format!("sdk.{rest}")));
        beside.unwrap_or_else(|| self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sdks_ask_beside_the_application() {
        for (address, expected) in [
            (
                "https://app.eu.launchdarkly.com",
                "https://sdk.eu.launchdarkly.com",
            ),
            ("https://app.launchdarkly.us", "https://sdk.launchdarkly.us"),
            ("http://127.0.0.1:8030", "http://127.0.0.1:8030"),
            ("https://app.company.com", "https://app.company.com"),
        ] {
            // Where `https` is not built in, no such address is taken.
            if let Ok(address) = BaseUri::parse(address) {
                let sdks = address.of_sdks().to_string();
                assert_eq!(sdks.trim_end_matches('/'), expected);
            }
        }
    }
}
