//! Where the output finds `segments_runtime`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The path of the runtime crate: `::segments_runtime`, or what `crate = path` says.
#[derive(Clone, Default)]
pub(crate) struct RuntimePath(Option<syn::Path>);

impl RuntimePath {
    /// Takes the value of `crate = path`.
    pub(crate) fn parse(path: syn::Path) -> syn::Result<Self> {
        let relative = path.leading_colon.is_none()
            && path
                .segments
                .first()
                .is_none_or(|first| first.ident != "crate");
        if relative {
            let text = path.to_token_stream().to_string().replace(' ', "");
            return Err(syn::Error::new_spanned(
                &path,
                format!(
                    "this path means something else in every module; write `::{text}` or `crate::{text}`"
                ),
            ));
        }
        Ok(Self(Some(path)))
    }

    /// The hidden module with what the output needs.
    pub(crate) fn private(&self) -> TokenStream {
        quote!(#self::__private)
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match &self.0 {
            Some(path) => path.to_tokens(tokens),
            None => quote!(::segments_runtime).to_tokens(tokens),
        }
    }
}
