//! The first thing in every expansion of `#[segment]`, `#[ai_config]` and `#[flag_targeting]`: the
//! user's own argument tokens.
//!
//! rust-analyzer expands the text and a copy with a marker at the cursor, and finds the cursor by its
//! offset from the start of the expansion. So the tokens come first, in the same form, whether or not
//! they parse. rustc never sees them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::runtime_path::RuntimePath;

/// The echo of the argument tokens, in one constant with what else has no name: each constant costs
/// the compiler a body to check.
pub(crate) fn echo(
    arguments: &TokenStream,
    runtime: &RuntimePath,
    nameless: &TokenStream,
) -> TokenStream {
    echo_as(&quote!(ide), arguments, runtime, nameless)
}

/// The same, read by another macro of the runtime.
pub(crate) fn echo_as(
    reader: &TokenStream,
    arguments: &TokenStream,
    runtime: &RuntimePath,
    nameless: &TokenStream,
) -> TokenStream {
    let private = runtime.private();
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            #private::#reader! { #arguments }
            #nameless
        };
    }
}
