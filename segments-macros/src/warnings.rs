//! Warnings on stable Rust, where a macro can only emit errors: the use of a deprecated macro whose name
//! is the code of the warning and whose note is its message. Of all deprecated items, rustc prints only
//! macros without the path to their declaration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use segments_model::Code;

/// One warning.
pub(crate) fn warning(code: Code, span: Span, message: &str) -> TokenStream {
    let note = format!("{message}; `allow({})` silences this", lint_name(code));
    noted(code, span, &note)
}

/// One warning whose message says itself how to silence it.
pub(crate) fn noted(code: Code, span: Span, note: &str) -> TokenStream {
    let name = Ident::new(&lint_name(code), span);
    quote_spanned! {span=>
        const _: () = {
            #[deprecated(note = #note)]
            macro_rules! #name { () => {} }
            #name! {}
        };
    }
}

/// The name of a warning in `allow(...)`.
pub(crate) fn lint_name(code: Code) -> String {
    code.name().replace('-', "_")
}
