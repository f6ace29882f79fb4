//! The left-hand side of a comparison: an attribute, its length, or its text in another case.

use proc_macro2::{Delimiter, TokenTree};
use syn::Expr;

use crate::segment::clause::attribute::context;
use crate::segment::clause::methods::is_method;

/// The transformation of an attribute before it is compared.
pub(super) enum Subject {
    /// Nothing that LaunchDarkly would have to do.
    Plain,
    /// Its length is taken.
    Length,
    /// Case is taken away.
    AnyCase,
}

/// The attribute inside of calls such as `.len()`, `.to_lowercase()` and `len(..)`.
pub(super) fn subject(expression: &Expr) -> Option<(&Expr, Subject)> {
    let inside = |name: &str, inner| {
        let (attribute, subject) = self::subject(inner)?;
        Some((
            attribute,
            match name {
                "len" | "length" | "size" | "count" | "char_length" | "LEN" => Subject::Length,
                "to_lowercase" | "to_uppercase" | "lower" | "upper" | "LOWER" | "UPPER"
                | "to_ascii_lowercase" | "to_ascii_uppercase" | "casefold" | "toLowerCase"
                | "toUpperCase" | "lowercase" => Subject::AnyCase,
                _ => subject,
            },
        ))
    };
    match expression {
        Expr::MethodCall(call) if !is_method(&call.method.to_string()) => {
            inside(&call.method.to_string(), &call.receiver)
        }
        Expr::Call(call) if call.args.len() == 1 => {
            let Expr::Path(function) = &*call.func else {
                return None;
            };
            inside(&function.path.get_ident()?.to_string(), call.args.first()?)
        }
        // `X.length`; an attribute inside an object has a name of its own.
        Expr::Field(field)
            if matches!(&field.member, syn::Member::Named(name) if name == "length")
                && context(&field.base).is_some() =>
        {
            Some((&field.base, Subject::Length))
        }
        Expr::Paren(paren) => subject(&paren.expr),
        Expr::Reference(reference) => subject(&reference.expr),
        attribute if context(attribute).is_some() => Some((attribute, Subject::Plain)),
        _ => None,
    }
}

/// How many tokens name an attribute, with calls behind it.
pub(super) fn length_of_subject(tokens: &[TokenTree]) -> usize {
    let is = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let group = |at: usize| matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    let mut at = 0;
    if group(at) {
        at += 1;
    } else if matches!(tokens.first(), Some(TokenTree::Ident(_))) {
        at += 1;
        if group(at) {
            // `len(X)`.
            at += 1;
        }
    } else {
        return 0;
    }
    loop {
        if is(at, ':') && is(at + 1, ':') && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)))
        {
            at += 3;
        } else if is(at, '.')
            && matches!(tokens.get(at + 1), Some(TokenTree::Ident(name)) if name != "in" && name != "match")
        {
            at += 2;
            at += usize::from(group(at));
        } else {
            return at;
        }
    }
}
