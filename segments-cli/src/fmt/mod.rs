//! `fmt`: the usual order and layout of `segments.toml`.

mod layout;
mod space;
mod value;

use std::path::{Path, PathBuf};

use crate::arguments::{Files, Fmt};
use crate::definitions::counted;
use crate::failure::Failure;
use crate::output::Output;
use crate::status::Status;

pub(crate) use layout::layout;

pub(crate) fn fmt(arguments: &Fmt, output: Output) -> Result<Status, Failure> {
    let files = arguments.paths.clone();
    let paths = Files { files }.or_usual()?;
    let mut changed = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).map_err(|source| Failure::Read {
            path: path.clone(),
            source,
        })?;
        let laid_out = layout(&text).map_err(|reason| Failure::Layout {
            path: path.clone(),
            reason,
        })?;
        if laid_out != text {
            changed.push(path);
            if !arguments.check {
                replace(path, &laid_out)?;
            }
        }
    }
    for path in &changed {
        let path = path.display();
        if arguments.check {
            // What a check finds is its answer.
            output.data(format_args!("`{path}` is not laid out as usual"))?;
        } else {
            output.detail(format_args!("laid out `{path}`"));
        }
    }
    output.message(match (changed.len(), arguments.check) {
        (0, _) => format!(
            "looked at {}: nothing to lay out",
            counted(paths.len(), "file")
        ),
        (some, true) => format!(
            "{} to lay out; `cargo segments fmt` does it",
            counted(some, "file")
        ),
        (some, false) => format!("laid out {}", counted(some, "file")),
    });
    Ok(if arguments.check && !changed.is_empty() {
        Status::NotRight
    } else {
        Status::Done
    })
}

/// Writes beside the file and then takes its place, so that nobody ever sees half of it.
fn replace(path: &PathBuf, text: &str) -> Result<(), Failure> {
    // A link stays a link.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let beside = beside(&path);
    let permissions = std::fs::metadata(&path).map(|metadata| metadata.permissions());
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::set_permissions(&beside, permissions?))
        .and_then(|()| std::fs::rename(&beside, &path))
        .map_err(|source| {
            // Whether the half-written copy can be deleted changes nothing about the failure.
            let _ = std::fs::remove_file(&beside);
            Failure::Write { path, source }
        })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}
