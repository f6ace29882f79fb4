//! `rename`.

use clap::Args;

use super::{Connection, Files};

/// A segment that gets another key.
#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// The key that it has
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The key that it gets
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Owner of the segment, whose tag it carries [default: as the definitions say, else segments-as-code]
    #[arg(long, value_name = "OWNER")]
    pub(crate) owner: Option<String>,
    /// The revision of the definitions
    #[arg(long, value_name = "NUMBER")]
    pub(crate) revision: Option<u64>,
    /// Save the segment as it was in this folder, as the service's JSON with all members; `-` saves nothing
    #[arg(long, value_name = "FOLDER", default_value = "segments.deleted")]
    pub(crate) save_deleted: std::path::PathBuf,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
