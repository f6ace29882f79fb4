//! `undo`: what takes a change of lists back is kept in a file, since it names the contexts.

use std::path::Path;

use segments_runtime::sync::{ListPreview, ListUndo, SyncConfig};

use super::Asked;
use crate::DefinitionsSource;
use crate::arguments::{Connection, Undo};
use crate::failure::Failure;
use crate::file;
use crate::interruptible;
use crate::output::Output;
use crate::progress::Watch;
use crate::status::Status;

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
        let done =
            interruptible::run_changing(&watch, rest, async { Ok(undo.apply(&config).await) })?;
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
    let preview = interruptible::run(asked.watch, async { Ok(undo.preview(config).await) })?;
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
