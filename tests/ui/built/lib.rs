//! Tells a program which libraries cargo built for it. Cargo says so to rustc alone, and a macro runs inside of rustc.

use proc_macro::{Literal, TokenStream, TokenTree};

/// The command line of the rustc that compiles the program, with a tab between two arguments.
#[proc_macro]
pub fn command_line(_: TokenStream) -> TokenStream {
    let arguments: Vec<String> = std::env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    TokenTree::from(Literal::string(&arguments.join("\t"))).into()
}
