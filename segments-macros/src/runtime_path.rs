//! The path to `segments_runtime` in the output.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

/// The hidden module with what the output needs. Nobody else gets used to it, for each version that may change
/// it has another.
const PRIVATE: &str = "__private_0_1";

/// The path of the runtime crate: `::segments_runtime`, or what `crate = path` says.
#[derive(Clone, Default)]
pub(crate) enum RuntimePath {
    #[default]
    Default,
    Given(syn::Path),
    /// The written path is refused, and the crate has no dependency of the usual name. Any path to the
    /// runtime would cause another error.
    Missing,
}

impl RuntimePath {
    /// Returns whether nothing that names the runtime can be printed.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// The hidden module with what the output needs.
    pub(crate) fn private(&self) -> TokenStream {
        let private = format_ident!("{}", PRIVATE);
        quote!(#self::#private)
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Given(path) => path.to_tokens(tokens),
            Self::Default | Self::Missing => quote!(::segments_runtime).to_tokens(tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hidden_module_has_the_version_in_its_name() {
        let (major, minor) = (
            env!("CARGO_PKG_VERSION_MAJOR"),
            env!("CARGO_PKG_VERSION_MINOR"),
        );
        assert_eq!(super::PRIVATE, format!("__private_{major}_{minor}"));
    }
}
