//! Fields with types: `temperature: f64 = 0.7, max_tokens: Option<u32>`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Token, Type};

use super::Field;
use crate::case::Case;
use crate::errors::Errors;
use crate::meta::{self, argument};

/// The name of the fields, and whether they may have defaults.
#[derive(Clone, Copy)]
pub(super) struct Sort {
    /// As in "a parameter".
    pub(super) what: &'static str,
    pub(super) example: &'static str,
    /// The replacement for a default; `None` if defaults are allowed.
    pub(super) no_default: Option<&'static str>,
}

/// A field as it is parsed.
struct Parsed {
    name: Ident,
    of: Type,
    default: Option<Expr>,
}

impl Parse for Parsed {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        let of = input.parse()?;
        let default = input.peek(Token![=]).then(|| {
            input.parse::<Token![=]>()?;
            input.parse()
        });
        Ok(Self {
            name,
            of,
            default: default.transpose()?,
        })
    }
}

/// Reads fields. A broken one is an error and left out, its neighbors stay.
pub(super) fn read(pieces: Vec<TokenStream>, sort: Sort, errors: &mut Errors) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut case = None;
    for piece in pieces {
        if let Some(argument) = argument(&piece)
            && argument.name == "rename_all"
        {
            if let Some(text) = argument.text("\"camelCase\"", errors) {
                match Case::parse(&text.value()) {
                    Ok(rule) => case = Some(rule),
                    Err(error) => errors.at(text.span(), error),
                }
            }
            continue;
        }
        let Some(parsed) = field(piece, sort, errors) else {
            continue;
        };
        let name = parsed.name.unraw().to_string();
        if let (Some(default), Some(advice)) = (&parsed.default, sort.no_default) {
            errors.on(default, format!("{} has no default; {advice}", sort.what));
            continue;
        }
        if fields.iter().any(|known| known.name == parsed.name) {
            let message = format!("`{name}` is declared twice; declare it once");
            errors.at(parsed.name.span(), message);
            continue;
        }
        fields.push(Field {
            key: case.map_or(name.clone(), |case| case.apply(&name)),
            name: parsed.name,
            of: parsed.of,
            default: parsed.default,
        });
    }
    fields
}

fn field(piece: TokenStream, sort: Sort, errors: &mut Errors) -> Option<Parsed> {
    let Sort { what, example, .. } = sort;
    let mut tokens = piece.clone().into_iter();
    let (first, second) = (tokens.next(), tokens.next());
    match (first, second) {
        (Some(TokenTree::Ident(name)), None) => {
            errors.at(
                name.span(),
                format!("{what} needs a type; write `{name}: {example}`"),
            );
            None
        }
        (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(sign))) if sign.as_char() == '=' => {
            let value = meta::source(&tokens.collect::<TokenStream>());
            let default = if sort.no_default.is_none() {
                format!(" = {value}")
            } else {
                String::new()
            };
            errors.at(
                name.span(),
                format!("{what} needs a type; write `{name}: {example}{default}`"),
            );
            None
        }
        (Some(TokenTree::Literal(text)), _) => {
            let name = text.to_string().replace('"', "").replace(['-', '.'], "_");
            errors.at(
                text.span(),
                format!("{what} is a name with a type; write `{name}: {example}`"),
            );
            None
        }
        _ => match meta::parse::<Parsed>(piece) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                errors.at(error.span(), format!("{error}; write `name: {example}`"));
                None
            }
        },
    }
}

/// Splits at commas that do not stand between angle brackets.
pub(super) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    let (mut depth, mut arrow) = (0_usize, false);
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if !arrow => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    pieces.push(TokenStream::new());
                    continue;
                }
                _ => {}
            }
            arrow = matches!(punct.as_char(), '-' | '=');
        } else {
            arrow = false;
        }
        pieces
            .last_mut()
            .expect("there is always a last piece")
            .extend([token]);
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}
