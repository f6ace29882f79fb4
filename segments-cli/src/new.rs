//! `new`: a first `segments.toml`.

use std::io::{ErrorKind, Write};

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
                "wrote `{}`; `cargo segments check` checks it",
                path.display()
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
