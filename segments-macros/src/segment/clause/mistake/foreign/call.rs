//! Functions and methods of other languages: `any(A, B)`, `contains(X, "a")`, `X.len().gt(3)`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use segments_model::Operator;
use segments_model::foreign::{self, Meaning, Relation};
use syn::{Error, Expr};

use super::comparison::comparison;
use super::led::corrected;
use super::subject::subject;
use super::{Instead, Mistake, is_method};
use crate::meta::source;

pub(super) fn arguments(tokens: TokenStream) -> Vec<Expr> {
    let arguments = crate::meta::split(tokens).into_iter();
    arguments
        .filter_map(|argument| syn::parse2(argument).ok())
        .collect()
}

/// `any(A, B)`, `contains(X, "a")`: a call where a clause belongs.
pub(in super::super) fn call(call: &syn::ExprCall, negate: bool) -> Option<Mistake> {
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let name = function.path.get_ident()?;
    let clauses: Vec<String> = call
        .args
        .iter()
        .map(|argument| corrected(&argument.to_token_stream(), false))
        .collect();
    let turned = || {
        clauses.iter().map(|clause| match clause.strip_prefix('!') {
            Some(rest) => rest.to_owned(),
            None => format!("!{clause}"),
        })
    };
    let rules = |clauses: &[String]| {
        let rules: Vec<String> = clauses
            .iter()
            .map(|clause| format!("rule({clause})"))
            .collect();
        rules.join(", ")
    };
    let (word, written) = match (&name.to_string().to_lowercase()[..], negate) {
        ("any" | "or" | "any_of" | "anyof" | "either", false) | ("nand", _) => {
            let rules = rules(&clauses);
            let message = format!("a rule has no `{name}`; write `{rules}`");
            return Some(
                Mistake::said(Error::new(name.span(), message)).instead(Instead::Rules(rules)),
            );
        }
        ("all" | "and" | "all_of" | "allof" | "both", true) => {
            let rules = rules(&turned().collect::<Vec<_>>());
            let message = format!("a rule has no `{name}`; write `{rules}`");
            return Some(
                Mistake::said(Error::new(name.span(), message)).instead(Instead::Rules(rules)),
            );
        }
        ("all" | "and" | "all_of" | "allof" | "both", false) => {
            ("clauses are joined by commas", clauses.join(", "))
        }
        ("none" | "not" | "none_of" | "neither" | "nor", false) | ("any" | "or", true) => (
            "a clause is negated by `!`",
            turned().collect::<Vec<_>>().join(", "),
        ),
        (_, negate) => {
            let meaning = foreign::meaning(&name.to_string())?;
            let mut arguments: Vec<Expr> = call.args.iter().cloned().collect();
            // The attribute may come second: `re_match("..", X)`.
            let at = arguments
                .iter()
                .position(|argument| subject(argument).is_some())?;
            let attribute = arguments.remove(at);
            let problem = format!("`{name}` is a method of the attribute here");
            return comparison(
                problem,
                name.span(),
                &attribute,
                meaning,
                &arguments,
                negate,
            );
        }
    };
    if clauses.is_empty() {
        return None;
    }
    let message = format!("{word}; write `{written}`");
    Some(Mistake::said(Error::new(name.span(), message)).instead(Instead::Clause(written)))
}

/// A method that is no operator, on an attribute or behind other calls.
pub(in super::super) fn method(call: &syn::ExprMethodCall, negate: bool) -> Option<Mistake> {
    let name = call.method.to_string();
    let meaning = if is_method(&name) {
        let operator = Operator::of_method(&name).next()?;
        Meaning::Comparison {
            relation: Relation::of(operator),
            negate: false,
        }
    } else {
        foreign::meaning(&name)?
    };
    let operands: Vec<Expr> = call.args.iter().cloned().collect();
    let problem = if is_method(&name) {
        let inner = source(&call.receiver);
        let (_, done) = inner.rsplit_once('.')?;
        format!("LaunchDarkly compares attributes as they are, without `.{done}`")
    } else {
        format!("`{name}` is not an operator")
    };
    comparison(
        problem,
        call.method.span(),
        &call.receiver,
        meaning,
        &operands,
        negate,
    )
}
