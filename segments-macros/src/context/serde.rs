//! `serde` attributes beside the derive: a field that has another name for `serde` may be sent under that
//! name.

use proc_macro2::{TokenStream, TokenTree};
use segments_model::Code;
use syn::{Attribute, Field, Meta};

use crate::warnings::noted;

/// The words of `serde` that change what is sent, with what says the same here.
const WORDS: [(&str, &str); 4] = [
    ("rename", "name = \"...\""),
    ("rename_all", "rename_all = \"...\""),
    ("skip", "skip"),
    ("flatten", "skip"),
];

/// Warns of a struct whose fields `serde` renames.
pub(super) fn renaming(attributes: &[Attribute], own: &str, warnings: &mut TokenStream) {
    warn(attributes, own, "rename_all", warnings);
}

/// Warns about a field that `serde` renames or skips, unless an argument for the derive shows that it is
/// on purpose.
pub(super) fn field(field: &Field, own: &str, warnings: &mut TokenStream) {
    if field
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident(own))
    {
        return;
    }
    for word in ["rename", "skip", "flatten"] {
        warn(&field.attrs, own, word, warnings);
    }
}

fn warn(attributes: &[Attribute], own: &str, word: &str, warnings: &mut TokenStream) {
    let serde = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    let words = serde.filter_map(|attribute| match &attribute.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        _ => None,
    });
    let found = words
        .flatten()
        .find(|token| matches!(token, TokenTree::Ident(ident) if ident == word));
    let (Some(found), Some((_, instead))) = (found, WORDS.iter().find(|(known, _)| *known == word))
    else {
        return;
    };
    let note = format!(
        "`serde({word})` changes only the output of `serde`, not the name in LaunchDarkly; write `#[{own}({instead})]` as well"
    );
    warnings.extend(noted(Code::SERDE_IGNORED, found.span(), &note));
}
