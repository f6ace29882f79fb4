//! Clauses in the words of other languages: `X == 3`, `X not in [..]`, `A or B`, `X.len() > 3`.
//!
//! What is read here is only read to say what to write: the answer has the author's own attribute and values.

mod call;
mod comparison;
mod infix;
mod joined;
mod led;
mod operands;
mod subject;

use proc_macro2::{TokenStream, TokenTree};

use super::{Instead, Mistake, is_method};
pub(super) use call::{call, method};
pub(super) use comparison::{by_type, comparison};

/// Tokens that are more than one expression, or none: words between clauses, and between an attribute and values.
pub(super) fn tokens(tokens: &TokenStream, negate: bool) -> Option<Mistake> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    joined::joined(&tokens, negate)
        .or_else(|| led::led(&tokens, negate))
        .or_else(|| infix::infix(&tokens, negate))
}

fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(word) => Some(word.to_string().trim_start_matches("r#").to_lowercase()),
        _ => None,
    }
}
