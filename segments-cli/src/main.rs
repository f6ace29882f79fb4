//! `cargo segments`. Everything is in the library, so that applications get it, too.

use std::process::ExitCode;

fn main() -> ExitCode {
    segments_cli::run(segments_cli::DefinitionsSource::InFiles)
}
