//! Values before the attribute: `30 < X`, `18 <= X <= 65`, `"admin" in X`, `["a", "b"].contains(&X)`.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use segments_model::foreign::{self, Meaning, Relation};
use syn::{Error, Expr, ExprMethodCall};

use super::comparison::comparison;
use super::infix::{operand, signs};
use super::led::corrected;
use super::subject::{length_of_subject, subject};
use super::word::word;
use crate::meta::source;
use crate::mistake::{Instead, Mistake};

const IN_FRONT: &str = "the attribute comes first";

/// The relation in which the attribute stands to the value, if the value stands to it in this one.
const fn flipped(relation: Relation) -> Option<Relation> {
    Some(match relation {
        Relation::Equal => Relation::Equal,
        Relation::Less => Relation::Greater,
        Relation::AtMost => Relation::AtLeast,
        Relation::Greater => Relation::Less,
        Relation::AtLeast => Relation::AtMost,
        _ => return None,
    })
}

/// A sign or `in` between a value and an attribute, and a second one behind it.
pub(super) fn reversed(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let is_sign = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if "<>=!".contains(sign.as_char()));
    let is_in = |token: &TokenTree| word(token).as_deref() == Some("in");
    let at = tokens
        .iter()
        .position(|token| is_sign(token) || is_in(token))?;
    let (left, rest) = tokens.split_at(at);
    let value = operand(left)?;
    if subject(&value).is_some() || !is_value(&value) {
        return None;
    }
    if is_in(&rest[0]) {
        return element(&rest[0], &value, &rest[1..], negate);
    }
    let length = (1..=rest.len().min(3))
        .rev()
        .find(|length| signs(&rest[..*length]).is_some())?;
    let (sign, behind) = rest.split_at(length);
    let Some(Meaning::Comparison {
        relation,
        negate: turned,
    }) = foreign::meaning(&signs(sign)?)
    else {
        return None;
    };
    let (attribute, more) = behind.split_at(length_of_subject(behind));
    let attribute: Expr = syn::parse2(attribute.iter().cloned().collect()).ok()?;
    subject(&attribute)?;
    let flipped = flipped(relation)?;
    let meaning = Meaning::Comparison {
        relation: flipped,
        negate: turned,
    };
    let first = comparison(
        IN_FRONT.to_owned(),
        sign[0].span(),
        &attribute,
        meaning,
        &[value],
        negate,
    )?;
    if more.is_empty() {
        return Some(first);
    }
    // `18 <= X <= 65`.
    let Some(Instead::Clause(first)) = first.into_instead() else {
        return None;
    };
    let second: TokenStream = behind.iter().cloned().collect();
    let both = format!("{first}, {}", corrected(&second, negate));
    let message = format!("each limit is a clause; write `{both}`");
    Some(Mistake::said(Error::new(more[0].span(), message)).instead(Instead::Clause(both)))
}

/// `"admin" in X`: an element of a list, or a piece of a string.
fn element(
    sign: &TokenTree,
    value: &Expr,
    attribute: &[TokenTree],
    negate: bool,
) -> Option<Mistake> {
    let attribute: Expr = syn::parse2(attribute.iter().cloned().collect()).ok()?;
    subject(&attribute)?;
    let not = if negate { "!" } else { "" };
    let (attribute, value) = (source(&attribute), source(value));
    let clause = format!("{not}{attribute}.is({value})");
    let message = format!(
        "{IN_FRONT}; write `{clause}` for an element of a list, or `{not}{attribute}.contains({value})` for a piece of a string"
    );
    Some(Mistake::said(Error::new(sign.span(), message)).instead(Instead::Clause(clause)))
}

/// Returns whether an expression is a literal, or several in brackets.
fn is_value(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(_) | Expr::Array(_) | Expr::Range(_) => true,
        Expr::Unary(unary) => is_value(&unary.expr),
        Expr::Paren(paren) => is_value(&paren.expr),
        Expr::Reference(reference) => is_value(&reference.expr),
        // A variant: `Plan::Pro == X`.
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
        }),
        _ => false,
    }
}

/// `["a", "b"].contains(&X)`, `(18..65).contains(&X)`, `Regex::new("..").is_match(X)`.
pub(super) fn method(call: &ExprMethodCall, negate: bool) -> Option<Mistake> {
    let [argument] = &call.args.iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    subject(argument)?;
    let Meaning::Comparison {
        relation,
        negate: turned,
    } = foreign::meaning(&call.method.to_string())?
    else {
        return None;
    };
    let (relation, value) = match relation {
        Relation::Matches => (Relation::Matches, text_in(call.receiver.to_token_stream())?),
        Relation::Contains | Relation::Equal if is_value(&call.receiver) => {
            (Relation::Equal, unwrapped(&call.receiver).clone())
        }
        relation if is_value(&call.receiver) => (flipped(relation)?, (*call.receiver).clone()),
        _ => return None,
    };
    let meaning = Meaning::Comparison {
        relation,
        negate: turned,
    };
    let at = call.method.span();
    comparison(IN_FRONT.to_owned(), at, argument, meaning, &[value], negate)
}

fn unwrapped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(paren) => unwrapped(&paren.expr),
        Expr::Reference(reference) => unwrapped(&reference.expr),
        other => other,
    }
}

/// The first string in an expression.
fn text_in(tokens: TokenStream) -> Option<Expr> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => text_in(group.stream()),
        TokenTree::Literal(literal) => {
            let text: syn::LitStr = syn::parse2(TokenTree::Literal(literal).into()).ok()?;
            Some(Expr::Lit(syn::ExprLit {
                attrs: Vec::new(),
                lit: syn::Lit::Str(text),
            }))
        }
        _ => None,
    })
}
