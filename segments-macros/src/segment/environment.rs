//! `environment("staging", ...)`: the differences of a segment or a targeting in one environment.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use segments_model::draft::Form;
use segments_model::{EnvironmentKey, Part};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Path};

use super::parse::{Written, arguments};
use crate::errors::Errors;
use crate::meta::{self, source, split};

/// The content of the parentheses, before the base of the segment is known.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) environment: Environment,
    pub(crate) pieces: Vec<TokenStream>,
}

/// A segment in one environment.
#[derive(Clone)]
pub(crate) struct InEnvironment {
    pub(crate) environment: Environment,
    /// All of the segment: what is written for this environment, and the rest as it is elsewhere.
    pub(crate) written: Written,
    /// Whether the rules are this environment's own.
    pub(crate) own_rules: bool,
    /// Whether the environment has its own audience.
    pub(crate) own_audience: bool,
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

/// Makes whole segments of the blocks of a segment that is read.
pub(crate) fn resolve(written: &mut Written, errors: &mut Errors) {
    let blocks = std::mem::take(&mut written.blocks);
    let resolved = distinct(blocks, errors).into_iter().map(|block| {
        let mut own = Written::default();
        arguments(block.pieces, true, &mut own, errors);
        let own_rules = !own.rules.is_empty();
        let own_audience = own_rules
            || own.no_rules
            || own.nobody.is_some()
            || own.included.is_some()
            || own.excluded.is_some()
            || own.unmanaged.is_some()
            || own.percent.is_some();
        own.inherit(written);
        let own_rules = own.take_percent(errors) || own_rules;
        InEnvironment {
            environment: block.environment,
            written: own,
            own_rules,
            own_audience,
        }
    });
    written.environments = resolved.collect();
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

impl Written {
    /// Gives the one rule that has a percentage that of this environment, if there is one here.
    fn take_percent(&mut self, errors: &mut Errors) -> bool {
        let Some((percent, span)) = self.percent else {
            return false;
        };
        let shared = self.rules.iter_mut().filter(|rule| rule.percent.is_some());
        match &mut shared.collect::<Vec<_>>()[..] {
            [rule] => rule.percent = Some((percent, span)),
            [] => errors.at(
                span,
                "no rule has a percentage; write the rules of this environment",
            ),
            several => errors.at(
                span,
                format!(
                    "{} rules have a percentage, but `percent` applies to one; write the rules of this environment",
                    several.len()
                ),
            ),
        }
        true
    }

    /// Takes what is not written for this environment from what is written for all.
    pub(crate) fn inherit(&mut self, all: &Written) {
        let listed = self.included.is_some() || self.excluded.is_some();
        let own_rules = !self.rules.is_empty() || self.no_rules;
        // Who declares a part here manages it here, and the other way round.
        let manages = |part: Part| !self.leaves(part);
        let (included, excluded) = (manages(Part::Included), manages(Part::Excluded));
        let (description, tags) = (manages(Part::Description), manages(Part::Tags));
        let rules = manages(Part::Rules);
        if self.unmanaged.is_none() {
            let own = |part| match part {
                Part::Description => self.description.is_some(),
                Part::Tags => self.tags.is_some(),
                Part::Included => self.included.is_some() || self.nobody.is_some(),
                Part::Excluded => self.excluded.is_some() || self.nobody.is_some(),
                Part::Rules => own_rules || self.nobody.is_some(),
            };
            let mut unmanaged = all.unmanaged.clone();
            if let Some(unmanaged) = &mut unmanaged {
                unmanaged
                    .names
                    .retain(|name| !Part::parse(Form::Rust, name).is_some_and(own));
            }
            self.unmanaged = unmanaged;
        }
        if self.nobody.is_none() {
            // Whoever says who is in it takes back that nobody is.
            if !listed && !own_rules {
                self.nobody = all.nobody;
            }
            if included && self.included.is_none() {
                self.included.clone_from(&all.included);
            }
            if excluded && self.excluded.is_none() {
                self.excluded.clone_from(&all.excluded);
            }
            if rules && !own_rules {
                self.rules.clone_from(&all.rules);
                self.no_rules = all.no_rules;
            }
        }
        self.name = self.name.take().or_else(|| all.name.clone());
        if description && self.description.is_none() {
            self.description.clone_from(&all.description);
        }
        if tags && self.tags.is_none() {
            self.tags.clone_from(&all.tags);
        }
        self.lifecycle.clone_from(&all.lifecycle);
        self.item.clone_from(&all.item);
        self.runtime = all.runtime.clone();
        self.key.clone_from(&all.key);
        self.big.clone_from(&all.big);
        self.allowed.clone_from(&all.allowed);
        self.incomplete |= all.incomplete;
    }
}
