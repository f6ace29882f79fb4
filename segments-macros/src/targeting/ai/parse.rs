//! Parses the arguments.

use proc_macro2::{Ident, TokenStream, TokenTree};
use segments_model::or_list;
use syn::LitStr;
use syn::ext::IdentExt;

use super::fields::{self, Sort};
use super::{Ai, Fallback, Mode};
use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{Argument, ArgumentValue, argument, split};
use crate::segment::parse::list;

/// The keys that flags do not have.
pub(in crate::targeting) const KEYS: &[&str] = &["mode", "params", "variables", "fallback"];

const PARAMETER: Sort = Sort {
    what: "a parameter",
    example: "f64",
    no_default: None,
};

const CUSTOM: Sort = Sort {
    what: "a custom value",
    example: "String",
    no_default: None,
};

const VARIABLE: Sort = Sort {
    what: "a variable",
    example: "&str",
    no_default: Some("pass it where the configuration is requested"),
};

/// Reads an argument.
pub(in crate::targeting) fn read(key: &Key, argument: &Argument, ai: &mut Ai, errors: &mut Errors) {
    let span = argument.name.span();
    ai.first.get_or_insert(span);
    match key.name {
        "mode" => ai.mode = mode(argument, errors).unwrap_or_default(),
        "params" => {
            let Some(tokens) = list(key, argument, errors) else {
                return;
            };
            let pieces = fields::split(tokens);
            if pieces.is_empty() {
                let message = "there are no parameters; write `params(temperature: f64)`";
                errors.at(span, message);
            }
            let (custom, pieces): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| {
                self::argument(piece).is_some_and(|it| {
                    it.name == "custom" && matches!(it.value, ArgumentValue::List(_))
                })
            });
            for piece in custom {
                let Some(Argument {
                    name,
                    value: ArgumentValue::List(tokens),
                }) = self::argument(&piece)
                else {
                    continue;
                };
                if ai.custom.is_some() {
                    errors.at(name.span(), "`custom` is written twice; write it once");
                    continue;
                }
                ai.custom = Some(fields::read(fields::split(tokens), CUSTOM, errors));
            }
            if !pieces.is_empty() {
                ai.parameters = Some(fields::read(pieces, PARAMETER, errors));
            }
        }
        "variables" => {
            if let Some(tokens) = list(key, argument, errors) {
                ai.variables = Some(fields::read(fields::split(tokens), VARIABLE, errors));
            }
        }
        _ => {
            if let Some(tokens) = list(key, argument, errors) {
                ai.fallback = Some(fallback(&argument.name, tokens, errors));
            }
        }
    }
}

fn mode(argument: &Argument, errors: &mut Errors) -> Option<Mode> {
    let tokens = match &argument.value {
        ArgumentValue::Equals(tokens) => tokens.clone(),
        ArgumentValue::List(_) | ArgumentValue::Word => {
            errors.at(
                argument.name.span(),
                "`mode` needs a value; write `mode = agent`",
            );
            return None;
        }
    };
    let mut tokens = tokens.into_iter();
    let (token, rest) = (tokens.next(), tokens.next());
    let known = |name: &str| Mode::ALL.into_iter().find(|mode| mode.name() == name);
    match token {
        Some(TokenTree::Ident(name)) if rest.is_none() => {
            let text = name.unraw().to_string();
            let mode = known(&text);
            if mode.is_none() {
                let names = Mode::ALL.map(Mode::name);
                let message = format!("`{text}` is not a mode{}", or_list(&text, names));
                errors.at(name.span(), message);
            }
            mode
        }
        Some(token) => {
            let text = token.to_string().replace('"', "");
            let name = known(&text).unwrap_or(Mode::Agent).name();
            errors.at(
                token.span(),
                format!("a mode is a name; write `mode = {name}`"),
            );
            None
        }
        None => {
            let span = argument.name.span();
            errors.at(span, "`mode` needs a value; write `mode = agent`");
            None
        }
    }
}

/// The keys of `fallback(...)`; the rest are roles.
const FALLBACK: [&str; 7] = [
    "model",
    "provider",
    "instructions",
    "metric",
    "system",
    "user",
    "assistant",
];

fn fallback(name: &Ident, tokens: TokenStream, errors: &mut Errors) -> Fallback {
    let mut fallback = Fallback {
        span: name.span(),
        model: None,
        provider: None,
        metric: None,
        instructions: None,
        messages: Vec::new(),
    };
    for piece in split(tokens) {
        let Some(argument) = argument(&piece) else {
            let form = "a part of a fallback is a name and a string; write `model = \"gpt-4o\"`";
            errors.on(piece, form);
            continue;
        };
        let part = argument.name.unraw().to_string();
        if !FALLBACK.contains(&&*part) {
            let message = format!(
                "`{part}` is not a key of `fallback`{}",
                or_list(&part, FALLBACK)
            );
            errors.at(argument.name.span(), message);
            continue;
        }
        let Some(text) = argument.text("\"...\"", errors) else {
            continue;
        };
        let once: &mut Option<LitStr> = match &*part {
            "model" => &mut fallback.model,
            "provider" => &mut fallback.provider,
            "metric" => &mut fallback.metric,
            "instructions" => &mut fallback.instructions,
            _ => {
                fallback.messages.push((argument.name, text));
                continue;
            }
        };
        if once.is_some() {
            let message = format!("`{part}` is written twice; write it once");
            errors.at(argument.name.span(), message);
        }
        *once = Some(text);
    }
    fallback
}
