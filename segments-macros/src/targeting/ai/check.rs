//! Checks combinations: types that can be read, variables that may be named, and a fallback that fits the
//! mode.

use proc_macro2::Span;
use segments_model::or_list;
use segments_model::template::placeholders;
use syn::ext::IdentExt;
use syn::{LitStr, Type};

use super::{Ai, Fallback, Field, Mode};
use crate::errors::Errors;
use crate::meta::source;

/// The variable that every prompt gets.
const CONTEXT: &str = "ldctx";

/// The variables that the SDKs pass to a judge.
const JUDGED: [&str; 2] = ["message_history", "response_to_evaluate"];

/// Adds errors to the sink.
pub(in crate::targeting) fn check(ai: &Ai, errors: &mut Errors) {
    let values = ai.parameters.iter().chain(&ai.custom).flatten();
    for field in values {
        if let Type::Reference(reference) = &field.of {
            let owned = match source(&reference.elem).as_str() {
                "str" => "String".to_owned(),
                other => other.to_owned(),
            };
            errors.on(
                &field.of,
                format!(
                    "`{}` borrows from the served value, which does not live long enough; write `{owned}`",
                    field.name
                ),
            );
        }
    }
    for field in ai.variables.iter().flatten() {
        let name = &field.key;
        let message = if name == CONTEXT {
            format!("`{name}` is reserved for the contexts; rename the variable")
        } else if ai.mode == Mode::Judge && JUDGED.contains(&&**name) {
            format!("`{name}` is reserved for judges; rename the variable")
        } else {
            continue;
        };
        errors.at(field.name.span(), message);
    }
    if let Some(fallback) = &ai.fallback {
        self::fallback(ai, fallback, errors);
    }
}

fn fallback(ai: &Ai, fallback: &Fallback, errors: &mut Errors) {
    let what = ai.mode.what();
    if fallback.model.is_none() {
        errors.at(
            fallback.span,
            "the fallback names no model; write `model = \"...\"`, or remove `fallback`",
        );
    }
    match (ai.mode, &fallback.instructions, fallback.messages.first()) {
        (Mode::Agent, _, Some((role, _))) => errors.at(
            role.span(),
            format!("{what} has instructions and no messages; write `instructions = \"...\"`"),
        ),
        (Mode::Completion | Mode::Judge, Some(text), _) => errors.at(
            text.span(),
            format!("{what} has messages and no instructions; write `system = \"...\"`"),
        ),
        _ => {}
    }
    match (ai.mode, &fallback.metric) {
        (Mode::Judge, None) => errors.at(
            fallback.span,
            "the fallback of a judge names no metric; write `metric = \"...\"`",
        ),
        (Mode::Completion | Mode::Agent, Some(metric)) => errors.at(
            metric.span(),
            format!("{what} has no metric; leave `metric` out, or write `mode = judge`"),
        ),
        _ => {}
    }
    let undecided = ai.parameters.iter().chain(&ai.custom).flatten();
    for field in undecided.filter(|it| it.default.is_none() && optional(&it.of).is_none()) {
        let (name, of) = (&field.name, source(&field.of));
        errors.at(
            name.span(),
            format!(
                "`{name}` has no value in the fallback; give it a default, as in `{name}: {of} = ...`, or make it an `Option`"
            ),
        );
    }
    let messages = fallback.messages.iter().map(|(_, text)| text);
    for text in messages.chain(&fallback.instructions) {
        template(ai, text, errors);
    }
}

/// A text of a fallback is known here, so it is read here.
fn template(ai: &Ai, text: &LitStr, errors: &mut Errors) {
    let span: Span = text.span();
    let asked = match placeholders(&text.value()) {
        Ok(asked) => asked,
        Err(error) => {
            errors.at(span, error);
            return;
        }
    };
    let known: Vec<&str> = ai.variables.iter().flatten().map(|it| &*it.key).collect();
    for name in asked {
        let first = name.split('.').next().unwrap_or_default();
        let reserved = ai.mode == Mode::Judge && JUDGED.contains(&first);
        if first == CONTEXT || reserved || known.contains(&first) {
            continue;
        }
        let advice = if known.is_empty() {
            format!("; write `variables({first}: &str)`")
        } else {
            or_list(first, known.iter().copied())
        };
        errors.at(span, format!("no variable is named `{first}`{advice}"));
    }
}

/// The type inside an `Option`.
pub(super) fn optional(of: &Type) -> Option<&Type> {
    let Type::Path(path) = of else { return None };
    let last = path.path.segments.last()?;
    if last.ident.unraw() != "Option" {
        return None;
    }
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(of) => Some(of),
            _ => None,
        },
        _ => None,
    }
}

impl Field {
    /// The type that is read where nothing has to be there.
    pub(super) fn optional(&self) -> Option<&Type> {
        optional(&self.of)
    }
}
