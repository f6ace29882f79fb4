//! The files of definitions that agents ask about, and the folder below which they may read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use segments_model::file::{NotQuotable, QuotableFile};
use tokio::sync::Semaphore;

use super::commands::Commands;
use crate::DefinitionsSource;
use crate::arguments::{Files, Mcp};
use crate::connection;
use crate::failure::Failure;
use crate::file;
use crate::manifest;
use crate::output::Output;

/// How many commands run at once. Agents ask several things at a time, and each command takes all cores.
const AT_ONCE: usize = 4;

pub(super) struct Project {
    /// The folder below which files may be read that an agent names.
    pub(super) top: PathBuf,
    /// The folder in which commands run.
    folder: PathBuf,
    pub(super) commands: Commands,
    /// Lets only so many commands run at once.
    pub(super) turns: Arc<Semaphore>,
    files: Files,
    declared: DefinitionsSource,
    /// For what the process itself has to say, which is not part of an answer.
    pub(super) output: Output,
}

impl Project {
    pub(super) fn new(
        arguments: &Mcp,
        declared: DefinitionsSource,
        output: Output,
    ) -> Result<Self, Failure> {
        let token = arguments.connection.token_file.as_deref();
        if arguments.files.files.iter().any(|path| path == "-") || token == Some(Path::new("-")) {
            return Err(Failure::InputIsTaken);
        }
        // Commands read it again; here it is read to be kept out of every answer.
        if let Some(path) = token {
            connection::token(path)?;
        }
        let top = match &arguments.root {
            Some(root) => {
                std::env::set_current_dir(root)
                    .map_err(|source| file::failed_to_read(root, source))?;
                PathBuf::from(".")
            }
            None => manifest::workspace(Path::new("")),
        };
        let top =
            std::fs::canonicalize(&top).map_err(|source| file::failed_to_read(&top, source))?;
        if top.parent().is_none() {
            return Err(Failure::NoRoot);
        }
        let here = Path::new(".");
        let folder =
            std::fs::canonicalize(here).map_err(|source| file::failed_to_read(here, source))?;
        Ok(Self {
            top,
            folder,
            commands: Commands::new(arguments)?,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            files: arguments.files.clone(),
            declared,
            output,
        })
    }

    /// The files of definitions, as they are now; none where a program declares.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        self.files.read_by(self.declared)
    }

    /// A file that an agent names, if it may be read.
    pub(super) fn readable(&self, named: &str) -> Result<PathBuf, Failure> {
        let path = Path::new(named);
        // An agent may know a file by its whole path. No name stands for standard input.
        let (beside, below) = match path.strip_prefix(&self.top) {
            Ok(below) => (self.top.as_path(), below),
            Err(_) => (Path::new("."), path),
        };
        // What else is said of such files is about manifests.
        QuotableFile::path_below(&self.top, beside, below).map_err(|reason| match reason {
            NotQuotable::Absolute | NotQuotable::Outside => Failure::NotBelow {
                path: path.to_owned(),
                top: self.top.clone(),
            },
            reason => file::not_quotable(path, reason),
        })
    }

    /// A path as agents are told it: from the folder in which commands run, if it is below.
    pub(super) fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        below.display().to_string()
    }
}
