//! Prints the item and the generated code. Cannot fail: broken parts were left out before.

mod definition;
mod examples;
mod membership;
mod range;

#[cfg(feature = "toml")]
pub(crate) use membership::prepares;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use segments_model::{SegmentKey, Side};
use syn::{ItemStruct, Path};

use super::clause::{Clause, Meaning};
use super::docs;
use super::environment_block::{Environment, total};
use super::written::{Rule, RuleInRust, Written};
use crate::meta::source;
use crate::runtime_path::RuntimePath;

/// The expansion of a segment.
#[derive(Default)]
pub(crate) struct Expansion {
    /// The item with its documentation.
    pub(crate) item: TokenStream,
    /// Implementations and questions: whatever nobody names.
    pub(crate) nameless: TokenStream,
    /// Additional checks for the compiler.
    pub(crate) checks: TokenStream,
    /// The entry in the registry.
    pub(crate) declaration: TokenStream,
    /// The examples, which the test harness does not find among what is nameless.
    pub(crate) tests: TokenStream,
}

/// The item with one more piece of documentation behind the user's own.
pub(crate) fn documented(item: &ItemStruct, docs: &TokenStream) -> TokenStream {
    let attributes = &item.attrs;
    let rest = without_attributes(item);
    quote! { #(#attributes)* #docs #rest }
}

/// The item for use in the output: its name means the user's type, but stands nowhere. With the place of
/// the user's own, editors would take every use in there for one of theirs, and show the documentation
/// twice.
pub(crate) fn hidden(item: &ItemStruct) -> ItemStruct {
    let mut hidden = without_attributes(item);
    let place = Span::call_site().resolved_at(item.ident.span());
    hidden.ident.set_span(place);
    hidden
}

fn without_attributes(item: &ItemStruct) -> ItemStruct {
    ItemStruct {
        attrs: Vec::new(),
        vis: item.vis.clone(),
        struct_token: item.struct_token,
        ident: item.ident.clone(),
        generics: item.generics.clone(),
        fields: item.fields.clone(),
        semi_token: item.semi_token,
    }
}

/// Prints everything.
pub(super) fn expand(written: &Written, tokens: &TokenStream) -> Expansion {
    let Some(item) = &written.item else {
        return Expansion {
            item: tokens.clone(),
            ..Expansion::default()
        };
    };
    let docs = docs::table(written);
    let hidden = hidden(item);
    let output = Output::everywhere(written, &hidden);
    let questions = if written.source.draft.big.is_some() {
        output.refusal()
    } else {
        output.standard()
    };
    let total = total(written.environments.iter().map(|there| &there.environment));
    let (segment, walk) = (output.segment(), output.walk());
    let ident = &hidden.ident;
    Expansion {
        item: documented(item, &docs),
        nameless: quote! { #segment #questions #walk #total },
        checks: output.value_checks(),
        declaration: quote!(<#ident as __segments::Segment>::declare),
        tests: output.examples(),
    }
}

impl Expansion {
    /// The unnamed items of several segments, with their entry in the registry: one for all, because each
    /// takes compile time. Empty if there are none.
    pub(super) fn nameless<'a>(
        runtime: &RuntimePath,
        all: impl Iterator<Item = &'a Self> + Clone,
    ) -> TokenStream {
        let all = all.filter(|one| !one.declaration.is_empty());
        let declare: Vec<_> = all.clone().map(|one| &one.declaration).collect();
        let declare = match &declare[..] {
            [] => return TokenStream::new(),
            [one] => one.to_token_stream(),
            several => quote!(|all| __segments::declare(all, &[#(#several),*])),
        };
        let nameless = all.clone().map(|one| &one.nameless);
        let checks = all.map(|one| &one.checks);
        let private = runtime.private();
        quote! {
            // One import instead of the whole path at every name: each token costs the compiler.
            use #private as __segments;
            #(#nameless)*
            __segments::inventory::submit! {
                #(#checks)*
                __segments::Declarations(#declare)
            }
        }
    }
}

/// Everything that the parts of the output share.
pub(crate) struct Output<'a> {
    written: &'a Written,
    item: &'a syn::ItemStruct,
    /// The key, valid even when the one that was written is not.
    key: &'a str,
    /// The runtime's hidden module. One word, for it stands everywhere: to insert tokens costs more.
    private: Ident,
    /// The contexts that the segment looks at, in the order in which they are written; each once.
    pub(crate) contexts: Vec<&'a Path>,
    /// The segments that it asks; each once.
    pub(crate) segments: Vec<&'a Path>,
    /// The rules that could be read, and whose clauses all have values.
    pub(crate) rules: Vec<Rule<'a>>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(written: &'a Written, item: &'a syn::ItemStruct) -> Self {
        Self::of_rules(written, item, written.rules())
    }

    /// Of rules that somebody else declares.
    pub(crate) fn of_rules(
        written: &'a Written,
        item: &'a syn::ItemStruct,
        rules: impl Iterator<Item = Rule<'a>>,
    ) -> Self {
        let rules = rules.filter(|rule| rule.rust.is_printed());
        let rules: Vec<Rule<'a>> = rules.collect();
        let (mut contexts, mut segments) = (Vec::new(), Vec::new());
        for side in [Side::Included, Side::Excluded] {
            for (_, context) in written.lists(side) {
                add(&mut contexts, context);
            }
        }
        for rule in &rules {
            for clause in &rule.rust.clauses {
                match &clause.meaning {
                    Meaning::Comparison { context, .. } => add(&mut contexts, context),
                    Meaning::MemberOf {
                        segments: asked, ..
                    } => {
                        for segment in asked {
                            add(&mut segments, segment);
                        }
                    }
                    Meaning::HasKind {
                        contexts: kinds, ..
                    } => {
                        for kind in kinds {
                            add(&mut contexts, kind);
                        }
                    }
                }
            }
            if let Some(by) = &rule.rust.by {
                add(&mut contexts, &by.context);
            }
        }
        let key = &written.source.draft.key;
        let is_valid = SegmentKey::parse(key.clone()).is_ok();
        Self {
            written,
            item,
            key: if is_valid { key } else { "invalid" },
            private: Ident::new("__segments", Span::call_site()),
            contexts,
            segments,
            rules,
        }
    }

    /// The same for all environments together: with what is looked at in any of them.
    fn everywhere(written: &'a Written, item: &'a syn::ItemStruct) -> Self {
        let mut output = Self::new(written, item);
        for (_, there) in output.environments() {
            for context in there.contexts {
                add(&mut output.contexts, context);
            }
            for segment in there.segments {
                add(&mut output.segments, segment);
            }
        }
        output
    }

    /// The environments in which somebody else is in it.
    fn environments(&self) -> Vec<(&'a Environment, Output<'a>)> {
        let environments = self.written.environments.iter();
        environments
            .filter(|there| there.own_audience)
            .map(|there| (&there.environment, Self::new(&there.written, self.item)))
            .collect()
    }
}

impl RuleInRust {
    /// Returns whether it could be read, and all of its clauses have values.
    pub(crate) fn is_printed(&self) -> bool {
        !self.broken && self.clauses.iter().all(Clause::has_values)
    }

    /// The context whose key is split when a percentage rule does not say by what: the first that
    /// the rule looks at. The parser refuses rules that look at none.
    pub(crate) fn splits(&self) -> Option<&Path> {
        self.clauses
            .iter()
            .find_map(|clause| match &clause.meaning {
                Meaning::Comparison { context, .. } => Some(context),
                Meaning::MemberOf { .. } | Meaning::HasKind { .. } => None,
            })
    }
}

pub(crate) fn add<'a>(paths: &mut Vec<&'a Path>, path: &'a Path) {
    if position(paths, path).is_none() {
        paths.push(path);
    }
}

/// The position of a path among others, compared as written.
fn position(paths: &[&Path], path: &Path) -> Option<usize> {
    paths.iter().position(|other| same(other, path))
}

fn same(left: &Path, right: &Path) -> bool {
    let plain = |path: &Path| {
        path.segments
            .iter()
            .all(|segment| segment.arguments.is_none())
    };
    if !plain(left) || !plain(right) {
        return source(left) == source(right);
    }
    left.leading_colon.is_some() == right.leading_colon.is_some()
        && left.segments.len() == right.segments.len()
        && left
            .segments
            .iter()
            .zip(&right.segments)
            .all(|(left, right)| left.ident == right.ident)
}

pub(crate) fn first_span(path: &Path) -> Span {
    path.segments
        .first()
        .map_or_else(Span::call_site, |segment| segment.ident.span())
}

pub(crate) fn option(private: &impl ToTokens, value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(#private::Some(#value)),
        None => quote!(#private::None),
    }
}
