//! `environment("staging", ...)`: which environment, and what is written for it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use segments_model::EnvironmentKey;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Path};

use crate::errors::Errors;
use crate::meta::{self, source, split};

/// The content of the parentheses, before the base of the segment is known.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) environment: Environment,
    pub(crate) pieces: Vec<TokenStream>,
}

/// Which environment.
#[derive(Clone)]
pub(crate) enum Environment {
    /// By its key.
    Key(LitStr),
    /// As a variant of an enum, all of whose variants have to be named.
    Variant { of: Path, variant: Path },
}

const FORM: &str = "write `environment(\"staging\", rule(...))`, or a variant of an enum that derives `Environment`";

impl Environment {
    pub(crate) fn span(&self) -> Span {
        match self {
            Environment::Key(key) => key.span(),
            Environment::Variant { variant, .. } => variant
                .segments
                .last()
                .map_or_else(Span::call_site, |last| last.ident.span()),
        }
    }

    /// Its key, as an expression.
    pub(crate) fn key(&self, private: &impl ToTokens) -> TokenStream {
        match self {
            Environment::Key(key) => quote!(#private::EnvironmentKey::from_static(#key)),
            Environment::Variant { variant, .. } => quote_spanned! {self.span()=>
                #private::Environment::environment(&#variant)
            },
        }
    }

    /// Distinguishes environments by how they are written.
    pub(crate) fn text(&self) -> String {
        match self {
            Environment::Key(key) => key.value(),
            Environment::Variant { variant, .. } => source(variant),
        }
    }
}

/// Reads which environment it is; the rest waits until the whole segment is read.
pub(crate) fn block(span: Span, tokens: TokenStream, errors: &mut Errors) -> Option<Block> {
    let mut pieces = split(tokens).into_iter();
    let Some(first) = pieces.next() else {
        errors.at(span, format!("this is not an environment; {FORM}"));
        return None;
    };
    let expression = errors.take(meta::parse::<Expr>(first))?;
    let environment = match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(key), ..
        }) => {
            if let Err(error) = EnvironmentKey::parse(key.value()) {
                errors.at(key.span(), error);
                return None;
            }
            Environment::Key(key)
        }
        Expr::Path(path) if path.qself.is_none() && path.path.segments.len() > 1 => {
            let variant = path.path;
            let mut of = variant.clone();
            of.segments.pop();
            of.segments.pop_punct();
            Environment::Variant { of, variant }
        }
        other => {
            errors.at(
                other.span(),
                format!("the first argument is an environment; {FORM}"),
            );
            return None;
        }
    };
    Some(Block {
        environment,
        pieces: pieces.collect(),
    })
}

/// The blocks without those that contradict one before them.
pub(crate) fn distinct(blocks: Vec<Block>, errors: &mut Errors) -> Vec<Block> {
    let mut distinct: Vec<Block> = Vec::new();
    for block in blocks {
        match contradiction(&block.environment, &distinct) {
            Some(message) => errors.at(block.environment.span(), message),
            None => distinct.push(block),
        }
    }
    distinct
}

/// Returns whether these are all environments that there are: the variants of an enum are.
pub(crate) fn only<'a>(mut environments: impl Iterator<Item = &'a Environment>) -> bool {
    matches!(environments.next(), Some(Environment::Variant { .. }))
}

/// Makes the compiler see to it that no environment of an enum is forgotten.
pub(crate) fn total<'a>(environments: impl Iterator<Item = &'a Environment>) -> TokenStream {
    let variants = environments.filter_map(|environment| match environment {
        Environment::Key(_) => None,
        Environment::Variant { of, variant } => Some((environment.span(), (of, variant))),
    });
    let (spans, variants): (Vec<_>, Vec<_>) = variants.unzip();
    let (Some((of, _)), Some(span)) = (variants.first(), spans.first()) else {
        return TokenStream::new();
    };
    let environment = Ident::new("environment", *span);
    let variants = variants.iter().map(|(_, variant)| variant);
    quote! {
        const _: fn(#of) = |#environment| match #environment { #(#variants => {})* };
    }
}

/// Checks that environments are distinct, and named in one way.
fn contradiction(environment: &Environment, others: &[Block]) -> Option<String> {
    let text = environment.text();
    if others.iter().any(|other| other.environment.text() == text) {
        return Some(format!(
            "environment `{text}` is written twice; write it once"
        ));
    }
    match (environment, &others.first()?.environment) {
        (Environment::Key(_), Environment::Key(_)) => None,
        (Environment::Variant { of, .. }, Environment::Variant { of: other, .. }) => {
            let (of, other) = (source(of), source(other));
            (of != other).then(|| {
                format!(
                    "`{text}` is not a variant of `{other}`, the enum of the environments before it"
                )
            })
        }
        (_, other) => Some(format!(
            "`{}` is named differently; name all environments by their keys, or all by variants of one enum",
            other.text()
        )),
    }
}
