//! `cargo segments lsp`, as an editor meets it.

mod answers;
mod client;
mod editing;
mod extension;
mod files;
mod neovim;
mod questions;
mod typing;
