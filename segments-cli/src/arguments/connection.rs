//! LaunchDarkly: a project and environments there, and how to reach it.

use std::path::PathBuf;

use clap::Args;

/// The connection to LaunchDarkly. The access token comes from `LAUNCHDARKLY_ACCESS_TOKEN` or a file,
/// never from the command line, which everybody on the machine can see.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// The project's key [default: default]
    #[arg(long, value_name = "KEY", env = "LAUNCHDARKLY_PROJECT")]
    pub(crate) project: Option<String>,
    /// The environment's key; may be repeated; `all` selects every environment of the project [default:
    /// production]
    #[arg(
        long = "environment",
        short,
        value_name = "KEY",
        env = "LAUNCHDARKLY_ENVIRONMENT",
        value_delimiter = ','
    )]
    pub(crate) environments: Vec<String>,
    /// The service's address [default: <https://app.launchdarkly.com>]
    // The help would repeat a password in it.
    #[arg(
        long,
        value_name = "URI",
        env = "LAUNCHDARKLY_BASE_URI",
        hide_env_values = true
    )]
    pub(crate) base_uri: Option<Address>,
    /// Read the access token from a file that only its owner can read, or from standard input (-)
    /// instead of `LAUNCHDARKLY_ACCESS_TOKEN`
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Deadline for the whole command
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) timeout: u64,
}

/// An address as typed. It may contain a password, so it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address(pub(crate) String);

impl From<String> for Address {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address")
    }
}
