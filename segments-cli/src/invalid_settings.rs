//! Settings of a manifest that cannot be used.

use thiserror::Error;

/// Why settings cannot be used. No line of the manifest is quoted: an address in it may have a
/// password.
#[derive(Debug, Error)]
pub(crate) enum InvalidSettings {
    #[error("line {line}: {message}")]
    Toml { line: usize, message: String },
    /// The token goes wherever the address leads, and everybody who opens a pull request can write
    /// a manifest. So a manifest leads to LaunchDarkly or to this machine; any other address comes
    /// from who runs the command.
    #[error(
        "`base-uri` in a manifest must point to LaunchDarkly or to this machine, because the token is sent there; set another address with `--base-uri` or LAUNCHDARKLY_BASE_URI"
    )]
    BaseUri,
}

impl InvalidSettings {
    pub(crate) fn toml(text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start));
        Self::Toml {
            line: before.unwrap_or_default().matches('\n').count() + 1,
            message: error.message().to_owned(),
        }
    }
}
