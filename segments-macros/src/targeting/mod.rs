//! `#[ai_config(...)]` and `#[flag_targeting(...)]`: parse → check → expand. Their rules have the clauses
//! of `#[segment]`, whose code parses, checks and prints them here, too.

mod ai;
mod check;
mod docs;
mod expand;
pub(crate) mod keys;
mod parse;
mod serve;
pub(crate) mod written;

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::ResourceKind;

#[cfg(feature = "toml")]
pub(crate) use self::expand::variant_name;
use crate::echo::echo_as;
use crate::errors::Errors;

/// Expands the attribute: the echo for editors, the user's item and the enum of its variations, then
/// the warnings and the errors.
#[allow(clippy::needless_pass_by_value, reason = "the shape of a macro")]
pub(crate) fn targeting(
    kind: ResourceKind,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let written = parse::parse(kind, arguments.clone(), &item, &mut errors);
    let warnings = check::check(&written, &mut errors);
    let mut expansion = expand::expand(&written, &item);
    if written.conditions.runtime.is_missing() {
        expansion.nameless = TokenStream::new();
    }
    let echo = echo_as(
        &quote!(ide_targeting),
        &arguments,
        &written.conditions.runtime,
        &expansion.nameless,
    );
    let errors = errors.into_tokens(&written.conditions.runtime);
    let item = expansion.item;
    quote! { #echo #item #warnings #errors }
}

/// Expands a targeting that was checked where it was written: a file.
#[cfg(feature = "toml")]
pub(crate) fn expand_checked(written: &written::Written) -> TokenStream {
    let expand::Expansion { item, nameless } = expand::expand(written, &TokenStream::new());
    quote! { const _: () = { #nameless }; #item }
}
