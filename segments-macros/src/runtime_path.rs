//! The path to `segments_runtime` in the output.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::LitStr;

use crate::errors::Errors;
use crate::meta::{self, Argument, ArgumentValue};

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
    /// Reads the value of `crate = path`.
    pub(crate) fn read(argument: &Argument, errors: &mut Errors) -> Self {
        if let ArgumentValue::Equals(tokens) = &argument.value
            && let Ok(text) = syn::parse2::<LitStr>(tokens.clone())
        {
            let path = text.value();
            errors.on(
                &text,
                format!("the path is not a string; write `crate = {path}`"),
            );
            return Self::refused();
        }
        match argument.value("::path::to::segments_runtime", errors) {
            Some(path) => Self::given(path, errors),
            None => Self::refused(),
        }
    }

    /// Takes a path, which has to mean the same in every module.
    pub(crate) fn given(path: syn::Path, errors: &mut Errors) -> Self {
        let first = path.segments.first().map(|first| first.ident.to_string());
        let rooted = path.leading_colon.is_some()
            || first.is_none_or(|first| first == "crate" || first == "$crate");
        if rooted {
            return Self::Given(path);
        }
        let text = meta::source(&path);
        errors.on(
            &path,
            format!(
                "this path has a different meaning in each module; write `::{text}` or `crate::{text}`"
            ),
        );
        Self::refused()
    }

    /// Stands for a refused path, so that its error is the only one.
    fn refused() -> Self {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
        let manifest = std::fs::read_to_string(Path::new(&folder).join("Cargo.toml"));
        let manifest = manifest.unwrap_or_default();
        let mut lines = manifest.lines().map(str::trim_start);
        let named = |line: &str| {
            line.starts_with("segments-runtime")
                || line.starts_with("[dependencies.segments-runtime")
                || line.starts_with("[dev-dependencies.segments-runtime")
        };
        if lines.any(named) {
            Self::Default
        } else {
            Self::Missing
        }
    }

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
