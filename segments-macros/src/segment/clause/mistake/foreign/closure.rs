//! Functions of a context or of an element: `user => user.email == "a"`, `X.any(|group| group == "admin")`.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use segments_model::foreign::{self, Meaning, Relation};
use syn::{Error, Expr, ExprMethodCall, Pat};

use super::led::corrected;
use super::subject::subject;
use crate::mistake::{Instead, Mistake};

/// `user => ...`, an arrow of JavaScript.
pub(super) fn arrow(tokens: &[TokenTree]) -> Option<Mistake> {
    let [
        first,
        TokenTree::Punct(equals),
        TokenTree::Punct(greater),
        _,
        ..,
    ] = tokens
    else {
        return None;
    };
    let is_arrow =
        equals.as_char() == '=' && equals.spacing() == Spacing::Joint && greater.as_char() == '>';
    is_arrow.then(|| {
        let message = format!(
            "a clause is not a function; write the comparison alone, such as {}",
            crate::mistake::EXAMPLE
        );
        Mistake::said(Error::new(first.span(), message))
    })
}

/// `X.some(group => group === "admin")`, `any(group == "admin" for group in X)`: tests of elements that are no
/// expressions of Rust.
pub(super) fn in_other_signs(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let [.., TokenTree::Ident(name), TokenTree::Group(group)] = tokens else {
        return None;
    };
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let before = &tokens[..tokens.len() - 2];
    let (attribute, parameter, body) = match before {
        [] => {
            let at = inside.iter().position(|token| token.to_string() == "for")?;
            let [TokenTree::Ident(parameter), between, attribute @ ..] = &inside[at + 1..] else {
                return None;
            };
            (between.to_string() == "in").then_some(())?;
            (attribute, parameter.clone(), &inside[..at])
        }
        [attribute @ .., TokenTree::Punct(dot)] if dot.as_char() == '.' => {
            let at = inside
                .windows(2)
                .position(|pair| is_arrow(&pair[0], &pair[1]))?;
            (attribute, first_word(&inside[..at])?, &inside[at + 2..])
        }
        _ => return None,
    };
    let attribute: Expr = syn::parse2(attribute.iter().cloned().collect()).ok()?;
    let (attribute, _) = subject(&attribute)?;
    let body = body.iter().cloned().collect();
    let body = replaced(body, &parameter, &attribute.to_token_stream());
    let clause = corrected(&body, negate);
    let message = format!("a clause tests each element by itself; write `{clause}`");
    Some(Mistake::said(Error::new(name.span(), message)).instead(Instead::Clause(clause)))
}

fn is_arrow(equals: &TokenTree, greater: &TokenTree) -> bool {
    let sign = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    sign(equals, '=') && sign(greater, '>')
}

/// The parameter of an arrow, in parentheses or not.
fn first_word(tokens: &[TokenTree]) -> Option<Ident> {
    match tokens {
        [TokenTree::Ident(name)] => Some(name.clone()),
        [TokenTree::Group(group)] => first_word(&group.stream().into_iter().collect::<Vec<_>>()),
        _ => None,
    }
}

/// A test of each element: one that holds is enough in every clause.
pub(super) fn of_elements(call: &ExprMethodCall, negate: bool) -> Option<Mistake> {
    let any = matches!(
        foreign::meaning(&call.method.to_string()),
        Some(
            Meaning::Present
                | Meaning::Comparison {
                    relation: Relation::Equal,
                    negate: false,
                }
        )
    );
    let arguments: Vec<&Expr> = call.args.iter().collect();
    let (parameter, body) = match arguments[..] {
        [Expr::Closure(closure)] => (parameter(closure.inputs.first()?)?, &*closure.body),
        // As CEL has it: `X.exists(group, group == "admin")`.
        [Expr::Path(parameter), body] => (parameter.path.get_ident()?.clone(), body),
        _ => return None,
    };
    let (attribute, _) = subject(&call.receiver)?;
    if !any {
        return None;
    }
    let body = replaced(
        body.to_token_stream(),
        &parameter,
        &attribute.to_token_stream(),
    );
    let clause = corrected(&body, negate);
    let message = format!("a clause tests each element by itself; write `{clause}`");
    Some(Mistake::said(Error::new(call.method.span(), message)).instead(Instead::Clause(clause)))
}

fn parameter(pattern: &Pat) -> Option<Ident> {
    match pattern {
        Pat::Ident(ident) => Some(ident.ident.clone()),
        Pat::Reference(reference) => parameter(&reference.pat),
        Pat::Type(typed) => parameter(&typed.pat),
        _ => None,
    }
}

fn replaced(tokens: TokenStream, name: &Ident, by: &TokenStream) -> TokenStream {
    let mut before_is_star = false;
    let mut out = TokenStream::new();
    for token in tokens {
        let star = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '*');
        match token {
            TokenTree::Ident(ident) if ident == *name => out.extend(by.clone()),
            TokenTree::Group(group) => {
                let inside = replaced(group.stream(), name, by);
                out.extend([TokenTree::Group(proc_macro2::Group::new(
                    group.delimiter(),
                    inside,
                ))]);
            }
            // `*group == "admin"`.
            token if star && !before_is_star => drop(token),
            token => out.extend([token]),
        }
        before_is_star = star;
    }
    out
}
