//! Parses the call: the file, and the Rust types for its names.

use proc_macro2::{Span, TokenStream};
use segments_model::file::SegmentsFile;
use segments_model::or_list;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Path, Token};

use super::identifiers::constant_name;
use crate::errors::Errors;
use crate::meta::split;
use crate::runtime_path::RuntimePath;

/// The call as the user wrote it.
#[derive(Default)]
pub(super) struct Call {
    /// The file, from the folder of the package's manifest.
    pub(super) path: Option<LitStr>,
    pub(super) runtime: RuntimePath,
    bindings: Vec<Binding>,
}

/// `user = crate::User`: a type that exists already.
pub(super) struct Binding {
    /// A kind of context, or an external segment.
    name: String,
    span: Span,
    path: Path,
}

impl Parse for Binding {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (name, span) = if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            (literal.value(), literal.span())
        } else {
            let ident = Ident::parse_any(input)?;
            (ident.unraw().to_string(), ident.span())
        };
        input.parse::<Token![=]>()?;
        Ok(Self {
            name,
            span,
            path: input.parse()?,
        })
    }
}

/// Reads each argument on its own: a broken one is an error and left out.
pub(super) fn parse(input: TokenStream, errors: &mut Errors) -> Call {
    let mut call = Call::default();
    let mut pieces = split(input).into_iter();
    match pieces.next() {
        None => errors.at(
            Span::call_site(),
            "`include_segments!` needs a file; write `include_segments!(\"segments.toml\")`",
        ),
        Some(first) => {
            call.path = errors.take(syn::parse2::<LitStr>(first).map_err(|error| {
                let message = "the first argument is a file, named from the package's folder; write `\"segments.toml\"`";
                syn::Error::new(error.span(), message)
            }));
        }
    }
    for piece in pieces {
        let binding = syn::parse2::<Binding>(piece).map_err(|error| {
            let message = format!(
                "{error}; existing types follow after the file, as in `user = crate::User`"
            );
            syn::Error::new(error.span(), message)
        });
        let Some(binding) = errors.take(binding) else {
            continue;
        };
        if binding.name == "crate" {
            call.runtime = RuntimePath::given(binding.path, errors);
        } else if call.bound(&binding.name).is_some() {
            let message = format!("`{}` is written twice; write it once", binding.name);
            errors.at(binding.span, message);
        } else {
            call.bindings.push(binding);
        }
    }
    call
}

impl Call {
    /// The type that stands for a kind of context, or for an external segment.
    pub(super) fn bound(&self, name: &str) -> Option<&Path> {
        let mut bindings = self.bindings.iter();
        bindings
            .find(|binding| binding.name == name)
            .map(|binding| &binding.path)
    }

    /// The constant of an attribute. One that a bound struct lacks is an error where the struct is
    /// named.
    pub(super) fn constant(&self, kind: &str, attribute: &str) -> Ident {
        let mut constant = constant_name(attribute);
        let bound = self.bound(kind).and_then(|path| path.segments.last());
        if let Some(name) = bound {
            constant.set_span(name.ident.span());
        }
        constant
    }

    /// Every binding is for something in the file.
    pub(super) fn check_bindings(&self, file: &SegmentsFile, errors: &mut Errors) {
        let names = || {
            let kinds = file
                .contexts
                .keys()
                .map(segments_model::ContextKind::as_str);
            kinds.chain(file.external.iter().map(segments_model::SegmentKey::as_str))
        };
        for Binding { name, span, .. } in &self.bindings {
            if name != "user" && !names().any(|known| known == name) {
                let advice = or_list(name, names());
                let message = format!(
                    "`{name}` is neither a kind of context of the file nor one of its external segments{advice}"
                );
                errors.at(*span, message);
            }
        }
    }
}
