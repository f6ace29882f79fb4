//! Prints the item, the enum of its variations, and the generated code. Cannot fail: broken parts were
//! left out before.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use segments_model::targeting::{DraftServe, DraftSplit};
use segments_model::{ResourceKind, SegmentKey};
use syn::Path;
use syn::ext::IdentExt;

use super::ai;
use super::docs;
use super::written::{Variation, Written};
use crate::case::Case;
use crate::ident::ident;
use crate::meta::source;
use crate::segment::clause::Meaning;
use crate::segment::environment_block::{only, total};
use crate::segment::expand::{Output, add, documented, first_span, hidden, option};
use crate::segment::written::{By, Rule};

/// The expansion of a targeting.
#[derive(Default)]
pub(super) struct Expansion {
    /// The item with its documentation, and the enum.
    pub(super) item: TokenStream,
    /// Implementations and the entry in the registry: whatever nobody names.
    pub(super) nameless: TokenStream,
}

/// Prints everything.
pub(super) fn expand(written: &Written, tokens: &TokenStream) -> Expansion {
    let Some(item) = &written.conditions.item else {
        return Expansion {
            item: tokens.clone(),
            ..Expansion::default()
        };
    };
    let documented = documented(item, &docs::table(written));
    let hidden = hidden(item);
    let targeting = Targeting::new(written, &hidden);
    let enumeration = targeting.enumeration();
    let private = written.conditions.runtime.private();
    let (variations, declared, questions) = (
        targeting.variations(),
        targeting.declared(),
        targeting.questions(),
    );
    let ai = (written.kind() == ResourceKind::AiConfig).then(|| targeting.ai());
    let (types, ai) = ai.map_or_else(Default::default, |ai| (ai.types, ai.nameless));
    Expansion {
        item: quote! { #documented #enumeration #types },
        nameless: quote! { use #private as __segments; #variations #declared #questions #ai },
    }
}

struct Targeting<'a> {
    written: &'a Written,
    item: &'a syn::ItemStruct,
    /// Prints the conditions.
    output: Output<'a>,
}

impl<'a> Targeting<'a> {
    fn new(written: &'a Written, item: &'a syn::ItemStruct) -> Self {
        Self {
            written,
            item,
            output: Output::of_rules(
                &written.conditions,
                item,
                written.rules().map(|(rule, _, _)| rule),
            ),
        }
    }

    /// The name of the enum.
    fn name(&self) -> Ident {
        let ident = &self.item.ident;
        format_ident!("{}Variation", ident.unraw(), span = ident.span())
    }

    /// The key, valid even when the one that was written is not.
    fn key(&self) -> String {
        let key = self.written.source.draft.key.clone();
        match SegmentKey::parse(key.clone()) {
            Ok(_) => key,
            Err(_) => "invalid".to_owned(),
        }
    }

    fn enumeration(&self) -> TokenStream {
        let (name, visibility) = (self.name(), &self.item.vis);
        let docs = format!(
            "What {} `{}` may serve.",
            self.written.kind().what(),
            self.key()
        );
        let variants = self.written.variations.iter().map(|variation| {
            let (variant, docs) = (
                variant(variation),
                format!("Variation `{}`.", variation.key),
            );
            quote!(#[doc = #docs] #variant)
        });
        quote! {
            #[doc = #docs]
            #[derive(
                ::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug,
                ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::hash::Hash,
            )]
            #[allow(dead_code, reason = "not everybody asks which one")]
            #visibility enum #name { #(#variants,)* }
        }
    }

    fn variations(&self) -> TokenStream {
        let name = self.name();
        let variants: Vec<_> = self.written.variations.iter().map(variant).collect();
        let declared = self.written.variations.iter();
        let names = declared.clone().map(|it| it.name.unraw().to_string());
        let keys = declared.map(|variation| &variation.key);
        let body = if variants.is_empty() {
            quote!(match self {})
        } else {
            quote! {
                __segments::VariationKey::from_static(match self { #(Self::#variants => #keys,)* })
            }
        };
        quote! {
            impl __segments::Variation for #name {
                const ALL: &'static [Self] = &[#(Self::#variants),*];
                const NAMES: &'static [&'static __segments::core::primitive::str] = &[#(#names),*];
                fn key(self) -> __segments::VariationKey { #body }
            }
            impl __segments::core::fmt::Display for #name {
                fn fmt(
                    &self,
                    f: &mut __segments::core::fmt::Formatter<'_>,
                ) -> __segments::core::fmt::Result {
                    __segments::core::fmt::Display::fmt(&__segments::Variation::key(*self), f)
                }
            }
        }
    }

    fn declared(&self) -> TokenStream {
        let (ident, name, key) = (&self.item.ident, self.name(), self.key());
        let resource = match self.written.kind() {
            ResourceKind::AiConfig => quote!(AiConfig(__segments::AiConfigKey::from_static(#key))),
            ResourceKind::Flag => quote!(Flag(__segments::FlagKey::from_static(#key))),
        };
        let keys = self
            .written
            .variations
            .iter()
            .map(|variation| &variation.key);
        let written = self.written.environments.iter();
        let environments: Vec<_> = written
            .map(|there| (there, Targeting::new(&there.written, self.item)))
            .collect();
        let served = self.served();
        let served_there = environments.iter().map(|(there, targeting)| {
            let (key, served) = (
                there.environment.key(&quote!(__segments)),
                targeting.served(),
            );
            quote!((#key, #served))
        });
        let mut asked = self.output.segments.clone();
        let own_rules = environments.iter().filter(|(there, _)| there.own_rules);
        let everywhere = std::iter::once(self).chain(own_rules.map(|(_, targeting)| targeting));
        let mut checks = Vec::new();
        for targeting in everywhere {
            for segment in &targeting.output.segments {
                add(&mut asked, segment);
            }
            let clauses = targeting
                .rules()
                .flat_map(|(rule, _, _)| &rule.rust.clauses);
            checks.extend(clauses.map(|clause| self.output.text_checks(clause)));
        }
        let definitions = if asked.is_empty() {
            quote!(_)
        } else {
            quote!(definitions)
        };
        let asked = asked.into_iter().map(|segment| {
            quote_spanned!(first_span(segment)=> <#segment as __segments::Segment>::collect)
        });
        let named = || environments.iter().map(|(there, _)| &there.environment);
        let (total, only) = (total(named()), only(named()));
        // What is only read is nothing that a sync makes so.
        let submit = (!self.written.only_reads()).then(|| {
            quote! {
                __segments::inventory::submit! {
                    #(#checks)*
                    __segments::TargetingDeclaration(<#ident as __segments::Targeted>::declared)
                }
            }
        });
        let runs_on = self.runs_on();
        quote! {
            impl __segments::Targeted for #ident {
                type Variation = #name;
                #runs_on
                fn declared() -> __segments::Registered<__segments::Targeting> {
                    __segments::here::<Self, _>(__segments::targeting(
                        __segments::Resource::#resource,
                        [#(#keys),*],
                        #served,
                        [#(#served_there),*],
                        #only,
                    ))
                }
                fn collect(#definitions: &mut __segments::Vec<__segments::Definition>) {
                    #(#asked(definitions);)*
                }
            }
            #total
            #submit
        }
    }

    /// The rules that an experiment can name: those that ask for one segment and nothing else, and the
    /// fallthrough.
    fn runs_on(&self) -> TokenStream {
        let mut segments: Vec<&Path> = Vec::new();
        for (rule, _, _) in self.rules() {
            if let [clause] = &rule.rust.clauses[..]
                && let Meaning::MemberOf {
                    segments: asked,
                    negate: false,
                } = &clause.meaning
                && let [only] = &asked[..]
            {
                add(&mut segments, only);
            }
        }
        let keys = segments.into_iter().map(
            |segment| quote_spanned!(first_span(segment)=> <#segment as __segments::Segment>::KEY),
        );
        let fallthrough = self.written.source.draft.fallthrough.is_some();
        quote! {
            const RULES: &'static [__segments::SegmentKey] =
                &[#(#keys),*];
            const FALLTHROUGH: __segments::core::primitive::bool = #fallthrough;
        }
    }

    /// The targeting in all environments except those with a different one, or in one of these.
    fn served(&self) -> TokenStream {
        let private = quote!(__segments);
        let draft = &self.written.source.draft;
        let listed = self.targets().map(|(variation, context, keys)| {
            let kind =
                quote_spanned!(first_span(context)=> <#context as __segments::Context>::KIND);
            let variation = self.key_of(variation);
            quote!(__segments::target(#variation, #kind, &[#(#keys),*]))
        });
        let managed = draft.targets.is_some();
        let targets = managed.then(|| quote!(__segments::list([#(#listed),*])));
        let targets = option(&private, targets);
        let rules = self.rules().map(|(rule, serve, by)| {
            let condition = self.output.rule(rule);
            let serve = self.serve(serve, by, rule.rust.splits());
            quote!(__segments::targeting_rule(#condition, #serve))
        });
        let managed = draft.rules.is_some();
        let rules = managed.then(|| quote!(__segments::targeting_rules([#(#rules),*])));
        let rules = option(&private, rules);
        let by = self.written.fallthrough.as_ref();
        let fallthrough = self.fallthrough().map(|serve| self.serve(serve, by, None));
        let fallthrough = option(&private, fallthrough);
        let others = if draft.at_least {
            quote!(Keep)
        } else {
            quote!(Remove)
        };
        quote! {
            __segments::TargetingInEnvironment {
                targets: #targets,
                rules: #rules,
                fallthrough: #fallthrough,
                others: __segments::Unlisted::#others,
            }
        }
    }

    /// The rules that could be read, with what they serve.
    fn rules(&self) -> impl Iterator<Item = (Rule<'a>, &'a DraftServe, Option<&'a By>)> {
        self.written.rules().filter_map(|(rule, serve, by)| {
            let serve = serve.filter(|serve| self.knows(serve))?;
            rule.rust.is_printed().then_some((rule, serve, by))
        })
    }

    /// The targets that serve a declared variation: the variation, the context, and the keys.
    fn targets(&self) -> impl Iterator<Item = (&'a str, &'a Path, &'a [String])> {
        let targets = self.written.source.draft.targets.iter().flatten();
        let targets = targets.zip(&self.written.targets);
        targets.filter_map(|(target, context)| {
            let variation = target.variation.as_deref()?;
            self.variation(variation)?;
            Some((variation, context, &target.keys[..]))
        })
    }

    fn fallthrough(&self) -> Option<&'a DraftServe> {
        let fallthrough = self.written.source.draft.fallthrough.as_ref();
        fallthrough.filter(|serve| self.knows(serve))
    }

    /// Returns whether everything that is served is declared.
    fn knows(&self, serve: &DraftServe) -> bool {
        match serve {
            DraftServe::Variation(name) => self.variation(name).is_some(),
            DraftServe::Split(split) => {
                let mut names = split.shares.iter().map(|(name, _)| name);
                names.all(|name| self.variation(name).is_some())
            }
        }
    }

    fn variation(&self, name: &str) -> Option<&'a Variation> {
        let mut variations = self.written.variations.iter();
        variations.find(|variation| variation.name.unraw() == name)
    }

    fn key_of(&self, name: &str) -> Option<&'a str> {
        Some(&self.variation(name)?.key)
    }

    /// The variation or split; a split uses the key of the context that the rule tests.
    fn serve(&self, serve: &DraftServe, by: Option<&By>, looked_at: Option<&Path>) -> TokenStream {
        match serve {
            DraftServe::Variation(name) => {
                let variation = self.key_of(name);
                quote!(__segments::serve(#variation))
            }
            DraftServe::Split(DraftSplit { shares, .. }) => {
                let shares = shares.iter().map(|(name, percent)| {
                    let variation = self.key_of(name);
                    quote!((#variation, #percent))
                });
                let shares = quote!([#(#shares),*]);
                match (by, looked_at) {
                    (Some(By { attribute, context }), _) => {
                        quote!(__segments::split_by::<#context, _, _>(#shares, &#attribute))
                    }
                    (None, Some(context)) => {
                        quote!(__segments::split(#shares, <#context as __segments::Context>::KIND))
                    }
                    (None, None) => {
                        quote!(__segments::split(#shares, __segments::ContextKind::USER))
                    }
                }
            }
        }
    }

    /// The contexts that rules, targets and splits look at.
    fn contexts(&self) -> Vec<&'a Path> {
        let mut contexts = self.output.contexts.clone();
        for context in &self.written.targets {
            add(&mut contexts, context);
        }
        let splits = self.written.splits.iter().flatten();
        for by in splits.chain(&self.written.fallthrough) {
            add(&mut contexts, &by.context);
        }
        contexts
    }

    /// The types of its variations.
    fn ai(&self) -> ai::Expansion {
        let variations = self.written.variations.iter();
        let around = ai::Surroundings {
            item: self.item,
            runtime: &self.written.conditions.runtime,
            key: self.key(),
            enumeration: self.name(),
            variations: variations.map(|it| (variant(it), it.key.clone())).collect(),
        };
        ai::expand(&self.written.ai, &around)
    }

    /// The targeting, evaluated by code that is as good as handwritten. Anything that depends on more
    /// than the arguments, or on an environment with different targeting, is left to the interpreter.
    fn decide(&self, of_segments: &[Ident]) -> TokenStream {
        let (name, key) = (self.name(), self.key());
        let segments = &self.output.segments;
        let served = |variation: &str, reason: TokenStream| {
            let variant = self.variation(variation).map(variant);
            quote!(__segments::Some(__segments::served(#name::#variant, #reason)))
        };
        let answer = |serve: &DraftServe, reason: TokenStream| match serve {
            DraftServe::Variation(variation) => served(variation, reason),
            DraftServe::Split(_) => quote!(__segments::None),
        };
        let targets = self.targets().map(|(variation, context, keys)| {
            let reason = quote!(__segments::EvaluationReason::TargetMatch { kind: kind() });
            let answer = served(variation, reason);
            let listed = quote_spanned! {first_span(context)=>
                __segments::RuleVisitor::listed::<#context, _>
            };
            quote! {
                {
                    static KEYS: __segments::KeySet = __segments::KeySet::new(&[#(#keys),*]);
                    if let __segments::Some(kind) = #listed(contexts, __segments::List::Included, &KEYS) {
                        return #answer;
                    }
                }
            }
        });
        let member_of = |asked: &[Path], negate: bool| {
            let mut asked = asked.iter().map(|segment| {
                let at = segments.iter().position(|it| source(it) == source(segment));
                let at = at.map(|index| &of_segments[index]);
                quote! {
                    __segments::verdict(
                        <#segment as __segments::Decide<__Contexts, #at>>::decide(contexts, salts)
                    )
                }
            });
            let (first, others) = (asked.next(), asked);
            let not = negate.then(|| quote!(!));
            quote!((#not #first #(.or(|| #others))*))
        };
        let mut caches = 0;
        let rules: Vec<TokenStream> = self
            .rules()
            .enumerate()
            .map(|(index, (rule, serve, _))| {
                let index = Literal::usize_unsuffixed(index);
                let reason = quote!(__segments::EvaluationReason::RuleMatch { index: #index });
                let answer = answer(serve, reason);
                let conditions = self.output.conditions(rule.rust, &mut caches, &member_of);
                quote! {
                    match __segments::Verdict::Yes #(.and(|| __segments::verdict(#conditions)))* {
                        __segments::Verdict::Yes => return #answer,
                        __segments::Verdict::No => {}
                        __segments::Verdict::Unknown(_) => return __segments::None,
                    }
                }
            })
            .collect();
        let caches = (caches > 0).then(|| {
            let caches = Literal::usize_unsuffixed(caches);
            quote!(static CACHES: __segments::Caches<#caches> = __segments::Caches::new();)
        });
        let fallthrough = match self.fallthrough() {
            Some(serve) => answer(serve, quote!(__segments::EvaluationReason::Fallthrough)),
            None => quote!(__segments::None),
        };
        let own: Vec<TokenStream> = self
            .written
            .environments
            .iter()
            .map(|there| there.environment.key(&quote!(__segments)))
            .collect();
        let own = (!own.is_empty()).then(|| {
            quote! {
                let environment = __segments::environment_of(salts, #key);
                if #(environment == __segments::Some(&#own))||* {
                    return __segments::None;
                }
            }
        });
        quote! { #own #(#targets)* #caches #(#rules)* #fallthrough }
    }

    fn questions(&self) -> TokenStream {
        let (ident, name, visibility, key) =
            (&self.item.ident, self.name(), &self.item.vis, self.key());
        let (contexts, segments) = (self.contexts(), &self.output.segments);
        let places: Vec<Ident> = (0..contexts.len() + segments.len())
            .map(|n| format_ident!("__At{n}"))
            .collect();
        let (of_contexts, of_segments) = places.split_at(contexts.len());
        let decide = self.decide(of_segments);
        let of_call = if contexts.is_empty() && segments.is_empty() {
            quote!(_)
        } else {
            quote!(contexts)
        };
        let salts = if segments.is_empty() && self.written.environments.is_empty() {
            quote!(_)
        } else {
            quote!(salts)
        };
        let key_type = match self.written.kind() {
            ResourceKind::AiConfig => quote!(AiConfigKey),
            ResourceKind::Flag => quote!(FlagKey),
        };
        quote! {
            static PREPARED: __segments::Prepared = __segments::Prepared::new::<#ident>();
            impl<__Contexts, #(#places),*> __segments::CanEvaluate<__Contexts, (#(#places,)*)> for #ident
            where
                #(__Contexts: __segments::HasContextOfTargeting<#contexts, #of_contexts>,)*
                #(#segments: __segments::Decide<__Contexts, #of_segments>,)*
            {
                #[inline]
                fn decide(
                    #of_call: &__Contexts,
                    #salts: &__segments::Salts,
                ) -> __segments::Option<__segments::Evaluation<#name>> {
                    #decide
                }
            }
            #[allow(dead_code, reason = "nobody asks every question")]
            impl #ident {
                /// The key in LaunchDarkly.
                #visibility const KEY: __segments::#key_type = __segments::#key_type::from_static(#key);
                /// Which variation the contexts are served, and why: decided here, without a network.
                #visibility fn variation<__Contexts, __At>(
                    contexts: __Contexts,
                ) -> __segments::Evaluation<#name>
                where Self: __segments::CanEvaluate<__Contexts, __At>, __Contexts: __segments::Contexts
                {
                    __segments::evaluate::<Self, __Contexts, __At>(&PREPARED, &contexts)
                }
                /// Which variation the contexts are served in an environment, and why.
                #visibility fn variation_in<__Contexts, __At>(
                    environment: impl __segments::Environment,
                    contexts: __Contexts,
                ) -> __segments::Evaluation<#name>
                where Self: __segments::CanEvaluate<__Contexts, __At>, __Contexts: __segments::Contexts
                {
                    __segments::evaluate_in::<Self, __Contexts, __At>(&PREPARED, &environment, &contexts)
                }
                /// The same, given the salts that decide about splits and percentages.
                #visibility fn variation_with<__Contexts, __At>(
                    contexts: __Contexts,
                    salts: &__segments::Salts,
                ) -> __segments::Evaluation<#name>
                where Self: __segments::CanEvaluate<__Contexts, __At>, __Contexts: __segments::Contexts
                {
                    __segments::evaluate_with::<Self, __Contexts>(&PREPARED, &contexts, salts)
                }
                /// How the answer comes about: each rule and clause, with what was seen and compared.
                #visibility fn explain<__Contexts, __At>(
                    contexts: __Contexts,
                ) -> __segments::TargetingExplanation
                where Self: __segments::CanEvaluate<__Contexts, __At>, __Contexts: __segments::Contexts
                {
                    __segments::explain_targeting::<__Contexts>(&PREPARED, &contexts)
                }
                /// The same, given the salts that decide about splits and percentages.
                #visibility fn explain_with<__Contexts, __At>(
                    contexts: __Contexts,
                    salts: &__segments::Salts,
                ) -> __segments::TargetingExplanation
                where Self: __segments::CanEvaluate<__Contexts, __At>, __Contexts: __segments::Contexts
                {
                    __segments::explain_targeting_with::<__Contexts>(&PREPARED, &contexts, salts)
                }
            }
        }
    }
}

fn variant(variation: &Variation) -> Ident {
    variant_name(&variation.name)
}

/// The variant that stands for a variation of this name.
pub(crate) fn variant_name(name: &Ident) -> Ident {
    let mut variant = ident(&Case::Pascal.apply(&name.unraw().to_string()));
    variant.set_span(name.span());
    variant
}
