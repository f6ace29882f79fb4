//! `retire`.

use std::path::PathBuf;

use clap::Args;

use super::connection::Connection;
use super::files::Files;

/// Segments to delete.
#[derive(Debug, Args)]
pub(crate) struct Retire {
    /// The segments; those that reference others are deleted first
    #[arg(value_name = "KEY", required = true)]
    pub(crate) keys: Vec<String>,
    /// Skip the confirmation prompts
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Owner of the segments, whose tag they carry [default: the owner in the definitions, else
    /// segments-as-code]
    #[arg(long, value_name = "OWNER")]
    pub(crate) owner: Option<String>,
    /// Save deleted segments in this folder, as the service's JSON with all members; `-` saves nothing
    #[arg(long, value_name = "FOLDER", default_value = "segments.deleted")]
    pub(crate) save_deleted: PathBuf,
    /// Comment for LaunchDarkly's audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
