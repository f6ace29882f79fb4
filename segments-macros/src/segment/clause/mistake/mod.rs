//! Suggestions for expressions that are not clauses.
//!
//! rustc checks types. The mistakes here are recognized by their form alone, and the rule is left out of
//! the output, so that rustc does not report the same mistake.

mod attribute;
pub(crate) mod foreign;
mod method;
mod values;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use segments_model::AttributeType;
use syn::{Error, Expr, Member};

use super::attribute::context;
use super::methods::is_method;
use crate::by_type::Answers;
use crate::case::Case;
use crate::meta::{self, source};
use crate::mistake::{EXAMPLE, Instead, Mistake};
use crate::place::first_span;

pub(super) use attribute::attribute;
use attribute::is_upper_case;
pub(super) use method::method;
pub(super) use values::values;

/// Something complete is followed by a token that does not belong to it.
pub(super) fn leftover(tokens: &TokenStream, expression: &Expr, next: &TokenTree) -> Mistake {
    let attribute = context(expression).is_some();
    if let TokenTree::Ident(word) = next
        && attribute
        && is_method(&word.to_string())
        && meta::parse::<syn::ExprCall>(after(tokens, expression)).is_ok()
    {
        let call = source(&after(tokens, expression));
        let clause = format!("{}.{call}", source(expression));
        let message = format!("a `.` is missing before `{word}`; write `{clause}`");
        return Mistake::said(Error::new(word.span(), message)).instead(Instead::Clause(clause));
    }
    if let Some(mistake) = foreign::tokens(tokens, false) {
        return mistake;
    }
    let is_clause = |tokens: TokenStream| super::parse(tokens).is_ok();
    let both = is_clause(expression.to_token_stream()) && is_clause(after(tokens, expression));
    if both || matches!(next, TokenTree::Punct(_)) {
        return Error::new(next.span(), meta::leftover(next)).into();
    }
    not_understood(tokens)
        .unwrap_or_else(|| Error::new_spanned(tokens, starts_with_an_attribute()).into())
}

/// Tokens that are no clause, with the attribute that they name.
fn not_understood(tokens: &TokenStream) -> Option<Mistake> {
    foreign::about(tokens, "this is not a clause", first_span(tokens))
}

/// The tokens behind an expression with which others begin.
fn after(tokens: &TokenStream, expression: &Expr) -> TokenStream {
    let count = expression.to_token_stream().into_iter().count();
    tokens.clone().into_iter().skip(count).collect()
}

/// Tokens that are no expression, such as those of half-typed code.
pub(super) fn unreadable(tokens: TokenStream, error: &Error) -> Mistake {
    if let Some(mistake) = foreign::tokens(&tokens, false) {
        return mistake;
    }
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let sign = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let (at, message) = match &tokens[..] {
        [.., last] if sign(last, '.') => (
            last.span(),
            "an operator is missing after `.`; write one, such as `.is(...)`".to_owned(),
        ),
        [.., before, last] if sign(before, ':') && sign(last, ':') => (
            last.span(),
            "the name of an attribute is missing after `::`; write one, as in `User::EMAIL`"
                .to_owned(),
        ),
        _ => match tokens
            .windows(2)
            .find(|pair| sign(&pair[0], '.') && sign(&pair[1], '!'))
        {
            Some(pair) => {
                let text = source(&tokens.iter().cloned().collect::<TokenStream>());
                let clause = format!(
                    "!{}",
                    text.replacen(" .!", ".", 1)
                        .replacen(".!", ".", 1)
                        .replacen(". ", ".", 1)
                );
                let message = format!("`!` goes before the attribute; write `{clause}`");
                return Mistake::said(Error::new(pair[1].span(), message))
                    .instead(Instead::Clause(clause));
            }
            None => {
                let all: TokenStream = tokens.iter().cloned().collect();
                if let Some(mistake) = not_understood(&all) {
                    return mistake;
                }
                (
                    error.span(),
                    format!("{error}; write a clause such as {EXAMPLE}"),
                )
            }
        },
    };
    Error::new(at, message).into()
}

/// An expression that is not a clause.
pub(super) fn no_clause(expression: &Expr, negate: bool) -> Mistake {
    let at = |node: &dyn quote::ToTokens, message: String| {
        Mistake::said(Error::new_spanned(node, message))
    };
    let not = if negate { "!" } else { "" };
    match expression {
        Expr::Path(_) | Expr::Field(_) if context(expression).is_some() => {
            if let Err(error) = attribute(expression) {
                return error.into();
            }
            let name = source(expression);
            let problem = format!("`{name}` is not compared");
            let write = |clause: &str| format!("{problem}; write `{clause}`");
            let names = |attribute_type| {
                let names = segments_model::foreign::fitting(attribute_type, |row| row.methods);
                format!("{problem}; use {}", segments_model::foreign::any_of(&names))
            };
            let answers = Answers {
                bool: write(&format!("{name}.is({})", !negate)),
                text: names(AttributeType::String),
                number: names(AttributeType::Number),
                date: names(AttributeType::Date),
                version: names(AttributeType::Version),
                one_of: format!("{problem}; use `is` or `is_any_of`"),
                variant: None,
            };
            let guess = format!("{name}.is({})", !negate);
            foreign::by_type(expression, first_span(expression), answers, Some(guess))
        }
        // The name of a type alone: a segment.
        Expr::Path(path)
            if path.path.get_ident().is_some_and(|name| {
                let name = name.to_string();
                name.starts_with(char::is_uppercase) && !is_upper_case(&name)
            }) =>
        {
            let clause = format!("{not}member_of!({})", source(expression));
            at(
                expression,
                format!("a segment is referenced by `member_of!`; write `{clause}`"),
            )
            .instead(Instead::Clause(clause))
        }
        Expr::Binary(_) | Expr::Assign(_) => foreign::tokens(&expression.to_token_stream(), negate)
            .unwrap_or_else(|| match expression {
                Expr::Binary(binary) => match (of_value(&binary.left), value(&binary.left)) {
                    (Some(attribute), _) => {
                        let (sign, right) = (&binary.op, &binary.right);
                        named_by_type(&binary.left, &quote!(#attribute #sign #right), negate)
                    }
                    (None, Some(message)) => at(&binary.left, message),
                    (None, None) => unknown(expression),
                },
                _ => unknown(expression),
            }),
        Expr::Reference(reference) => {
            let clause = format!("{not}{}", source(&reference.expr));
            at(
                &reference.and_token,
                format!("a clause is not a reference; write `{clause}`"),
            )
            .instead(Instead::Clause(clause))
        }
        Expr::Tuple(tuple) => {
            let clauses: Vec<String> = tuple.elems.iter().map(source).collect();
            if negate {
                let rules: Vec<String> = clauses
                    .iter()
                    .map(|clause| format!("rule(!{clause})"))
                    .collect();
                let rules = rules.join(", ").replace("!!", "");
                at(
                    expression,
                    format!("`!` negates one clause; write `{rules}`, one of which is enough"),
                )
                .instead(Instead::Rules(rules))
            } else {
                let clauses = clauses.join(", ");
                at(
                    expression,
                    format!("clauses are joined by commas alone; write `{clauses}`"),
                )
                .instead(Instead::Clause(clauses))
            }
        }
        Expr::Call(call) => {
            foreign::call(call, negate).unwrap_or_else(|| self::call(expression, call, negate))
        }
        Expr::MethodCall(call) => method_call(expression, call, negate),
        Expr::Macro(call) => {
            foreign::macro_call(call, negate).unwrap_or_else(|| not_evaluated(expression))
        }
        Expr::Block(_) => foreign::tokens(&expression.to_token_stream(), negate)
            .unwrap_or_else(|| not_evaluated(expression)),
        Expr::Path(_) | Expr::Field(_) => at(
            expression,
            value(expression).unwrap_or_else(starts_with_an_attribute),
        ),
        Expr::Lit(_) => at(expression, starts_with_an_attribute()),
        _ => not_evaluated(expression),
    }
}

/// Code where a comparison belongs.
fn not_evaluated(expression: &Expr) -> Mistake {
    let problem = "a clause must be a comparison that LaunchDarkly can evaluate";
    let tokens = expression.to_token_stream();
    if let Some(mistake) = foreign::about(&tokens, problem, first_span(&tokens)) {
        return mistake;
    }
    let message = format!("{problem}; write one such as {EXAMPLE}");
    Mistake::said(Error::new_spanned(expression, message))
}

/// A method of something that is not an attribute.
fn method_call(expression: &Expr, call: &syn::ExprMethodCall, negate: bool) -> Mistake {
    if let Expr::MethodCall(inner) = &*call.receiver
        && is_method(&inner.method.to_string())
        && context(&inner.receiver).is_some()
        && is_method(&call.method.to_string())
    {
        let not = if negate { "!" } else { "" };
        let arguments = call.args.iter().map(source).collect::<Vec<_>>().join(", ");
        let second = format!("{}.{}({arguments})", source(&inner.receiver), call.method);
        let both = format!("{not}{}, {not}{second}", source(&call.receiver));
        let message = format!("a clause has one operator; write `{both}`");
        return Mistake::said(Error::new_spanned(&call.method, message))
            .instead(Instead::Clause(both));
    }
    let foreign = foreign::chained(call, negate)
        .or_else(|| foreign::method(call, negate))
        .or_else(|| foreign::tokens(&expression.to_token_stream(), negate));
    if let Some(mistake) = foreign {
        return mistake;
    }
    if let Some(attribute) = of_value(&call.receiver) {
        let (method, arguments) = (&call.method, &call.args);
        let clause = quote!(#attribute.#method(#arguments));
        return named_by_type(&call.receiver, &clause, negate);
    }
    match value(&call.receiver) {
        Some(message) => Mistake::said(Error::new_spanned(expression, message)),
        None => unknown(expression),
    }
}

/// A clause about a variable, as one about its type.
fn named_by_type(value: &Expr, clause: &TokenStream, negate: bool) -> Mistake {
    let clause = foreign::corrected(clause, negate);
    let message =
        format!("a clause names the type of the context, not a value of it; write `{clause}`");
    Mistake::said(Error::new_spanned(value, message)).instead(Instead::Clause(clause))
}

/// An expression of which nothing but its attribute is understood.
fn unknown(expression: &Expr) -> Mistake {
    not_understood(&expression.to_token_stream())
        .unwrap_or_else(|| Error::new_spanned(expression, starts_with_an_attribute()).into())
}

fn starts_with_an_attribute() -> String {
    format!("a clause starts with an attribute of a context; write {EXAMPLE}")
}

fn call(expression: &Expr, call: &syn::ExprCall, negate: bool) -> Mistake {
    let not = if negate { "!" } else { "" };
    let at = |message: String| Mistake::said(Error::new_spanned(expression, message));
    let Expr::Path(function) = &*call.func else {
        return unknown(expression);
    };
    let segments = &function.path.segments;
    let arguments = call.args.iter().map(source).collect::<Vec<_>>().join(", ");
    let last = segments.last().map(|segment| segment.ident.to_string());
    let (problem, clause) = match (last.as_deref(), segments.len()) {
        (Some(word @ ("member_of" | "has_kind")), _) => (
            format!("`{word}` is a macro"),
            format!("{not}{word}!({arguments})"),
        ),
        (Some("contains" | "membership" | "explain"), 2) => (
            "a segment is referenced by `member_of!`".to_owned(),
            format!("{not}member_of!({})", segments[0].ident),
        ),
        // `User::EMAIL::is("x")`: a method is called by a dot.
        (Some(method), 3..) if is_method(method) => {
            let mut path = function.path.clone();
            path.segments.pop();
            path.segments.pop_punct();
            (
                "an operator is called with a dot".to_owned(),
                format!("{not}{}.{method}({arguments})", source(&path)),
            )
        }
        // The method of another attribute is one of the type's here: `User::EMAIL("x")`.
        (Some(name), 2) if is_upper_case(name) => (
            format!("`{}` is not a function", source(function)),
            format!("{not}{}.is({arguments})", source(function)),
        ),
        _ => return unknown(expression),
    };
    at(format!("{problem}; write `{clause}`")).instead(Instead::Clause(clause))
}

/// A variable, or the name of a constant alone, where the type of a context belongs.
fn value(expression: &Expr) -> Option<String> {
    let (root, field) = match expression {
        Expr::Path(path) => (path.path.get_ident()?, None),
        Expr::Field(field) => match (&*field.base, &field.member) {
            (Expr::Path(path), Member::Named(name)) => (path.path.get_ident()?, Some(name)),
            _ => return None,
        },
        _ => return None,
    };
    let root = root.to_string();
    match field {
        Some(field) if is_upper_case(&root) => Some(format!(
            "the type of the context is missing; write it in front, as in `User::{root}.{field}`"
        )),
        None if is_upper_case(&root) => Some(format!(
            "the type of the context is missing; write it in front, as in `User::{root}`"
        )),
        Some(_) => {
            let attribute = of_value(expression)?;
            Some(format!(
                "a clause names the type of the context, not a value of it; write `{}`",
                source(&attribute)
            ))
        }
        None => None,
    }
}

/// Names of variables that do not say which context they hold.
const UNNAMED: &[&str] = &[
    "self",
    "this",
    "ctx",
    "context",
    "contexts",
    "it",
    "c",
    "u",
    "x",
    "input",
    "data",
    "request",
    "req",
    "event",
    "targeting",
    "evaluation_context",
    "evaluationContext",
];

/// The attribute that a field of a variable stands for: `User::ADDRESS.city` of `ctx.user.address.city`.
fn of_value(expression: &Expr) -> Option<TokenStream> {
    let mut names = Vec::new();
    let mut rest = expression;
    let root = loop {
        match rest {
            Expr::Field(field) => {
                let Member::Named(name) = &field.member else {
                    return None;
                };
                names.push(name.to_string());
                rest = &field.base;
            }
            Expr::Path(path) => break path.path.get_ident()?.to_string(),
            _ => return None,
        }
    };
    if names.is_empty() || is_upper_case(&root) {
        return None;
    }
    names.push(root);
    names.reverse();
    if names.len() > 2 && UNNAMED.contains(&&names[0][..]) {
        names.remove(0);
    }
    let context = if UNNAMED.contains(&&names[0][..]) {
        "User".to_owned()
    } else {
        Case::Pascal.apply(&names[0])
    };
    let constant = Case::ScreamingSnake.apply(&names[1]);
    let inside: String = names[2..]
        .iter()
        .map(|name| format!(".{}", Case::Snake.apply(name)))
        .collect();
    format!("{context}::{constant}{inside}").parse().ok()
}
