//! The place at which rustc reports errors about generated tokens.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;

/// Tokens that keep what they name and stand at another place. A path out of `quote_spanned!` would keep the
/// place of what is interpolated, and the compiler would underline everything from there on.
pub(crate) fn spanned(tokens: TokenStream, place: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        })
        .collect()
}

/// The span of the first token, which is what editors underline.
pub(crate) fn first_span(tokens: &(impl ToTokens + Spanned)) -> Span {
    let first = tokens.to_token_stream().into_iter().next();
    first.map_or_else(|| tokens.span(), |token| token.span())
}
