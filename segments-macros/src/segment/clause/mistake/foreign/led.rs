//! A word before a clause: `not X`, `if X`, `unless X`.

use proc_macro2::{TokenStream, TokenTree};
use syn::Error;

use super::word::word;
use crate::meta::source;
use crate::mistake::{Instead, Mistake};
use crate::segment::clause::parse;

/// `not X`, `if X`, `unless X`.
pub(super) fn led(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let (first, rest) = tokens.split_first()?;
    if rest.is_empty() || matches!(rest, [TokenTree::Group(_)]) {
        return None;
    }
    if word(first)? == "select" {
        return query(first, rest, negate);
    }
    // `not::found` is a path.
    if matches!(&rest[0], TokenTree::Punct(punct) if punct.as_char() != '!') {
        return None;
    }
    let turned = match &word(first)?[..] {
        "not" | "unless" => true,
        "if" | "when" | "where" | "some" | "any" | "let" | "return" | "allow" => false,
        _ => return None,
    };
    let inner: TokenStream = rest.iter().cloned().collect();
    if let Some(mistake) = not_said_by_a_clause(&inner, turned ^ negate) {
        return Some(mistake);
    }
    let inner = corrected(&inner, turned ^ negate);
    let message = if turned {
        format!("`{first}` is written `!`; write `{inner}`")
    } else {
        format!("a clause has no `{first}`; write `{inner}`")
    };
    Some(Mistake::said(Error::new(first.span(), message)).instead(Instead::Clause(inner)))
}

/// A condition that no clause can express, such as the absence of an attribute.
fn not_said_by_a_clause(tokens: &TokenStream, negate: bool) -> Option<Mistake> {
    let mistake = match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(syn::Expr::Call(call)) => super::call(&call, negate),
        Ok(syn::Expr::MethodCall(call)) => super::method(&call, negate),
        _ => super::tokens(tokens, negate),
    }?;
    let is_said = matches!(&mistake, Mistake::ByType(_));
    (!is_said && mistake.clause().is_none()).then_some(mistake)
}

/// `SELECT ... WHERE X`.
fn query(select: &TokenTree, rest: &[TokenTree], negate: bool) -> Option<Mistake> {
    let is_where = |token: &TokenTree| word(token).as_deref() == Some("where");
    let at = rest.iter().position(is_where)?;
    let clause = corrected(&rest[at + 1..].iter().cloned().collect(), negate);
    let message = format!("a clause is not a query; write `{clause}`");
    Some(Mistake::said(Error::new(select.span(), message)).instead(Instead::Clause(clause)))
}

/// A clause as it should be written, negated or not; as it is written if nothing better is known.
///
/// What is inside `not X`, `any(X, Y)` or `X || Y` is a clause, which may be written in other words, too. So the
/// parser of clauses, its mistakes and these words call each other. Each reads a part of what its caller read, or the
/// clause that its caller made of it.
pub(in super::super) fn corrected(tokens: &TokenStream, negate: bool) -> String {
    let written = source(tokens);
    let turn = |clause: &str| match (negate, clause.strip_prefix('!')) {
        (false, _) => clause.to_owned(),
        (true, Some(rest)) => rest.to_owned(),
        (true, None) => format!("!{clause}"),
    };
    match parse(tokens.clone()) {
        Ok(_) => turn(&written),
        Err(mistake) => match mistake.into_instead() {
            Some(Instead::Clause(clause)) => turn(&clause),
            _ => turn(&written),
        },
    }
}
