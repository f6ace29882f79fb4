//! `lsp`: a language server for `segments.toml`.
//!
//! | what | where |
//! |---|---|
//! | the conversation: requests, edits, cancellation | `server` |
//! | the files, and what the reader says of them | `workspace`, `document`, `check` |
//! | a place of a file, as answers look at it | `place` |
//! | what is known of names | `facts` |
//! | one file for each question | `completion`, `hover`, `definition`, ... |
//!
//! Nothing here knows what a segment is: the reader says what a file means, and its outline what stands where.

mod actions;
mod check;
mod completion;
mod definition;
mod diagnostics;
mod document;
mod facts;
mod fixed;
mod folding;
mod format;
mod hints;
mod hover;
mod lens;
mod place;
mod position;
mod rename;
mod rust;
mod sample;
mod server;
mod symbols;
mod tokens;
mod uri;
mod workspace;

pub(crate) use fixed::fixed;

use lsp_server::Connection;

use crate::arguments::Lsp;
use crate::output::Output;
use crate::status::Status;

pub(crate) fn lsp(arguments: &Lsp, output: Output) -> Status {
    output.detail("speaking the language server protocol over standard input and output");
    let (connection, threads) = Connection::stdio();
    let ended = server::run(connection, arguments.history.clone());
    // The editor may be gone, with a message half written.
    drop(threads.join());
    match ended {
        server::Ended::AsAsked => Status::Done,
        server::Ended::Lost => Status::Failed,
    }
}
