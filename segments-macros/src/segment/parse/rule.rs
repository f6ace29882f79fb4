//! Rules: clauses, and the keys among them.

use proc_macro2::{Span, TokenStream};
use segments_model::draft::{DraftBy, DraftClause, DraftRule};
use segments_model::source::Places;
use segments_model::{Place, foreign, or_list};
use syn::ext::IdentExt;
use syn::{Expr, Lit};

use super::mistake;
use crate::errors::Errors;
use crate::meta::{Argument, ArgumentValue, argument, path, split, twice};
use crate::segment::clause;
use crate::segment::clause::attribute::context;
use crate::segment::clause::qualify::qualify;
use crate::segment::keys;
use crate::segment::written::{By, RuleInRust};

/// Reads what stands in `rule(...)`, as the rule of that number; `span` is the word's.
pub(crate) fn rule(
    number: usize,
    span: Span,
    tokens: TokenStream,
    places: &mut Places<Span>,
    errors: &mut Errors,
) -> (DraftRule, RuleInRust) {
    places.add(Place::Rule(number), span);
    let mut reading = Reading {
        number,
        places,
        draft: DraftRule::default(),
        rust: RuleInRust::default(),
    };
    let is_broken = reading.read(tokens, errors);
    let Reading {
        mut draft,
        mut rust,
        ..
    } = reading;
    if is_broken {
        rust.break_off(&mut draft);
    }
    (draft, rust)
}

impl RuleInRust {
    /// Makes it one of which not everything could be read.
    pub(crate) fn break_off(&mut self, draft: &mut DraftRule) {
        if self.broken {
            return;
        }
        self.broken = true;
        // There is one more clause, of which nothing is known.
        draft.clauses.push(DraftClause {
            values: vec![None],
            ..DraftClause::default()
        });
        draft.everyone = false;
        // Nor is a share that could not be read no share.
        draft.by = None;
    }
}

/// The parts of a rule so far.
struct Reading<'p> {
    number: usize,
    places: &'p mut Places<Span>,
    draft: DraftRule,
    rust: RuleInRust,
}

impl Reading<'_> {
    /// Returns whether a part of it could not be read.
    fn read(&mut self, tokens: TokenStream, errors: &mut Errors) -> bool {
        let before = errors.len();
        let mut seen: Vec<String> = Vec::new();
        let pieces = split(tokens);
        if let Some((span, message)) = mistake::clause_by_keys(&pieces) {
            errors.at(span, message);
            return true;
        }
        for piece in pieces {
            let Some(argument) = argument(&piece) else {
                match mistake::key_with_colon(&piece, keys::RULE) {
                    Some((span, message)) => errors.at(span, message),
                    None => self.clause(piece, errors),
                }
                continue;
            };
            let name = argument.name.unraw().to_string();
            if keys::names(keys::RULE).any(|key| key == name) {
                if seen.contains(&name) {
                    errors.at(argument.name.span(), twice(&name));
                } else {
                    seen.push(name);
                    self.key(&argument, errors);
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
                self.clause(piece, errors);
            }
        }
        errors.len() > before
    }

    fn clause(&mut self, piece: TokenStream, errors: &mut Errors) {
        match clause::parse(piece) {
            Ok(clause) => {
                let at = (self.number, self.rust.clauses.len());
                clause.locate(at, self.places);
                self.draft.clauses.push(clause.draft());
                self.rust.clauses.push(clause);
            }
            Err(mistake) => errors.mistake(mistake),
        }
    }

    fn key(&mut self, argument: &Argument, errors: &mut Errors) {
        let span = argument.name.span();
        match &argument.name.unraw().to_string()[..] {
            "description" => {
                let text = argument.text("\"staff\"", errors);
                self.draft.description = text.map(|text| text.value());
            }
            "percent" => {
                if let Some((percent, span)) = percent(argument, errors) {
                    self.draft.percent = Some(percent);
                    self.places.add(Place::Percent(self.number), span);
                }
            }
            "by" => {
                let Some(mut attribute) = argument.value::<Expr>("User::ID", errors) else {
                    return;
                };
                match context(&attribute) {
                    Some(context) => {
                        qualify(&mut attribute);
                        self.places.add(Place::By(self.number), span);
                        self.draft.by = Some(DraftBy {
                            context: Some(path(&context)),
                            ..DraftBy::default()
                        });
                        self.rust.by = Some(By { attribute, context });
                    }
                    None => errors.on(
                        &attribute,
                        "contexts are split by one of their attributes; write `by = User::ID`",
                    ),
                }
            }
            _ => match &argument.value {
                ArgumentValue::List(tokens) if tokens.is_empty() => {
                    self.draft.everyone = true;
                    self.places.add(Place::Everyone(self.number), span);
                }
                _ => errors.at(span, "`everyone` takes no arguments; write `everyone()`"),
            },
        }
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
