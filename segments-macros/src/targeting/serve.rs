//! The part after `=>`: a variation, or a split.

use proc_macro2::{Ident, Spacing, Span, TokenStream, TokenTree};
use segments_model::Place;
use segments_model::draft::DraftBy;
use segments_model::source::Places;
use segments_model::targeting::{DraftServe, DraftSplit};
use syn::ext::IdentExt;
use syn::{Expr, Lit, LitStr};

use crate::errors::Errors;
use crate::meta::{Argument, ArgumentValue, argument, path, split};
use crate::segment::clause::attribute::context;
use crate::segment::written::By;

/// The served variation or split.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "an attribute has a handful")]
pub(super) enum Serve {
    Variation(Ident),
    Split(Split),
}

/// Several variations by share.
#[derive(Clone)]
pub(super) struct Split {
    pub(super) span: Span,
    pub(super) shares: Vec<(Ident, f64)>,
    pub(super) by: Option<By>,
}

/// How it is written.
const FORM: &str = "`careful`, or `percent(fast = 50, careful = 50)`";

/// The tokens before and after `=>`, with the place of the arrow if there is one.
pub(super) fn arrow(tokens: TokenStream) -> (TokenStream, Option<(Span, TokenStream)>) {
    let mut before = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if let TokenTree::Punct(first) = &token
            && first.as_char() == '='
            && first.spacing() == Spacing::Joint
            && matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '>')
        {
            let span = first.span();
            tokens.next();
            return (before, Some((span, tokens.collect())));
        }
        before.extend([token]);
    }
    (before, None)
}

/// Reads it. `at` is what it follows.
pub(super) fn parse(at: Span, tokens: TokenStream, errors: &mut Errors) -> Option<Serve> {
    let mut pieces = split(tokens).into_iter();
    let Some(piece) = pieces.next() else {
        errors.at(at, format!("no variation is served here; write {FORM}"));
        return None;
    };
    if let Some(more) = pieces.next() {
        errors.on(
            more,
            "the variation comes last; write clauses and other keys before `=>`",
        );
        return None;
    }
    match argument(&piece) {
        Some(Argument {
            name,
            value: ArgumentValue::Word,
        }) => Some(Serve::Variation(name)),
        Some(Argument {
            name,
            value: ArgumentValue::List(tokens),
        }) if name == "percent" => parse_split(name.span(), tokens, errors).map(Serve::Split),
        _ => {
            // A variation is a name, and not its text.
            let form = match syn::parse2::<LitStr>(piece.clone()) {
                Ok(text) => format!("`{}`", text.value().replace(['-', '.'], "_")),
                Err(_) => FORM.to_owned(),
            };
            errors.on(piece, format!("this cannot be served; write {form}"));
            None
        }
    }
}

fn parse_split(span: Span, tokens: TokenStream, errors: &mut Errors) -> Option<Split> {
    let mut split = Split {
        span,
        shares: Vec::new(),
        by: None,
    };
    let before = errors.len();
    for piece in self::split(tokens) {
        let Some(argument) = argument(&piece) else {
            let form = "a share is a variation and a number; write `fast = 50`";
            errors.on(piece, form);
            continue;
        };
        if argument.name == "by" {
            let Some(attribute) = argument.value::<Expr>("User::ID", errors) else {
                continue;
            };
            match context(&attribute) {
                Some(context) => split.by = Some(By { attribute, context }),
                None => errors.on(
                    &attribute,
                    "contexts are split by one of their attributes; write `by = User::ID`",
                ),
            }
            continue;
        }
        let Some(literal) = argument.value::<Lit>("50", errors) else {
            continue;
        };
        let number = match &literal {
            Lit::Int(number) => number.base10_parse().ok(),
            Lit::Float(number) => number.base10_parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => split.shares.push((argument.name, number)),
            None => errors.on(
                &literal,
                format!(
                    "a percentage is a number from 0 to 100; write `{} = 50`",
                    argument.name
                ),
            ),
        }
    }
    (errors.len() == before).then_some(split)
}

impl Serve {
    /// Divides it into what a file says as well and what only Rust says, and adds the places. Without a rule it is the
    /// fallthrough.
    pub(super) fn into_draft(
        self,
        rule: Option<usize>,
        places: &mut Places<Span>,
    ) -> (DraftServe, Option<By>) {
        let place = Place::Serve { rule };
        let name = |name: &Ident| name.unraw().to_string();
        match self {
            Serve::Variation(variation) => {
                places.add(place, variation.span());
                (DraftServe::Variation(name(&variation)), None)
            }
            Serve::Split(Split { span, shares, by }) => {
                places.add(place, span);
                for (share, (variation, _)) in shares.iter().enumerate() {
                    places.add(Place::Share { rule, share }, variation.span());
                }
                let shares = shares.iter();
                let draft = DraftSplit {
                    shares: shares
                        .map(|(variation, percent)| (name(variation), *percent))
                        .collect(),
                    by: by.as_ref().map(|by| DraftBy {
                        context: Some(path(&by.context)),
                        ..DraftBy::default()
                    }),
                };
                (DraftServe::Split(draft), by)
            }
        }
    }
}
