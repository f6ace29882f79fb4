//! The keys of all attributes as documented items, for editors.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use segments_model::{Code, Severity};

use crate::key::Key;
use crate::segment::keys::{LIST, RULE, SEGMENT};
use crate::targeting::keys::TARGETING;
use crate::warnings::lint_name;

/// The keys as documented items, for editors: `rule` as a function, because parentheses follow it,
/// `name` as a constant, because none do.
pub(crate) fn items() -> TokenStream {
    let (segment, rule, targeting) = (table(SEGMENT), table(RULE), table(TARGETING));
    let words = LIST.iter().map(|key| {
        let (name, docs) = (ident(key.name), docs(key));
        // Among types, because that is what it stands among.
        quote! { #[doc = #docs] pub struct #name; }
    });
    let warnings = Code::ALL
        .iter()
        .filter(|code| code.severity() == Severity::Warning)
        .map(|code| {
            let (name, meaning) = (ident(&lint_name(*code)), code.meaning());
            quote! { #[doc = #meaning] pub const #name: () = (); }
        });
    quote! {
        /// The keys of `#[segment(...)]`.
        pub mod segment { #segment }
        /// The keys of `#[ai_config(...)]` and `#[flag_targeting(...)]`.
        pub mod targeting { #targeting }
        /// The keys of `rule(...)`.
        pub mod rule { #rule }
        /// The words of `include(...)` and `exclude(...)`.
        pub mod list { #(#words)* }
        /// The warnings that `allow(...)` silences.
        pub mod allow {
            #(#warnings)*
            #[doc(hidden)]
            pub const nothing: () = ();
        }
    }
}

fn table(keys: &[Key]) -> TokenStream {
    // `crate` is no name that an item can have.
    let items = keys.iter().filter(|key| key.name != "crate").map(|key| {
        let (name, docs) = (ident(key.name), docs(key));
        if key.form[key.name.len()..].starts_with('(') {
            quote! { #[doc = #docs] pub fn #name<T>(_: T) {} }
        } else {
            quote! { #[doc = #docs] pub const #name: () = (); }
        }
    });
    quote! {
        #(#items)*
        #[doc(hidden)]
        pub const nothing: () = ();
    }
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn docs(key: &Key) -> String {
    format!("{}\n\n```text\n{}\n```", key.meaning, key.form)
}
