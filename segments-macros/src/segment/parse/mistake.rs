//! What was probably meant by something that is no argument of `segment`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use segments_model::{foreign, or_list};
use syn::ext::IdentExt;

use crate::meta::{Argument, ArgumentValue, leftover, source};
use crate::segment::clause::{self, Instead};
use crate::segment::keys::{self, Key};

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

/// An argument under the key that it was meant to have: with the author's own value, if it has the right shape.
pub(crate) fn renamed(key: &Key, argument: &Argument) -> String {
    let takes_list = key.form.ends_with(')');
    let takes_value = key.form.contains(" = ") && !takes_list;
    match &argument.value {
        ArgumentValue::Equals(tokens) if takes_value && !tokens.is_empty() => {
            format!("{} = {}", key.name, source(tokens))
        }
        ArgumentValue::List(tokens) if takes_list && !tokens.is_empty() => {
            format!("{}({})", key.name, source(tokens))
        }
        _ => key.form.to_owned(),
    }
}

/// What to write for a word of another language; nothing for one that is none.
pub(crate) fn alias<'k>(
    argument: &Argument,
    known: impl Iterator<Item = &'k Key>,
) -> Option<String> {
    let name = argument.name.unraw().to_string();
    let known: Vec<&Key> = known.collect();
    let key = foreign::key(&name, |key| known.iter().any(|known| known.name == key))?;
    let key = known.into_iter().find(|known| known.name == key)?;
    Some(format!("; write `{}`", renamed(key, argument)))
}

/// A key that the attribute does not have.
pub(super) fn unknown_key(argument: &Argument) -> String {
    let name = &argument.name.unraw().to_string()[..];
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
            alias(argument, keys::SEGMENT.iter())
                .unwrap_or_else(|| or_list(name, keys::names(keys::SEGMENT)))
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
                    let value: TokenStream = piece.clone().into_iter().skip(2).collect();
                    let written = match &source(&value)[..] {
                        "" => key.form.to_owned(),
                        value => format!("{word} = {value}"),
                    };
                    format!("`{word}` is followed by `=`; write `{written}`")
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
                Some(_) => {
                    let value: TokenStream = piece.clone().into_iter().skip(2).collect();
                    format!(
                        "keys are written without quotes; write `{word} = {}`",
                        source(&value)
                    )
                }
                None => clause(piece),
            }
        }
        _ => clause(piece),
    };
    (start, message)
}

/// A clause where a rule should be, or nothing that could be told.
fn clause(piece: &TokenStream) -> String {
    if let Some(rules) = rules(piece) {
        format!("a clause belongs in a rule; write `{rules}`")
    } else {
        format!(
            "this is not an argument of `segment`; write one such as `{}`",
            keys::SEGMENT[0].form
        )
    }
}

/// The rules of a clause that stands alone, put right if it is wrong in itself.
fn rules(piece: &TokenStream) -> Option<String> {
    let looks_like_one =
        piece.to_string().contains("::") || piece.to_string().contains("member_of");
    if !looks_like_one {
        return None;
    }
    Some(match clause::parse(piece.clone()) {
        Ok(_) => format!("rule({})", source(piece)),
        Err(mistake) => match mistake.into_instead() {
            Some(Instead::Clause(clause)) => format!("rule({clause})"),
            Some(Instead::Rules(rules)) => rules,
            None => format!("rule({})", source(piece)),
        },
    })
}
