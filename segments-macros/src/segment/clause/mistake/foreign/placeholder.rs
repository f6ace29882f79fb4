//! Placeholders for code that is not written yet: `...`, `<email>`.

use proc_macro2::{Delimiter, Span, TokenTree};
use syn::Error;

use crate::mistake::Mistake;

/// The first placeholder, in brackets as well.
pub(super) fn placeholder(tokens: &[TokenTree]) -> Option<Mistake> {
    let (at, message) = found(tokens)?;
    Some(Mistake::said(Error::new(at, message)))
}

/// A placeholder that is all of these tokens: an argument of an attribute.
pub(crate) fn alone(tokens: &[TokenTree]) -> Option<(Span, String)> {
    let is_alone = tokens.len() == 3;
    found(tokens).filter(|_| is_alone)
}

fn found(tokens: &[TokenTree]) -> Option<(Span, String)> {
    let (at, mark) = find(tokens)?;
    let message = format!("`{mark}` is a placeholder; write what belongs here, or remove it");
    Some((at, message))
}

fn find(tokens: &[TokenTree]) -> Option<(Span, String)> {
    let sign = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    for (at, token) in tokens.iter().enumerate() {
        if sign(at, '.') && sign(at + 1, '.') && sign(at + 2, '.') {
            return Some((token.span(), "...".to_owned()));
        }
        match token {
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                if let Some(found) = find(&inside).or_else(|| in_angle_brackets(&inside)) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// `<email>` where a value belongs.
fn in_angle_brackets(tokens: &[TokenTree]) -> Option<(Span, String)> {
    let [TokenTree::Punct(open), inside @ .., TokenTree::Punct(close)] = tokens else {
        return None;
    };
    let words = inside.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == '-',
        _ => false,
    });
    let is_one = open.as_char() == '<' && close.as_char() == '>' && !inside.is_empty() && words;
    is_one.then(|| {
        let name: String = inside.iter().map(ToString::to_string).collect();
        (open.span(), format!("<{name}>"))
    })
}
