//! The files of definitions.

use std::path::PathBuf;

use clap::Args;

/// The files of definitions.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Files {
    /// A file of definitions, or a pattern such as `audiences/*.toml`; standard input if it is `-`; may be repeated
    /// [default: segments.toml]
    #[arg(
        long = "file",
        short,
        visible_alias = "definitions",
        value_name = "FILE",
        display_order = 100
    )]
    pub(crate) files: Vec<PathBuf>,
}
