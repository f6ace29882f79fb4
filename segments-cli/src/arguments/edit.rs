//! `include`, `exclude`, `remove` and `undo`.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use segments_model::ContextKind;

use super::connection::Connection;
use super::files::Files;
use super::moment::moment;

/// Contexts that come onto a list.
#[derive(Debug, Args)]
pub(crate) struct Include {
    #[command(flatten)]
    pub(crate) edit: Edit,
    /// Remove them again at this time: a day (at 00:00 UTC), or a time such as `2027-01-31T18:00:00Z`
    #[arg(long, value_name = "DATE", value_parser = system_time)]
    pub(crate) until: Option<SystemTime>,
}

/// Contexts, and the segment on whose lists they come or go.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The segment
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    /// The key of a user; may be repeated
    #[arg(long = "user", value_name = "KEY")]
    pub(crate) users: Vec<String>,
    /// A context by kind and key, such as `device:d-1`; may be repeated
    #[arg(long = "context", value_name = "KIND:KEY", value_parser = kind_and_key)]
    pub(crate) contexts: Vec<(ContextKind, String)>,
    /// A file with the key of a user on each line; standard input if it is `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) users_from: Option<PathBuf>,
    /// Change nothing if more contexts are named
    #[arg(long, value_name = "NUMBER")]
    pub(crate) at_most: Option<usize>,
    /// Save what takes the change back in this file, which only its owner can read: it names the contexts
    #[arg(long, value_name = "FILE")]
    pub(crate) save_undo: Option<PathBuf>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// A change of lists that is taken back.
#[derive(Debug, Args)]
pub(crate) struct Undo {
    /// The file that `--save-undo` wrote
    #[arg(value_name = "FILE")]
    pub(crate) path: PathBuf,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

fn kind_and_key(text: &str) -> Result<(ContextKind, String), String> {
    let wrong = || "write a kind and a key, such as `device:d-1`".to_owned();
    let (kind, key) = text.split_once(':').ok_or_else(wrong)?;
    let kind = ContextKind::parse(kind).map_err(|error| error.to_string())?;
    if key.is_empty() {
        return Err(wrong());
    }
    Ok((kind, key.to_owned()))
}

/// A moment since 1970, which a clock of the system has.
fn system_time(text: &str) -> Result<SystemTime, String> {
    // None is before 1970.
    let since_1970 = moment(text)?.unsigned_abs();
    Ok(UNIX_EPOCH + Duration::from_millis(since_1970))
}
