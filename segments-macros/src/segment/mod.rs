//! `#[segment(...)]`: parse → check → expand.

pub(crate) mod check;
pub(crate) mod clause;
pub(crate) mod docs;
pub(crate) mod environment;
pub(crate) mod expand;
pub(crate) mod keys;
pub(crate) mod parse;
pub(crate) mod written;

use proc_macro2::TokenStream;
use quote::quote;

use crate::echo::echo;
use crate::errors::Errors;
use expand::Expansion;

/// Expands the attribute: the echo for editors, the user's item, what was made of it, then the
/// warnings and the errors.
#[allow(clippy::needless_pass_by_value, reason = "the shape of a macro")]
pub(crate) fn segment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let written = parse::parse(arguments.clone(), &item, &mut errors);
    let warnings = check::check(&written, &mut errors);

    let Expansion {
        item,
        nameless,
        tests,
    } = expand::expand(&written, &item);
    let echo = echo(&arguments, &written.runtime, &nameless);
    let errors = errors.into_tokens();
    quote! { #echo #item #tests #warnings #errors }
}

/// Expands a segment that was checked where it was written: a file, which has its own places for
/// what is wrong, and no cursor in it.
#[cfg(feature = "toml")]
pub(crate) fn expand_checked(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let written = parse::parse(arguments, item, &mut errors);
    let Expansion {
        item,
        nameless,
        tests,
    } = expand::expand(&written, item);
    let errors = errors.into_tokens();
    quote! { const _: () = { #nameless }; #item #tests #errors }
}
