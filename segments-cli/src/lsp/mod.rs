//! `lsp`: a language server for `segments.toml`.
//!
//! | what | where |
//! |---|---|
//! | the conversation: requests, edits, cancellation | `server` |
//! | the messages, as bytes | `transport` |
//! | the files, and what the reader says of them | `workspace`, `document`, `check` |
//! | a position in a file, for answers | `place` |
//! | facts about names | `facts` |
//! | one file for each request | `completion`, `hover`, `definition`, ... |
//!
//! Nothing here knows what a segment is: the reader determines the meaning of a file, and its outline the
//! structure.

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
mod transport;
mod uri;
mod workspace;

pub(crate) use fixed::fixed;

use crate::arguments::Lsp;
use crate::output::Output;
use crate::status::Status;

pub(crate) fn lsp(arguments: &Lsp, output: Output) -> Status {
    output.detail("serving the language server protocol over standard input and output");
    let (editor, incoming, threads) = transport::stdio();
    let ended = server::run(editor, incoming, arguments.history.clone());
    threads.join();
    match ended {
        server::Ended::AsAsked => Status::Done,
        server::Ended::Lost => Status::Failed,
    }
}
