//! `cargo segments`: check, plan, apply, verify and evaluate LaunchDarkly segments.
//!
//! The package `cargo-segments` adds a cargo subcommand for the segments of a `segments.toml`:
//!
//! ```text
//! cargo segments new       # a first segments.toml, ready to check
//! cargo segments import    # or the one of an environment that has segments
//! cargo segments check     # what is wrong with it
//! cargo segments diff HEAD # whom your edits let in and leave out
//! cargo segments plan      # what would change in LaunchDarkly
//! cargo segments apply     # change it
//! cargo segments verify    # whether it is as declared
//! ```
//!
//! An application that declares its segments in Rust can have the same commands for its segments in a
//! separate binary, `src/bin/segments.rs`:
//!
//! ```no_run
//! // The segments have to be linked in: name the crate that declares them.
//! // use my_application as _;
//! segments_cli::main!();
//! ```
//!
//! # Exit codes
//!
//! The exit codes are stable, so scripts may rely on them:
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done, without findings |
//! | 1 | findings, or segments that differ from the declarations |
//! | 2 | invalid command line |
//! | 3 | failed because of a file, a setting or the service |
//! | 4 | partly done: some segments failed |
//! | 5 | not done: declined, or the plan is out of date |
//! | 6 | partly done: someone changed LaunchDarkly since the plan, and those segments were left alone |
//! | 7 | unknown: the local answer is unknown, so it cannot be compared with LaunchDarkly's |
//! | 8 | timed out: `--timeout` has passed |
//! | 9 | left alone: LaunchDarkly runs an experiment or a rollout on something that is declared |
//! | 130 | interrupted |
//!
//! Data goes to standard output, messages to standard error, so output can be piped. Colors appear on
//! terminals only, and not if `NO_COLOR` is set.
//!
//! # Features
//!
//! - `lsp` (default): the language server of `segments.toml`.
//! - `mcp` (default): the definitions as tools for agents.
//! - `page` (default): `emulate` has a page for browsers.
//! - `parquet` (default): `count` and `impact` read contexts from `.parquet` files.
//! - `tls` (default): `https`, which LaunchDarkly itself needs.

mod accept;
mod arguments;
mod check;
mod connection;
mod contexts;
mod count;
mod counted;
mod definitions;
mod definitions_source;
mod denied;
mod diff;
mod doc;
mod edit;
mod emulate;
mod eval;
mod experiment;
mod failure;
mod file;
mod fill;
mod fmt;
#[doc(hidden)]
pub mod fuzzing;
mod generate;
mod health;
mod help;
mod impact;
mod import;
mod imported;
mod interruptible;
mod invalid_settings;
mod local;
mod look;
#[cfg(feature = "lsp")]
mod lsp;
mod manifest;
mod markup;
mod matching;
#[cfg(feature = "mcp")]
mod mcp;
mod named_segment;
mod new;
mod output;
mod probe;
mod progress;
mod pull;
mod rust;
mod show;
mod signals;
mod spelling;
mod status;
mod sync;
mod watch;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::FromArgMatches;
use segments_runtime::sync::ListEdit;

pub use definitions_source::DefinitionsSource;

use arguments::{Arguments, Command};
use failure::Failure;
use output::Output;
use status::Status;

/// Defines `main`: the commands of `cargo segments` for the segments that are linked into the program.
/// See the [crate's documentation](crate).
///
/// Segments belong to an owner, which is the program's name if the program syncs with
/// `SyncConfig::builder().program(…)` and without `owner`. Pass the same name to the commands:
///
/// ```no_run
/// segments_cli::main!(owner = env!("CARGO_PKG_NAME"));
/// ```
///
/// If the program syncs with a `revision`, pass the same revision here:
///
/// ```no_run
/// segments_cli::main!(owner = env!("CARGO_PKG_NAME"), revision = 7);
/// ```
#[macro_export]
macro_rules! main {
    () => {
        $crate::__main!(::core::option::Option::None, ::core::option::Option::None);
    };
    (owner = $owner:expr $(,)?) => {
        $crate::__main!(
            ::core::option::Option::Some($owner),
            ::core::option::Option::None
        );
    };
    (revision = $revision:expr $(,)?) => {
        $crate::__main!(
            ::core::option::Option::None,
            ::core::option::Option::Some($revision)
        );
    };
    (owner = $owner:expr, revision = $revision:expr $(,)?) => {
        $crate::__main!(
            ::core::option::Option::Some($owner),
            ::core::option::Option::Some($revision)
        );
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __main {
    ($owner:expr, $revision:expr) => {
        fn main() -> ::std::process::ExitCode {
            $crate::run($crate::DefinitionsSource::InProgram {
                owner: $owner,
                revision: $revision,
            })
        }
    };
}

/// Runs the command of the process's command line.
#[must_use]
pub fn run(declared: DefinitionsSource) -> ExitCode {
    // Cargo passes on the name of the subcommand.
    let mut words: Vec<_> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "segments") {
        words.remove(1);
    }
    for name in ["LAUNCHDARKLY_ACCESS_TOKEN", "LAUNCHDARKLY_API_TOKEN"] {
        if let Some(token) = std::env::var_os(name) {
            output::keep_secret(&token.to_string_lossy());
        }
    }
    let matches = help::command().try_get_matches_from(words);
    let arguments = matches.and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(error) => return answered(&error).into(),
    };
    let output = Output::new(&arguments.global);
    let status = match dispatch(arguments.command, declared, output) {
        Ok(status) => status,
        // Whoever read the output has seen enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Status::Done,
        Err(failure) => {
            output.error(failure.text());
            failure.status()
        }
    };
    if status == Status::Done && output::is_anything_lost() {
        return Status::Failed.into();
    }
    status.into()
}

/// The status for clap's errors: an invalid command line, or the output of `--help` and `--version`.
fn answered(error: &clap::Error) -> Status {
    match error.print() {
        Err(failed) if failed.kind() != ErrorKind::BrokenPipe => {
            output::say(|stream| writeln!(stream, "error: cannot write the output: {failed}"));
            Status::Failed
        }
        _ if error.use_stderr() => Status::Misunderstood,
        _ => Status::Done,
    }
}

fn dispatch(
    command: Command,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    match command {
        Command::New(arguments) => new::new(&arguments, output),
        Command::Import(arguments) => import::import(&arguments, output),
        Command::Accept(arguments) => accept::accept(&arguments, output),
        Command::Fill(arguments) => fill::fill(&arguments, declared, output),
        Command::Check(arguments) => check::check(arguments, declared, output),
        Command::Diff(arguments) => diff::diff(&arguments, output),
        Command::Plan(arguments) => sync::plan::plan(&arguments, declared, output),
        Command::Show(arguments) => look::show::show(&arguments, output),
        Command::List(arguments) => look::list::list(&arguments, output),
        Command::Apply(arguments) => sync::apply::apply(arguments, declared, output),
        Command::Verify(arguments) => sync::verify::verify(&arguments, declared, output),
        Command::Eval(arguments) => eval::eval(&arguments, declared, output),
        Command::Pull(arguments) => pull::pull(&arguments, output),
        Command::Impact(arguments) => impact::impact(&arguments, declared, output),
        Command::Count(arguments) => count::count(&arguments, declared, output),
        Command::Include(arguments) => edit::edit(
            ListEdit::Include,
            &arguments.edit,
            arguments.until,
            declared,
            output,
        ),
        Command::Exclude(arguments) => edit::edit(
            ListEdit::Exclude,
            &arguments.edit,
            arguments.until,
            declared,
            output,
        ),
        Command::Remove(arguments) => {
            edit::edit(ListEdit::Remove, &arguments, None, declared, output)
        }
        Command::Undo(arguments) => edit::undo::undo(&arguments, declared, output),
        Command::Rename(arguments) => sync::rename::rename(&arguments, declared, output),
        Command::Retire(arguments) => sync::retire::retire(&arguments, declared, output),
        Command::Watch(arguments) => watch::watch(&arguments, declared, output),
        Command::Experiment(arguments) => experiment::experiment(&arguments, output),
        Command::Fmt(arguments) => fmt::fmt(&arguments, output),
        Command::Doc(arguments) => doc::doc(&arguments, declared, output),
        Command::Emulate(arguments) => emulate::emulate(&arguments, output),
        Command::Probe(arguments) => probe::probe(&arguments, output),
        #[cfg(feature = "lsp")]
        Command::Lsp(arguments) => Ok(lsp::lsp(&arguments, output)),
        #[cfg(not(feature = "lsp"))]
        Command::Lsp(_) => Err(Failure::NotBuilt("lsp")),
        #[cfg(feature = "mcp")]
        Command::Mcp(arguments) => mcp::mcp(&arguments, declared, output),
        #[cfg(not(feature = "mcp"))]
        Command::Mcp(_) => Err(Failure::NotBuilt("mcp")),
        Command::Schema => generate::schema(output),
        Command::Completions { shell } => generate::completions(shell, output),
        Command::Man => generate::man(output),
    }
}

/// The Rust on the page about the command line is a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/reference/cli.md")]
struct Page;
