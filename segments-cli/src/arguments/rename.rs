//! `rename`.

use clap::Args;

use super::connection::Connection;
use super::files::Files;

/// The segment to rename.
#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// The current key
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The new key
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Owner of the segment, whose tag it carries [default: the owner in the definitions, else
    /// segments-as-code]
    #[arg(long, value_name = "OWNER")]
    pub(crate) owner: Option<String>,
    /// The revision of the definitions
    #[arg(long, value_name = "NUMBER")]
    pub(crate) revision: Option<u64>,
    /// Save the old segment in this folder, as the service's JSON with all members; `-` saves nothing
    #[arg(long, value_name = "FOLDER", default_value = "segments.deleted")]
    pub(crate) save_deleted: std::path::PathBuf,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
