//! `cargo segments`. All code is in the library, so that applications can use it, too.

use std::process::ExitCode;

fn main() -> ExitCode {
    segments_cli::run(segments_cli::DefinitionsSource::InFiles)
}
