//! `#[derive(Metric)]` and `#[experiment(...)]`: parse → check → expand. Both fill a draft of the model,
//! whose checks are shared with files, and remember the place of each part.

mod experiment;
mod metric;

#[cfg(feature = "toml")]
use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
#[cfg(feature = "toml")]
use segments_model::Tag;
use segments_model::source::Places;
use segments_model::{Code, Findings, Place, Severity, or_list};
use syn::ext::IdentExt;
use syn::{Attribute, LitStr, Path};

use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{self, Argument, argument};
use crate::runtime_path::RuntimePath;

pub(crate) use experiment::experiment;
#[cfg(feature = "toml")]
pub(crate) use experiment::{Named, of_file as experiment_of_file};
pub(crate) use metric::derive_metric;
#[cfg(feature = "toml")]
pub(crate) use metric::of_file as metric_of_file;

/// Says what the checks found, each at its token. What rustc alone knows is left to it.
fn report(places: &Places<Span>, findings: &Findings, errors: &mut Errors) {
    for finding in findings {
        let is_error = finding.code.severity() == Severity::Error;
        if is_error && finding.code != Code::DRAFT_INCOMPLETE {
            errors.at(*places.find(finding.place), &finding.message);
        }
    }
}

/// The arguments that metrics and experiments share.
#[derive(Default)]
struct About {
    key: Option<String>,
    name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
    runtime: RuntimePath,
}

impl About {
    /// The declaration in a file.
    #[cfg(feature = "toml")]
    fn of_file(
        name: &str,
        description: Option<&String>,
        tags: Option<&BTreeSet<Tag>>,
        runtime: &RuntimePath,
    ) -> Self {
        Self {
            key: None,
            name: Some(name.to_owned()),
            description: description.cloned(),
            tags: tags.map(|tags| tags.iter().map(ToString::to_string).collect()),
            runtime: runtime.clone(),
        }
    }

    /// Reads a key that both have; false if it is another.
    fn read(
        &mut self,
        key: &Key,
        argument: &Argument,
        places: &mut Places<Span>,
        errors: &mut Errors,
    ) -> bool {
        let span = argument.name.span();
        match key.name {
            "key" => self.key = text("key", argument, "\"checkout-total\"", places, errors),
            "name" => self.name = text("name", argument, "\"Checkout total\"", places, errors),
            "tags" => {
                let meta::ArgumentValue::Equals(tokens) = &argument.value else {
                    errors.at(span, format!("`tags` needs a value; write `{}`", key.form));
                    return true;
                };
                let tags = meta::bracketed(tokens.clone(), key.form, errors);
                let tags = tags.unwrap_or_default();
                for (at, tag) in tags.iter().enumerate() {
                    places.add(Place::Part { key: "tags", at }, tag.span());
                }
                self.tags = Some(tags.iter().map(LitStr::value).collect());
            }
            "crate" => self.runtime = RuntimePath::read(argument, errors),
            _ => return false,
        }
        true
    }

    /// The description, the name and the tags as tokens of the model's values.
    fn tokens(&self, name: &str) -> TokenStream {
        let description = match &self.description {
            Some(text) => quote!(__segments::Some(__segments::std::string::String::from(#text))),
            None => quote!(__segments::None),
        };
        let tags = match &self.tags {
            Some(tags) => quote!(__segments::Some(__segments::tags([#(#tags),*]))),
            None => quote!(__segments::None),
        };
        quote! {
            name: __segments::std::string::String::from(#name),
            description: #description,
            tags: #tags,
        }
    }
}

/// Finds the key of each argument in the table, and reads it. An unknown key is an error.
fn each(
    pieces: Vec<TokenStream>,
    attribute: &str,
    known: &'static [Key],
    errors: &mut Errors,
    mut read: impl FnMut(&'static Key, &Argument, &mut Errors),
) {
    let mut seen: Vec<String> = Vec::new();
    for piece in pieces {
        let Some(argument) = argument(&piece) else {
            let example = known[known.len() / 2].form;
            errors.on(
                &piece,
                format!("this is not an argument of `{attribute}`; write one such as `{example}`"),
            );
            continue;
        };
        let name = argument.name.unraw().to_string();
        match known.iter().find(|key| key.name == name) {
            None => {
                let advice = or_list(&name, known.iter().map(|key| key.name));
                let message = format!("`{name}` is not a key of `{attribute}`{advice}");
                errors.at(argument.name.span(), message);
            }
            Some(_) if seen.contains(&name) => {
                let message = format!("`{name}` is written twice; write it once");
                errors.at(argument.name.span(), message);
            }
            Some(key) => {
                seen.push(name);
                read(key, &argument, errors);
            }
        }
    }
}

/// A text, with its place.
fn text(
    key: &'static str,
    argument: &Argument,
    example: &str,
    places: &mut Places<Span>,
    errors: &mut Errors,
) -> Option<String> {
    let text = argument.text(example, errors)?;
    places.add(Place::part(key), text.span());
    Some(text.value())
}

/// A word, with its place.
fn word(
    key: &'static str,
    argument: &Argument,
    example: &str,
    places: &mut Places<Span>,
    errors: &mut Errors,
) -> Option<Ident> {
    // A text in quotes is what a file has.
    if let meta::ArgumentValue::Equals(tokens) = &argument.value
        && let Ok(text) = syn::parse2::<LitStr>(tokens.clone())
    {
        let message = format!("`{key}` is a word; write `{key} = {}`", text.value());
        errors.at(text.span(), message);
        return None;
    }
    let word: Ident = argument.value(example, errors)?;
    places.add(Place::part(key), word.span());
    Some(word)
}

/// A type, with its place.
fn path(
    key: &'static str,
    argument: &Argument,
    example: &str,
    places: &mut Places<Span>,
    errors: &mut Errors,
) -> Option<Path> {
    let path: Path = argument.value(example, errors)?;
    let first = path.segments.first().map(|first| first.ident.span());
    places.add(
        Place::part(key),
        first.unwrap_or_else(|| argument.name.span()),
    );
    Some(path)
}

/// The documentation as a description.
fn description(attributes: &[Attribute]) -> Option<String> {
    let lines = meta::documentation(attributes);
    let text = lines.join(" ");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
