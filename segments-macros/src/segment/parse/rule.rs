//! Rules: clauses, and the keys among them.

use proc_macro2::{Span, TokenStream};
use segments_model::{foreign, or_list};
use syn::ext::IdentExt;
use syn::{Expr, Lit};

use super::mistake;
use crate::errors::Errors;
use crate::meta::{Argument, ArgumentValue, argument, split, twice};
use crate::segment::clause;
use crate::segment::clause::attribute::context;
use crate::segment::clause::qualify::qualify;
use crate::segment::keys;
use crate::segment::written::{By, Rule};

/// Reads what stands in `rule(...)`; `span` is the word's.
pub(crate) fn rule(span: Span, tokens: TokenStream, errors: &mut Errors) -> Rule {
    let mut rule = Rule {
        span,
        description: None,
        percent: None,
        by: None,
        everyone: None,
        clauses: Vec::new(),
        broken: false,
    };
    let before = errors.len();
    let mut seen: Vec<String> = Vec::new();
    let pieces = split(tokens);
    if let Some((span, message)) = mistake::clause_by_keys(&pieces) {
        errors.at(span, message);
        rule.broken = true;
        return rule;
    }
    for piece in pieces {
        let Some(argument) = argument(&piece) else {
            match mistake::key_with_colon(&piece, keys::RULE) {
                Some((span, message)) => errors.at(span, message),
                None => clause(piece, &mut rule, errors),
            }
            continue;
        };
        let name = argument.name.unraw().to_string();
        if keys::names(keys::RULE).any(|key| key == name) {
            if seen.contains(&name) {
                errors.at(argument.name.span(), twice(&name));
            } else {
                seen.push(name);
                key(&argument, &mut rule, errors);
            }
        } else if let Some(message) = mistake::key_of_segment(&name) {
            errors.at(argument.name.span(), message);
        } else if matches!(argument.value, ArgumentValue::Equals(_)) {
            // `description = "..."` misspelt; a clause never has a lone `=`.
            let advice = mistake::instead_of_rule_key(&argument)
                .or_else(|| mistake::alias(&argument, keys::RULE.iter()))
                .or_else(|| mistake::key_of_list(&argument))
                .unwrap_or_else(|| or_list(&name, keys::names(keys::RULE)));
            let message = format!("`{name}` is not a key of `rule`{advice}");
            errors.at(argument.name.span(), message);
        } else if let Some(key) = mistake::rule_key_that_is_called(&argument) {
            let message = format!("`{name}` is not a key of `rule`; write `{key}`");
            errors.at(argument.name.span(), message);
        } else if let (ArgumentValue::Word, Some("everyone")) = (
            &argument.value,
            foreign::key(&name, |key| key == "everyone"),
        ) {
            let message = format!("`{name}` is not a key of `rule`; write `everyone()`");
            errors.at(argument.name.span(), message);
        } else {
            clause(piece, &mut rule, errors);
        }
    }
    rule.broken = errors.len() > before;
    rule
}

fn clause(piece: TokenStream, rule: &mut Rule, errors: &mut Errors) {
    match clause::parse(piece) {
        Ok(clause) => rule.clauses.push(clause),
        Err(mistake) => errors.mistake(mistake),
    }
}

/// A percentage, and where it stands.
pub(crate) fn percent(argument: &Argument, errors: &mut Errors) -> Option<(f64, Span)> {
    let literal: Lit = argument.value("25", errors)?;
    let number = match &literal {
        Lit::Int(number) => number.base10_parse().ok(),
        Lit::Float(number) => number.base10_parse().ok(),
        _ => None,
    };
    if number.is_none() {
        // `"10%"`, `"10"`.
        let meant = match &literal {
            Lit::Str(text) => {
                let text = text.value();
                let number = text.trim().trim_end_matches('%').trim_end().to_owned();
                number.parse::<f64>().ok().map(|_| number)
            }
            _ => None,
        };
        let meant = meant.unwrap_or_else(|| "25".to_owned());
        let message = format!("a percentage is a number from 0 to 100; write `percent = {meant}`");
        errors.on(&literal, message);
    }
    number.map(|number: f64| (number, literal.span()))
}

fn key(argument: &Argument, rule: &mut Rule, errors: &mut Errors) {
    let span = argument.name.span();
    match &argument.name.unraw().to_string()[..] {
        "description" => rule.description = argument.text("\"staff\"", errors),
        "percent" => rule.percent = percent(argument, errors),
        "by" => {
            let Some(mut attribute) = argument.value::<Expr>("User::ID", errors) else {
                return;
            };
            match context(&attribute) {
                Some(context) => {
                    qualify(&mut attribute);
                    rule.by = Some(By {
                        attribute,
                        context,
                        span,
                    });
                }
                None => errors.on(
                    &attribute,
                    "contexts are split by one of their attributes; write `by = User::ID`",
                ),
            }
        }
        _ => match &argument.value {
            ArgumentValue::List(tokens) if tokens.is_empty() => rule.everyone = Some(span),
            _ => errors.at(span, "`everyone` takes no arguments; write `everyone()`"),
        },
    }
}
