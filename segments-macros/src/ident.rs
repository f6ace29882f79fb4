//! Identifiers from names in files.

use proc_macro2::{Ident, Span};

/// An identifier as near to the name as Rust allows.
pub(crate) fn ident(name: &str) -> Ident {
    let parse = |text: &str| syn::parse_str::<Ident>(text).ok();
    let unnamed = || Ident::new("_unnamed", Span::call_site());
    if !name.contains(char::is_alphanumeric) {
        return unnamed();
    }
    parse(name)
        .or_else(|| parse(&format!("r#{name}")))
        .or_else(|| parse(&format!("{name}_")))
        .or_else(|| parse(&format!("_{name}")))
        .unwrap_or_else(unnamed)
}
