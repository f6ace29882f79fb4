//! What was probably meant by something that is no argument of `segment`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use segments_model::or_list;
use syn::ext::IdentExt;

use crate::meta::{leftover, source};
use crate::segment::keys;

/// A key that may be written once.
pub(super) fn twice(name: &str) -> String {
    format!("`{name}` is written twice; write it once")
}

/// A key of the attribute that was written in a rule.
pub(super) fn key_of_segment(name: &str) -> Option<String> {
    keys::names(keys::SEGMENT)
        .any(|key| key == name)
        .then(|| format!("`{name}` is a key of `segment`; write it beside `rule(...)`"))
}

/// A key that the attribute does not have.
pub(super) fn unknown_key(name: &str) -> String {
    match keys::RULE.iter().find(|key| key.name == name) {
        Some(key) if key.form.ends_with(')') => {
            format!("`{name}` is a key of `rule`; write `rule({})`", key.form)
        }
        Some(key) => format!(
            "`{name}` is a key of `rule`; write `rule({}, ...)`",
            key.form
        ),
        None => format!(
            "`{name}` is not a key of `segment`{}",
            or_list(name, keys::names(keys::SEGMENT))
        ),
    }
}

/// Tokens between commas that do not have the shape of an argument.
pub(super) fn argument(piece: &TokenStream) -> (Span, String) {
    let tokens: Vec<TokenTree> = piece.clone().into_iter().take(3).collect();
    let start = tokens.first().map_or_else(Span::call_site, TokenTree::span);
    let known = |word: &str| keys::SEGMENT.iter().find(|key| key.name == word);
    let message = match &tokens[..] {
        [TokenTree::Ident(word), rest @ ..] => {
            let word = word.unraw().to_string();
            match (known(&word), rest) {
                (Some(key), [TokenTree::Punct(punct), ..])
                    if punct.as_char() == ':' && !key.form.ends_with(')') =>
                {
                    format!("`{word}` is followed by `=`; write `{}`", key.form)
                }
                (Some(key), [TokenTree::Group(group), ..])
                    if group.delimiter() != Delimiter::Parenthesis =>
                {
                    format!(
                        "`{word}` is not written with these brackets; write `{}`",
                        key.form
                    )
                }
                (Some(_), [TokenTree::Group(_), next]) => return (next.span(), leftover(next)),
                _ => clause(piece),
            }
        }
        [TokenTree::Literal(text), TokenTree::Punct(punct), ..] if punct.as_char() == '=' => {
            let word = text.to_string().trim_matches('"').to_owned();
            match known(&word) {
                Some(_) => format!("keys are written without quotes; write `{word} = ...`"),
                None => unknown_key(&word),
            }
        }
        _ => clause(piece),
    };
    (start, message)
}

/// A clause where a rule should be, or nothing that could be told.
fn clause(piece: &TokenStream) -> String {
    if piece.to_string().contains("::") {
        let clause = source(piece);
        let clause = if clause.len() > 60 { "..." } else { &clause };
        format!("a clause belongs in a rule; write `rule({clause})`")
    } else {
        format!(
            "this is not an argument of `segment`; write one such as `{}`",
            keys::SEGMENT[0].form
        )
    }
}
