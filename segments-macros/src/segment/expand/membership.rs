//! The questions: who is in the segment, decided by code that is as good as written by hand.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;

use super::{Output, first_span, position};
use crate::segment::clause::{Clause, Meaning, qualified};
use crate::segment::written::{List, Rule};

impl Output<'_> {
    pub(super) fn membership(&self) -> TokenStream {
        if self.written.big.is_some() {
            return self.refusal();
        }
        let (questions, decision, decidable) =
            (self.questions(), self.decision(), self.decidable());
        quote! { #questions #decision #decidable }
    }

    /// A big segment answers no question, and the compiler says why.
    fn refusal(&self) -> TokenStream {
        let Self { item, private, .. } = self;
        let (ident, visibility) = (&item.ident, &item.vis);
        let key = self.named_key();
        quote! {
            #[allow(dead_code, reason = "nobody can ask")]
            impl #ident {
                #key
                #[doc(hidden)]
                #visibility fn contains<__Contexts>(_: __Contexts) -> #private::bool
                where Self: #private::Listed<__Contexts>
                {
                    #private::core::unreachable!("no big segment is listed")
                }
            }
        }
    }

    fn questions(&self) -> TokenStream {
        let Self { item, private, .. } = self;
        let (ident, visibility) = (&item.ident, &item.vis);
        // Without a percentage rule on the way, salts change nothing.
        let with_salts = self.rules.iter().any(|rule| !plain(rule)).then(|| {
            quote! {
                /// Whether the contexts are in this segment, given the salts of percentage rules;
                /// `None` if a salt is missing that matters.
                #visibility fn contains_with<__Contexts, __At>(
                    contexts: __Contexts,
                    salts: &#private::Salts,
                ) -> #private::Option<#private::bool>
                where Self: #private::Decide<__Contexts, __At>
                {
                    #private::contains_with::<Self, __Contexts, __At>(&contexts, salts)
                }
                /// Whether the contexts are in this segment, given the salts, and what decides it.
                #visibility fn membership_with<__Contexts, __At>(
                    contexts: __Contexts,
                    salts: &#private::Salts,
                ) -> #private::Membership
                where Self: #private::Decide<__Contexts, __At>
                {
                    #private::membership_with::<Self, __Contexts, __At>(&contexts, salts)
                }
                /// How the answer comes about, given the salts.
                #visibility fn explain_with<__Contexts, __At>(
                    contexts: __Contexts,
                    salts: &#private::Salts,
                ) -> #private::Explanation
                where Self: #private::Decide<__Contexts, __At>, __Contexts: #private::Contexts
                {
                    #private::explain_with::<Self, __Contexts>(&contexts, salts)
                }
            }
        });
        let key = self.named_key();
        quote! {
            #[allow(dead_code, reason = "nobody asks every question")]
            impl #ident {
                #key
                /// Whether the contexts are in this segment: decided here, without a network.
                #[inline]
                #visibility fn contains<__Contexts, __At>(contexts: __Contexts) -> #private::bool
                where Self: #private::Decide<__Contexts, __At> + #private::Decidable<__Contexts>
                {
                    #private::contains::<Self, __Contexts, __At>(&contexts)
                }
                #with_salts
                /// Whether the contexts are in this segment, and what decides it.
                #visibility fn membership<__Contexts, __At>(contexts: __Contexts) -> #private::Membership
                where Self: #private::Decide<__Contexts, __At>
                {
                    #private::membership::<Self, __Contexts, __At>(&contexts)
                }
                /// How the answer comes about: each rule and clause, with what was seen and compared.
                #visibility fn explain<__Contexts, __At>(contexts: __Contexts) -> #private::Explanation
                where Self: #private::Decide<__Contexts, __At>, __Contexts: #private::Contexts
                {
                    #private::explain::<Self, __Contexts>(&contexts)
                }
            }
        }
    }

    fn decidable(&self) -> TokenStream {
        let Self {
            item,
            private,
            segments,
            ..
        } = self;
        if self.rules.iter().any(|rule| rule.percent.is_some()) {
            return TokenStream::new();
        }
        let ident = &item.ident;
        quote! {
            impl<__Contexts> #private::Decidable<__Contexts> for #ident
            where #(#segments: #private::Decidable<__Contexts>,)* {}
        }
    }

    fn decision(&self) -> TokenStream {
        let Self {
            item,
            private,
            contexts,
            segments,
            ..
        } = self;
        let ident = &item.ident;
        let places: Vec<Ident> = (0..contexts.len() + segments.len())
            .map(|n| format_ident!("__At{n}"))
            .collect();
        let (of_contexts, of_segments) = places.split_at(contexts.len());
        let bindings = (0..contexts.len()).map(binding);
        let body = self.body(of_segments);
        // What is not looked at has no name, so that nobody is told of it.
        let (of_call, salts) = (
            if places.is_empty() {
                quote!(_)
            } else {
                quote!(contexts)
            },
            if self.rules.iter().all(|rule| plain(rule)) {
                quote!(_)
            } else {
                quote!(salts)
            },
        );
        quote! {
            impl<__Contexts, #(#places),*> #private::Decide<__Contexts, (#(#places,)*)> for #ident
            where
                #(__Contexts: #private::Has<#contexts, #of_contexts>,)*
                #(#segments: #private::Decide<__Contexts, #of_segments>,)*
            {
                #[inline]
                fn decide(#of_call: &__Contexts, #salts: &#private::Salts) -> #private::Decision {
                    #(let #bindings = #private::Has::<#contexts, #of_contexts>::context(contexts);)*
                    #body
                }
            }
        }
    }

    /// Lists first, then the rules in order. A later rule that certainly holds beats an earlier one
    /// of which it is not known.
    fn body(&self, of_segments: &[Ident]) -> TokenStream {
        let Self {
            written, private, ..
        } = self;
        let lists = |targets: &Option<_>, decision: TokenStream| -> TokenStream {
            let lists = targets
                .iter()
                .flat_map(|targets: &crate::segment::written::Targets| &targets.lists);
            lists.map(|list| self.list(list, &decision)).collect()
        };
        let included = lists(&written.included, quote!(Included));
        let excluded = lists(&written.excluded, quote!(Excluded));

        let caches: usize = self.rules.iter().map(|rule| rule.clauses.len()).sum();
        let cache = (caches > 0).then(|| {
            {
                // Without a suffix the number is one token fewer to check.
                let caches = proc_macro2::Literal::usize_unsuffixed(caches);
                quote!(static CACHES: #private::Caches<#caches> = #private::Caches::new();)
            }
        });
        let mut cache_of_clause = 0..caches;
        let rules = self.rules.iter().enumerate().map(|(index, rule)| {
            let clauses: Vec<TokenStream> = rule
                .clauses
                .iter()
                .zip(cache_of_clause.by_ref())
                .map(|(clause, cache)| self.clause(clause, cache, of_segments))
                .collect();
            if plain(rule) {
                let all = if clauses.is_empty() { quote!(true) } else { quote!(#(#clauses)&&*) };
                return quote! {
                    if #all {
                        return #private::Decision::Rule(#index);
                    }
                };
            }
            let share: Vec<TokenStream> = rule.percent.iter().map(|(percent, _)| self.share(index, rule, *percent)).collect();
            quote! {
                match #private::Verdict::Yes #(.and(|| #private::verdict(#clauses)))* #(.and(|| #share))* {
                    #private::Verdict::Yes => return #private::Decision::Rule(#index),
                    #private::Verdict::No => {}
                    #private::Verdict::Unknown(why) => {
                        unknown.get_or_insert(#private::Decision::Unknown(why));
                    }
                }
            }
        });
        let rules: Vec<TokenStream> = rules.collect();
        let (start, end) = if self.rules.iter().all(|rule| plain(rule)) {
            (None, quote!(#private::Decision::NoRule))
        } else {
            (
                Some(quote!(let mut unknown = #private::None;)),
                quote!(unknown.unwrap_or(#private::Decision::NoRule)),
            )
        };
        quote! { #included #excluded #cache #start #(#rules)* #end }
    }

    fn list(&self, list: &List, decision: &TokenStream) -> TokenStream {
        let Self { private, .. } = self;
        let (context, keys, bound) = (&list.context, &list.keys, self.bound(&list.context));
        let key = quote_spanned!(first_span(context)=> <#context as #private::Context>::key);
        let kind = quote_spanned!(first_span(context)=> <#context as #private::Context>::KIND);
        quote! {
            {
                static KEYS: #private::KeySet = #private::KeySet::new(&[#(#keys),*]);
                if #bound.is_some_and(|context| KEYS.contains(&#key(context))) {
                    return #private::Decision::#decision(|| #kind);
                }
            }
        }
    }

    fn clause(&self, clause: &Clause, cache: usize, of_segments: &[Ident]) -> TokenStream {
        let Self { private, .. } = self;
        match &clause.meaning {
            Meaning::Comparison {
                expression,
                context,
                ..
            } => {
                let (expression, bound) = (qualified(expression), self.bound(context));
                quote_spanned!(clause.span=> #private::holds(&(#expression), #bound, &CACHES.0[#cache]))
            }
            Meaning::MemberOf { segments, negate } => {
                let mut asked = segments.iter().map(|segment| {
                    let at = position(&self.segments, segment).map(|index| &of_segments[index]);
                    quote!(#private::verdict(<#segment as #private::Decide<__Contexts, #at>>::decide(contexts, salts)))
                });
                let (first, others) = (asked.next(), asked);
                let not = negate.then(|| quote!(!));
                quote!(#not #first #(.or(|| #others))*)
            }
        }
    }

    fn share(&self, index: usize, rule: &Rule, percent: f64) -> TokenStream {
        let private = &self.private;
        let key = self.key();
        match (&rule.by, rule.splits()) {
            (Some(by), _) => {
                let (attribute, context) = (qualified(&by.attribute), self.bound(&by.context));
                quote!(#private::share_by(#key, #index, #percent, &#attribute, #context, salts))
            }
            (None, Some(context)) => {
                let context = self.bound(context);
                quote!(#private::share(#key, #index, #percent, #context, salts))
            }
            (None, None) => quote!(#private::Verdict::No),
        }
    }

    /// The local variable that holds a context.
    fn bound(&self, context: &Path) -> Option<Ident> {
        position(&self.contexts, context).map(binding)
    }
}

/// Whether a rule is decided by what the call passes alone.
fn plain(rule: &Rule) -> bool {
    rule.percent.is_none()
        && rule
            .clauses
            .iter()
            .all(|clause| matches!(clause.meaning, Meaning::Comparison { .. }))
}

fn binding(index: usize) -> Ident {
    format_ident!("context{index}", span = Span::mixed_site())
}
