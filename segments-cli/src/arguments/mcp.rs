//! `mcp`.

use std::path::PathBuf;

use clap::Args;

use super::connection::Connection;
use super::files::Files;

/// What agents may look at.
#[derive(Debug, Args)]
pub(crate) struct Mcp {
    /// Work in this folder, and let agents read contexts and snapshots below it [default: the current folder, and
    /// the workspace around it]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
