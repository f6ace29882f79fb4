//! Output generated from the program itself: the schema, completions, the manual page.

use crate::failure::Failure;
use crate::help;
use crate::output::Output;
use crate::status::Status;

pub(crate) fn schema(output: Output) -> Result<Status, Failure> {
    let schema = segments_model::file::json_schema();
    // People keep it beside the file, so it is laid out for them in any case.
    output.file(&format!("{schema:#}"))?;
    Ok(Status::Done)
}

pub(crate) fn completions(shell: clap_complete::Shell, output: Output) -> Result<Status, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut help::command(), "cargo-segments", &mut text);
    output.file(&String::from_utf8_lossy(&text))?;
    Ok(Status::Done)
}

pub(crate) fn man(output: Output) -> Result<Status, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(help::command()).render(&mut text)?;
    output.file(&String::from_utf8_lossy(&text))?;
    Ok(Status::Done)
}
