//! The sink for errors: every phase adds errors and continues.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::by_type::ByType;
use crate::mistake::Mistake;
use crate::runtime_path::RuntimePath;

/// Errors, each at the token that is wrong.
#[derive(Default)]
pub(crate) struct Errors {
    said: Vec<syn::Error>,
    /// Those whose message depends on the type of an attribute.
    by_type: Vec<ByType>,
}

impl Errors {
    /// Adds an error at one token.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.said.push(syn::Error::new(span, message));
    }

    /// Adds an error at a node. Editors underline its first token, so the node is to be the
    /// smallest that tells.
    pub(crate) fn on(&mut self, node: impl ToTokens, message: impl std::fmt::Display) {
        self.said.push(syn::Error::new_spanned(node, message));
    }

    /// Adds the parser's own error.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.said.push(error);
    }

    /// Adds a clause that was meant in another way.
    pub(crate) fn mistake(&mut self, mistake: Mistake) {
        match mistake {
            Mistake::Said { error, .. } => self.push(error),
            Mistake::ByType(by_type) => self.by_type.push(*by_type),
        }
    }

    /// The value, or nothing and the error in the sink.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.said.len() + self.by_type.len()
    }

    /// The errors as tokens. They come last in an expansion: editors find the cursor by its offset
    /// from the start.
    pub(crate) fn into_tokens(self, runtime: &RuntimePath) -> TokenStream {
        let by_type = self.by_type.iter().filter(|_| !runtime.is_missing());
        let by_type = by_type.map(|by_type| by_type.tokens(runtime));
        let said = self.said.iter().map(syn::Error::to_compile_error);
        said.chain(by_type).collect()
    }
}
