//! `new`: a first `segments.toml`.

use std::path::Path;

use crate::arguments::New;
use crate::failure::Failure;
use crate::file;
use crate::output::{Output, Text};
use crate::status::Status;

const FIRST: &str = include_str!("first.toml");

pub(crate) fn new(arguments: &New, output: Output) -> Result<Status, Failure> {
    let path = &arguments.path;
    file::create(path, FIRST)?;
    let wrote = Text::from(format_args!("wrote `{}`; next:", path.display()));
    output.message(Text::lines([wrote].into_iter().chain(next_steps(path))));
    Ok(Status::Done)
}

/// The next steps with the file: commands, each with its purpose.
fn next_steps(path: &Path) -> impl Iterator<Item = Text> {
    // The commands find the file by themselves where it has its usual name.
    let file = if path == Path::new("segments.toml") {
        String::new()
    } else {
        format!(" --file {}", path.display())
    };
    let steps = [
        (format!("check{file}"), "finds mistakes in it"),
        (
            "emulate".to_owned(),
            "runs a LaunchDarkly emulator on this machine",
        ),
        (
            format!("plan{file}"),
            "shows what a sync would change there",
        ),
    ];
    let width = steps.iter().map(|(command, _)| command.len()).max();
    let width = width.unwrap_or_default();
    steps.into_iter().map(move |(command, purpose)| {
        Text::from(format_args!(
            "  cargo segments {command:<width$}   {purpose}"
        ))
    })
}
