//! The place at which rustc reports errors about generated tokens.

use proc_macro2::{Span, TokenStream};

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
