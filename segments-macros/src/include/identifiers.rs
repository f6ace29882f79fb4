//! Rust names for the names in a file: `eu-power.users` is `EuPowerUsers`, `accountAge` is `account_age`.

use proc_macro2::Ident;
use quote::format_ident;
use segments_model::{VariationKey, rust_name};

use crate::ident::ident;

/// The name of a type: each word with a capital letter.
pub(super) fn type_name(key: &str) -> Ident {
    ident(&rust_name::of_type(key))
}

/// The name of a field: words in lower case, with underscores.
pub(super) fn field_name(attribute: &str) -> Ident {
    ident(&rust_name::of_field(attribute))
}

/// The name of the constant that [`derive(Context)`](macro@crate::Context) makes of a field.
pub(super) fn constant_name(attribute: &str) -> Ident {
    use syn::ext::IdentExt;
    ident(&field_name(attribute).unraw().to_string().to_uppercase())
}

/// The name of the method that sets an attribute of a context: that of the field, unless the constant
/// has it, as in scripts without capital letters.
pub(super) fn setter_name(attribute: &str) -> Ident {
    let field = field_name(attribute);
    if field == constant_name(attribute) {
        format_ident!("with_{field}")
    } else {
        field
    }
}

/// The name of an object inside a context.
pub(super) fn object_name(owner: &Ident, attribute: &str) -> Ident {
    ident(&format!("{owner}{}", type_name(attribute)))
}

/// The name of a variation, of which [`ai_config`](macro@crate::ai_config) makes a variant.
pub(super) fn variation_name(key: &VariationKey) -> Ident {
    field_name(key.as_str())
}
