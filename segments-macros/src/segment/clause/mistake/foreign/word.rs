//! A word among tokens.

use proc_macro2::TokenTree;

pub(super) fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(word) => Some(word.to_string().trim_start_matches("r#").to_lowercase()),
        _ => None,
    }
}
