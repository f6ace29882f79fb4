//! `#[derive(Context)]` and `#[derive(Attributes)]`: a struct whose fields are attributes.

mod expand;
pub(crate) mod make;
mod parse;
mod serde;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;

/// Expands `#[derive(Context)]`.
pub(crate) fn derive_context(input: TokenStream) -> TokenStream {
    derive(input, parse::Role::Context, expand::context)
}

/// Expands `#[derive(Attributes)]`.
pub(crate) fn derive_attributes(input: TokenStream) -> TokenStream {
    derive(input, parse::Role::Attributes, expand::attributes)
}

fn derive(
    input: TokenStream,
    role: parse::Role,
    expand: fn(&parse::Struct) -> TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = errors
        .take(syn::parse2::<DeriveInput>(input))
        .and_then(|input| parse::parse(&input, role, &mut errors))
        .filter(|parsed| !parsed.runtime.is_missing());
    let output = parsed.as_ref().map(expand);
    let warnings = parsed.map(|parsed| parsed.warnings);
    let errors = errors.into_tokens(&crate::runtime_path::RuntimePath::default());
    quote! { #output #warnings #errors }
}
