//! `undo`: what takes a change of lists back is kept in a file, since it names the contexts.

use std::path::Path;

use segments_runtime::sync::{ListPreview, ListUndo, SyncConfig};

use super::Asked;
use crate::DefinitionsSource;
use crate::arguments::{Connection, Undo};
use crate::failure::Failure;
use crate::file;
use crate::output::Output;
use crate::progress::Watch;
use crate::status::Status;
use crate::sync;

/// What takes back what was done, as it is done.
pub(super) struct Kept<'p> {
    path: Option<&'p Path>,
    undos: Vec<ListUndo>,
    /// Whether a change was begun of which the end is not known.
    is_begun: bool,
}

impl<'p> Kept<'p> {
    /// Makes the file, if one is named: what cannot be kept is not done.
    pub(super) fn new(path: Option<&'p Path>) -> Result<Self, Failure> {
        if let Some(path) = path {
            file::create_private(path, "[]\n")?;
        }
        Ok(Self {
            path,
            undos: Vec::new(),
            is_begun: false,
        })
    }

    /// A change begins: the file stays until its end is known.
    pub(super) fn begin(&mut self) {
        self.is_begun = true;
    }

    /// A change has come to its end.
    pub(super) fn end(&mut self) {
        self.is_begun = false;
    }

    pub(super) fn extend(
        &mut self,
        undos: impl IntoIterator<Item = ListUndo>,
    ) -> Result<(), Failure> {
        self.undos
            .extend(undos.into_iter().filter(|undo| !undo.is_empty()));
        let Some(path) = self.path else {
            return Ok(());
        };
        let text = serde_json::to_string(&self.undos).expect("our own types have a JSON form");
        file::replace_private(path, &format!("{text}\n"))
    }

    pub(super) fn tell(&self, output: Output) {
        if let Some(path) = self.path {
            output.message(format_args!(
                "`cargo segments undo {}` takes it back",
                path.display()
            ));
        }
    }
}

/// A file of nothing to take back is none. One of a change that may have taken effect stays.
impl Drop for Kept<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.path
            && self.undos.is_empty()
            && !self.is_begun
        {
            let _ = std::fs::remove_file(path);
        }
    }
}

pub(crate) fn undo(
    arguments: &Undo,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let undos = read(&arguments.path)?;
    let Some(first) = undos.first() else {
        output.message("there is nothing to take back");
        return Ok(Status::Done);
    };
    let watch = Watch::new(output);
    let header = arguments.files.header(declared)?;
    let connection = at(first, &arguments.connection);
    let config = connection.changing(&header.environments, &watch)?;
    let asked = Asked {
        key: first.segment(),
        config: &config,
        watch: &watch,
        output,
    };
    let mut previews = Vec::new();
    for undo in &undos {
        previews.push(preview(&asked, undo, &config)?);
    }
    if !asked.agrees(&previews, arguments.yes)? {
        return Ok(Status::Done);
    }
    for (at, undo) in undos.iter().enumerate() {
        let rest = "the same command takes back what is left";
        let done = sync::run_changing(&watch, rest, async { Ok(undo.apply(&config).await) })?;
        if let Err(error) = done {
            let before: Vec<_> = previews[..at].iter().map(|it| &it.kind).collect();
            return Err(asked.after(&before, error));
        }
    }
    output.message(format_args!(
        "{}: took back what was changed on the lists of `{}`",
        asked.scope(),
        asked.key
    ));
    Ok(Status::Done)
}

fn preview(
    asked: &Asked<'_>,
    undo: &ListUndo,
    config: &SyncConfig,
) -> Result<ListPreview, Failure> {
    let preview = sync::run(asked.watch, async { Ok(undo.preview(config).await) })?;
    preview.map_err(|error| asked.failure(error))
}

/// Where the change was made, unless somebody names another place, which is refused.
fn at(undo: &ListUndo, connection: &Connection) -> Connection {
    let (project, environment) = undo.scope();
    let mut connection = connection.clone();
    connection
        .project
        .get_or_insert_with(|| project.to_string());
    if connection.environments.is_empty() {
        connection.environments.push(environment.to_string());
    }
    connection
}

/// Reads what was kept. The error quotes nothing, since contexts are named there.
fn read(path: &Path) -> Result<Vec<ListUndo>, Failure> {
    let text = file::read(path)?;
    serde_json::from_str(&text).map_err(|error| Failure::NotAnUndo {
        path: path.to_owned(),
        line: error.line(),
    })
}
