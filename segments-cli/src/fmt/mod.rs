//! `fmt`: the usual order and layout of `segments.toml`.

mod layout;
mod order;
mod space;
mod value;

use crate::arguments::{Files, Fmt};
use crate::counted::counted;
use crate::failure::Failure;
use crate::file;
use crate::output::Output;
use crate::status::Status;

pub(crate) use layout::layout;

pub(crate) fn fmt(arguments: &Fmt, output: Output) -> Result<Status, Failure> {
    let files = arguments.paths.clone();
    let paths = Files { files }.or_usual()?;
    let mut changed = Vec::new();
    for path in &paths {
        let text = file::read(path)?;
        let laid_out = layout(&text).map_err(|reason| Failure::Layout {
            path: path.clone(),
            reason,
        })?;
        if laid_out != text {
            changed.push(path);
            if !arguments.check {
                file::replace(path, &laid_out)?;
            }
        }
    }
    for path in &changed {
        let path = path.display();
        if arguments.check {
            // What a check finds is its answer.
            output.data(format_args!("`{path}` is not formatted"))?;
        } else {
            output.detail(format_args!("laid out `{path}`"));
        }
    }
    output.message(match (changed.len(), arguments.check) {
        (0, _) => format!(
            "checked {}: nothing to format",
            counted(paths.len(), "file")
        ),
        (some, true) => format!(
            "{} to format; run `cargo segments fmt`",
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
