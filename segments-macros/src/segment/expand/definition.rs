//! The definition of a segment, and its references.

use std::collections::HashMap;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use segments_model::draft::DraftTargets;
use segments_model::{Draft, Part, Tag, Value, date, version};
use syn::Path;

use super::{Output, first_span, option};
use crate::meta::path;
use crate::place::spanned;
use crate::segment::clause::{Clause, Meaning};
use crate::segment::environment_block::only;
use crate::segment::written::Rule;

/// The number of errors to report for texts of one kind: more than anybody reads, and few in a list of
/// thousands.
const MOST_TOLD: usize = 16;

impl Output<'_> {
    /// The key and the definition. The tokens stand here and not in a macro of the runtime, so that
    /// rustc names the place of the segment when it speaks of the implementation.
    pub(super) fn segment(&self) -> TokenStream {
        let Self { item, private, .. } = self;
        let (ident, key) = (&item.ident, self.key);
        let (name, description, tags) = self.described();
        let (managed, decided) = (self.managed(), self.decided());
        let (listing, looks_at) = (self.listing(), self.looks_at());
        let (references, declared) = (self.references(), self.declared());
        let allowed = &self.written.source.allow;
        let allowing = (!allowed.is_empty()).then(|| {
            let names = allowed.iter().map(|code| code.name());
            quote!(.allowing(&[#(#names),*]))
        });
        let leaving = self.left().map(|parts| quote!(.leaving(#parts)));
        let lifecycle = self.lifecycle();
        quote! {
            impl #private::Segment for #ident {
                const ABOUT: #private::About =
                    #private::About::new(#key, #name, #description, #tags, #managed)
                        #allowing #leaving #lifecycle;
                type Decided = #decided;
                type Listing = #listing;
                #references
                #declared
            }
            #looks_at
        }
    }

    /// What may happen to the segment, if something is said about it.
    fn lifecycle(&self) -> Option<TokenStream> {
        let private = &self.private;
        let lifecycle = &self.written.source.draft.lifecycle;
        let keys = lifecycle.iter().map(|(key, text)| {
            let key = format_ident!("{}", format!("{key:?}"));
            let text = option(private, text);
            quote!((#private::LifecycleKey::#key, #text))
        });
        let keys: Vec<_> = keys.collect();
        (!keys.is_empty()).then(|| quote!(.lifecycle(&[#(#keys),*])))
    }

    /// A big segment answers no question, and the compiler says why.
    pub(super) fn refusal(&self) -> TokenStream {
        let Self { item, private, .. } = self;
        let (ident, visibility, key) = (&item.ident, &item.vis, self.key);
        quote! {
            #[allow(dead_code, reason = "nobody can ask")]
            impl #ident {
                /// The key of this segment in LaunchDarkly.
                #visibility const KEY: #private::SegmentKey = #private::SegmentKey::from_static(#key);
                #[doc(hidden)]
                #visibility fn contains<__Contexts>(_: __Contexts) -> #private::bool
                where Self: #private::HasLocalMembers<__Contexts>
                {
                    #private::core::unreachable!("no big segment is listed")
                }
            }
        }
    }

    /// The additional items of a segment that references others.
    fn references(&self) -> Option<TokenStream> {
        let Self {
            private, segments, ..
        } = self;
        segments.first()?;
        Some(quote! {
            fn collect(definitions: &mut #private::Vec<#private::Definition>) {
                definitions.push(Self::definition());
                #(<#segments as #private::Segment>::collect(definitions);)*
            }
        })
    }

    /// The references of a segment as a static, and constants that walk them. A constant of a trait could not name the
    /// static: rustc would evaluate all of a cycle for it, and say so in its own words.
    pub(super) fn walk(&self) -> Option<TokenStream> {
        let Self {
            private,
            item,
            segments,
            ..
        } = self;
        segments.first()?;
        let (ident, key) = (&item.ident, self.key);
        let name = quote::format_ident!("__{}References", item.ident, span = Span::call_site());
        let to = segments
            .iter()
            .map(|segment| quote_spanned!(first_span(segment)=> <#segment>::__REFERENCES.get()));
        let each = segments.iter().enumerate().map(|(reference, segment)| {
            let last = segment.segments.last();
            let place = last.map_or_else(|| first_span(segment), |last| last.ident.span());
            let refuse = spanned(quote!(#private::refuse_cycle), place);
            let reference = Literal::usize_unsuffixed(reference);
            quote_spanned!(place=> const _: () = #refuse(#name.get(), #reference);)
        });
        Some(quote! {
            const _: () = {
                use #private::WithoutReferences as _;
                #[derive(Clone, Copy)]
                pub struct #name;
                impl #name {
                    pub const fn get(self) -> &'static #private::References {
                        static REFERENCES: #private::References = #private::References::new(
                            #private::core::concat!(#private::core::module_path!(), "/", #key),
                            #key,
                            &[#(#to),*],
                        );
                        &REFERENCES
                    }
                }
                #[allow(private_interfaces, reason = "only the compiler asks")]
                impl #ident {
                    #[doc(hidden)]
                    pub const __REFERENCES: #name = #name;
                }
                #(#each)*
            };
        })
    }

    /// The checks that need the type of an attribute, everywhere and in single environments: of texts that
    /// look like versions, and of numbers that not every type holds.
    pub(super) fn value_checks(&self) -> TokenStream {
        let environments = &self.written.environments;
        let own_rules = environments.iter().filter(|there| there.own_rules);
        let rules = own_rules.flat_map(|there| Output::new(&there.written, self.item).rules);
        let rules = rules.chain(self.rules.iter().copied());
        let clauses = rules.flat_map(|rule| &rule.rust.clauses);
        clauses
            .flat_map(|clause| {
                [
                    self.text_checks(clause),
                    self.key_check(clause).unwrap_or_default(),
                    self.range_checks(clause),
                ]
            })
            .collect()
    }

    /// The definition where it differs in single environments. Who is in it there is read from where
    /// that is decided, as everywhere.
    fn declared(&self) -> Option<TokenStream> {
        let Self {
            written,
            item,
            private,
            ..
        } = self;
        if written.environments.is_empty() {
            return None;
        }
        let environments = written.environments.iter().map(|there| {
            let key = there.environment.key(private);
            let there = Output::new(&there.written, item);
            let ((name, description, tags), managed) = (there.described(), there.managed());
            let mut whole =
                quote!(#private::there::<Self>(#key, #name, #description, #tags, #managed));
            if let Some(parts) = there.left() {
                whole = quote!(#private::leaving(#whole, #parts));
            }
            if there.written.source.draft.absent {
                whole = quote!(#private::absent(#whole));
            }
            whole
        });
        let only = only(written.environments.iter().map(|there| &there.environment));
        Some(quote! {
            fn declared() -> #private::Registered<#private::Definition> {
                #private::in_environments(#private::everywhere::<Self>(), [#(#environments),*], #only)
            }
        })
    }

    /// Where it is decided who is in it.
    fn decided(&self) -> TokenStream {
        let Self {
            private,
            contexts,
            segments,
            ..
        } = self;
        if self.written.source.draft.big.is_some() {
            return match &self.written.big_of {
                Some(of) => quote!(#private::Elsewhere<#of>),
                // Said already: a big segment names its kind.
                None => quote!(#private::Refused),
            };
        }
        let places = contexts
            .iter()
            .chain(segments)
            .map(|_| quote!(#private::SingleContext));
        let places = quote!((#(#places,)*));
        if self.has_share() {
            return quote!(#private::Here<#places, #private::Salt>);
        }
        if segments.is_empty() {
            return quote!(#private::Here<#places>);
        }
        let asked = self.pairs(segments);
        quote!(#private::Here<#places, #asked>)
    }

    /// The contexts that it looks at, of which its lists take keys.
    fn looks_at(&self) -> TokenStream {
        let Self {
            private,
            item,
            contexts,
            written,
            ..
        } = self;
        let ident = &item.ident;
        let kinds: Vec<&Path> = contexts.iter().copied().chain(&written.big_of).collect();
        if kinds.is_empty() {
            return quote!(impl<__Kind> #private::LooksAt<__Kind, 0> for #ident {});
        }
        let places = (0..kinds.len()).map(Literal::usize_unsuffixed);
        quote!(#(impl #private::LooksAt<#kinds, #places> for #ident {})*)
    }

    /// The lists that a program may change while it runs.
    fn listing(&self) -> TokenStream {
        let Self {
            private, written, ..
        } = self;
        let is_declared = |list: fn(&Draft) -> &Option<DraftTargets>| {
            let there = written.environments.iter().map(|there| &there.written);
            let mut everywhere = there.chain([*written]);
            everywhere.all(|written| match list(&written.source.draft) {
                Some(targets) => !targets.at_least,
                None => written.source.draft.nobody,
            })
        };
        let who = |is_declared| {
            if is_declared {
                quote!(Declared)
            } else {
                quote!(Open)
            }
        };
        match [
            is_declared(|draft| &draft.included),
            is_declared(|draft| &draft.excluded),
        ] {
            // As of nearly every segment.
            [false, false] => quote!(#private::Listing),
            lists => {
                let [included, excluded] = lists.map(who);
                quote!(#private::Listing<#private::#included, #private::#excluded>)
            }
        }
    }

    /// Returns whether it has a percentage rule, in whatever environment.
    pub(super) fn has_share(&self) -> bool {
        let environments = self.environments();
        let there = environments.iter().flat_map(|(_, there)| &there.rules);
        let mut rules = self.rules.iter().chain(there);
        rules.any(|rule| rule.draft.percent.is_some())
    }

    /// Segments as pairs of pairs: rustc follows nested types to a certain depth only.
    fn pairs(&self, segments: &[&Path]) -> TokenStream {
        let private = &self.private;
        if let [one] = segments {
            return quote!(#private::One<#one>);
        }
        let (left, right) = segments.split_at(segments.len() / 2);
        let (left, right) = (self.pairs(left), self.pairs(right));
        quote!((#left, #right))
    }

    /// The managed parts of the audience.
    fn managed(&self) -> TokenStream {
        let Self {
            written, private, ..
        } = self;
        let draft = &written.source.draft;
        let lists = [&draft.included, &draft.excluded].map(Option::as_ref);
        let has_rules = draft.rules.as_ref().is_some_and(|rules| !rules.is_empty());
        if lists.iter().all(Option::is_none) && !draft.nobody && has_rules {
            // As of nearly every segment.
            return quote!(#private::Managed::RULES);
        }
        let how = |targets: Option<&DraftTargets>| match targets {
            Some(targets) if targets.at_least => quote!(#private::Some(#private::Targets::AtLeast)),
            None if !draft.nobody => quote!(#private::None),
            _ => quote!(#private::Some(#private::Targets::Exactly)),
        };
        let [included, excluded] = lists.map(how);
        let rules = draft.rules.is_some() || draft.nobody;
        quote! {
            #private::Managed { included: #included, excluded: #excluded, rules: #rules }
        }
    }

    /// The parts for people: name, description, tags.
    fn described(&self) -> (String, TokenStream, TokenStream) {
        let Self {
            written, private, ..
        } = self;
        let draft = &written.source.draft;
        let description = option(private, draft.description.as_ref());
        let tags = draft.tags.as_ref().map(|tags| {
            let valid = tags.iter().filter(|tag| Tag::parse(tag.as_str()).is_ok());
            quote!(&[#(#valid),*])
        });
        (draft.name.clone(), description, option(private, tags))
    }

    /// The parts that are left to people, if there are any.
    fn left(&self) -> Option<TokenStream> {
        let private = &self.private;
        let parts = Part::ALL.into_iter();
        let parts = parts.filter(|part| self.written.leaves(*part));
        let names: Vec<_> = parts
            .map(|part| format_ident!("{}", format!("{part:?}")))
            .collect();
        (!names.is_empty()).then(|| quote!(&[#(#private::Part::#names),*]))
    }

    pub(crate) fn rule(&self, Rule { draft, rust }: Rule<'_>) -> TokenStream {
        let Self { private, .. } = self;
        let description = option(private, draft.description.as_ref());
        let clauses = rust.clauses.iter().map(|clause| match &clause.meaning {
            Meaning::Comparison { .. } => {
                let expression = &clause.expression;
                quote_spanned!(clause.span=> #private::Condition::in_both_names(&(#expression)))
            }
            Meaning::MemberOf { segments, negate } => {
                let keys = segments.iter().map(|segment| {
                    quote_spanned!(first_span(segment)=> <#segment as #private::Segment>::KEY)
                });
                quote!(#private::member_of([#(#keys),*], #negate))
            }
            Meaning::HasKind { contexts, negate } => {
                let kinds = contexts.iter().map(|context| {
                    quote_spanned!(first_span(context)=> <#context as #private::Context>::KIND)
                });
                quote!(#private::kind_is([#(#kinds),*], #negate))
            }
        });
        let rollout = draft.percent.map(|percent| {
            if let Some(by) = &rust.by {
                let (attribute, context) = (&by.attribute, &by.context);
                return quote!(#private::rollout_by::<#context, _>(#percent, &#attribute));
            }
            let kind = match rust.splits() {
                Some(context) => quote!(<#context as #private::Context>::KIND),
                None => quote!(#private::ContextKind::USER),
            };
            quote!(#private::rollout(#percent, #kind))
        });
        let rollout = option(private, rollout);
        quote!(#private::rule(#description, #private::list([#(#clauses),*]), #rollout))
    }

    /// `is` fits every type, and only the compiler knows the attribute's; so it is asked whether the attribute takes a
    /// text, or this one. Of texts that are alike, those after the first few say nothing new.
    pub(crate) fn text_checks(&self, clause: &Clause) -> TokenStream {
        let private = &self.private;
        let (Meaning::Comparison { values, .. }, Some(attribute), false) =
            (&clause.meaning, &clause.constant, clause.checked)
        else {
            return TokenStream::new();
        };
        if !clause.is_of_text() {
            return TokenStream::new();
        }
        let mut told: HashMap<(bool, bool), usize> = HashMap::new();
        let checks = values.iter().filter_map(|(value, span)| {
            let Some(Value::String(text)) = value else {
                return None;
            };
            let (as_version, as_moment) = (version::parse(text), date::parse(text));
            let alike = (as_version.is_ok(), as_moment.is_ok());
            let told = told.entry(alike).or_default();
            *told += 1;
            if *told > MOST_TOLD {
                return None;
            }
            let as_version = as_version
                .err()
                .map_or_else(String::new, |why| why.to_string());
            let as_moment = as_moment.map_or_else(|_| String::new(), |moment| moment.to_string());
            let check = spanned(quote!(#private::text), *span);
            // The attribute keeps its place, so that what is wrong with it is said once and there.
            // A constant for each, so that the compiler reports them all.
            Some(quote_spanned! {*span=>
                const _: () = #check(&#attribute, #text, #as_version, #as_moment);
            })
        });
        checks.collect()
    }

    /// The key of a context is a constant with the name of its field, which need not be `KEY`.
    fn key_check(&self, clause: &Clause) -> Option<TokenStream> {
        let private = &self.private;
        let Meaning::Comparison {
            context, attribute, ..
        } = &clause.meaning
        else {
            return None;
        };
        if clause.checked || !attribute.ends_with("::KEY") {
            return None;
        }
        let name = path(context);
        let place = clause.attribute_end;
        let refuse = spanned(quote!(#private::refuse_key), place);
        Some(quote_spanned! {place=>
            const _: () = #refuse(<#context>::__KEY_NAME, #name);
        })
    }
}
