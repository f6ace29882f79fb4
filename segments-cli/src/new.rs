//! `new`: a first `segments.toml`.

use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::arguments::New;
use crate::failure::Failure;
use crate::output::Output;
use crate::status::Status;

const FIRST: &str = include_str!("first.toml");

pub(crate) fn new(arguments: &New, output: Output) -> Result<Status, Failure> {
    let path = &arguments.path;
    // Never over what somebody wrote.
    let created =
        std::fs::File::create_new(path).and_then(|mut file| file.write_all(FIRST.as_bytes()));
    match created {
        Ok(()) => {
            output.message(format_args!(
                "wrote `{}`; next:{}",
                path.display(),
                next_steps(path)
            ));
            Ok(Status::Done)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(Failure::Exists(path.clone()))
        }
        Err(source) => Err(Failure::Write {
            path: path.clone(),
            source,
        }),
    }
}

/// What to do with the file: commands, each with what it is for.
fn next_steps(path: &Path) -> String {
    // The commands find the file by themselves where it has its usual name.
    let file = if path == Path::new("segments.toml") {
        String::new()
    } else {
        format!(" --file {}", path.display())
    };
    let steps = [
        (format!("check{file}"), "finds mistakes in it"),
        ("emulate".to_owned(), "runs a LaunchDarkly on this machine"),
        (
            format!("plan{file}"),
            "shows what a sync would change there",
        ),
    ];
    let width = steps.iter().map(|(command, _)| command.len()).max();
    let width = width.unwrap_or_default();
    let lines =
        steps.map(|(command, purpose)| format!("\n  cargo segments {command:<width$}   {purpose}"));
    lines.concat()
}
