//! `#[segment(...)]`: parse → check → expand.

pub(crate) mod check;
pub(crate) mod clause;
pub(crate) mod docs;
mod environment;
pub(crate) mod environment_block;
pub(crate) mod expand;
pub(crate) mod keys;
pub(crate) mod parse;
mod relations;
pub(crate) mod report;
pub(crate) mod written;

use proc_macro2::TokenStream;
use quote::quote;

use crate::echo::echo;
use crate::errors::Errors;
#[cfg(feature = "toml")]
use crate::runtime_path::RuntimePath;
use expand::Expansion;
use written::Written;

/// Expands the attribute: the echo for editors, the user's item, what was made of it, then the
/// warnings and the errors.
#[allow(clippy::needless_pass_by_value, reason = "the shape of a macro")]
pub(crate) fn segment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let written = read(arguments.clone(), &item, &mut errors);
    let warnings = check::check(&written, &mut errors);

    let mut expansion = expand::expand(&written, &item);
    if written.runtime.is_missing() {
        let item = expansion.item;
        expansion = Expansion {
            item,
            ..Expansion::default()
        };
    }
    let nameless = Expansion::nameless(&written.runtime, std::iter::once(&expansion));
    let echo = echo(&arguments, &written.runtime, &nameless);
    let Expansion { item, tests, .. } = expansion;
    let errors = errors.into_tokens(&written.runtime);
    quote! { #echo #item #tests #warnings #errors }
}

/// Reads the attribute: the segment, and what it is in each environment.
pub(crate) fn read(arguments: TokenStream, item: &TokenStream, errors: &mut Errors) -> Written {
    let mut written = parse::parse(arguments, item, errors);
    environment::resolve(&mut written, errors);
    written
}

/// `#[derive(Segment)]`, which many try first.
pub(crate) fn not_derived() -> TokenStream {
    let message = "a segment is an attribute; write `#[segment(rule(...))]` for this derive";
    syn::Error::new(proc_macro2::Span::call_site(), message).to_compile_error()
}

/// Expands segments that were checked where they were written: a file, which has its own places for
/// what is wrong, and no cursor in it. `table` is what was made of those that are data.
#[cfg(feature = "toml")]
pub(crate) fn expand_checked(
    runtime: &RuntimePath,
    table: Expansion,
    segments: &[Written],
) -> TokenStream {
    let expansions = segments.iter();
    let expansions = expansions.map(|written| expand::expand(written, &TokenStream::new()));
    let expansions: Vec<Expansion> = std::iter::once(table).chain(expansions).collect();
    let nameless = Expansion::nameless(runtime, expansions.iter());
    let items = expansions.iter().map(|expansion| &expansion.item);
    let tests = expansions.iter().map(|expansion| &expansion.tests);
    quote! { const _: () = { #nameless }; #(#items)* #(#tests)* }
}
