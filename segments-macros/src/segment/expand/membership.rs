//! A standard segment: who is in it, decided by code that is as good as written by hand.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use segments_model::Value;
use syn::Path;

use super::{Output, option, position};
use crate::segment::clause::{Clause, Meaning, qualified};
use crate::segment::written::{List, Rule, Targets};

impl Output<'_> {
    /// The questions of a standard segment, and who answers them.
    pub(super) fn standard(&self) -> TokenStream {
        let Self {
            item,
            private,
            contexts,
            segments,
            ..
        } = self;
        let (ident, visibility) = (&item.ident, &item.vis);
        let places: Vec<Ident> = (0..contexts.len() + segments.len())
            .map(|n| format_ident!("__At{n}"))
            .collect();
        let (of_contexts, of_segments) = places.split_at(contexts.len());
        let bindings = (0..contexts.len()).map(binding);
        let body = self.body(of_segments);
        // What is not looked at has no name, so that nobody is told of it.
        let (of_call, salts) = (
            if self.looks_at_nothing() {
                quote!(_)
            } else {
                quote!(contexts)
            },
            if self.plain() {
                quote!(_)
            } else {
                quote!(salts)
            },
        );
        let with_salts =
            (!self.plain()).then(|| quote!(#private::with_salts! { [#visibility] #ident }));
        let decidable = self.decidable();
        quote! {
            #private::standard! {
                [#visibility] #ident
                [#(#contexts as #of_contexts)*]
                [#(#segments as #of_segments)*]
                decide(#of_call, #salts) {
                    #(let #bindings = #private::Has::<#contexts, #of_contexts>::context(contexts);)*
                    #body
                }
            }
            #with_salts
            #decidable
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

    /// Whether every rule is decided by what the call passes alone.
    fn plain(&self) -> bool {
        self.rules.iter().all(|rule| plain(rule))
    }

    /// Whether it has neither lists nor rules.
    fn looks_at_nothing(&self) -> bool {
        self.rules.is_empty() && self.contexts.is_empty()
    }

    /// Lists first, then the rules in order. A later rule that certainly holds beats an earlier one
    /// of which it is not known.
    fn body(&self, of_segments: &[Ident]) -> TokenStream {
        let Self {
            written, private, ..
        } = self;
        let lists = |targets: &Option<Targets>, decision: TokenStream| -> TokenStream {
            let lists = targets.iter().flat_map(|targets| &targets.lists);
            lists.map(|list| self.list(list, &decision)).collect()
        };
        let included = lists(&written.included, quote!(Included));
        let excluded = lists(&written.excluded, quote!(Excluded));

        let mut caches = 0;
        let rules: Vec<TokenStream> = self
            .rules
            .iter()
            .enumerate()
            .map(|(index, rule)| self.decide_rule(index, rule, of_segments, &mut caches))
            .collect();
        let cache = (caches > 0).then(|| {
            let caches = Literal::usize_unsuffixed(caches);
            quote!(static CACHES: #private::Caches<#caches> = #private::Caches::new();)
        });
        let (start, end) = if self.plain() {
            (None, quote!(#private::Decision::NoRule))
        } else {
            (
                Some(quote!(let mut unknown = #private::None;)),
                quote!(unknown.unwrap_or(#private::Decision::NoRule)),
            )
        };
        quote! { #included #excluded #cache #start #(#rules)* #end }
    }

    fn decide_rule(
        &self,
        index: usize,
        rule: &Rule,
        of_segments: &[Ident],
        caches: &mut usize,
    ) -> TokenStream {
        let Self { private, .. } = self;
        // Without a suffix the number is one token fewer to check.
        let index = Literal::usize_unsuffixed(index);
        let clauses: Vec<TokenStream> = rule
            .clauses
            .iter()
            .map(|clause| self.clause(clause, caches, of_segments))
            .collect();
        let description = option(private, rule.description.as_ref());
        let ends = quote!(#private::Reader::rule(contexts, #description));
        if plain(rule) {
            return quote! {
                if #(#clauses &&)* #ends {
                    return #private::Decision::Rule(#index);
                }
            };
        }
        let share = rule
            .percent
            .map(|(percent, _)| self.share(&index, rule, percent));
        let share = share.iter();
        quote! {
            match #private::Verdict::Yes
                #(.and(|| #private::verdict(#clauses)))*
                #(.and(|| #share))*
                .and(|| #private::verdict(#ends))
            {
                #private::Verdict::Yes => return #private::Decision::Rule(#index),
                #private::Verdict::No => {}
                #private::Verdict::Unknown(why) => {
                    unknown.get_or_insert(#private::Decision::Unknown(why));
                }
            }
        }
    }

    fn list(&self, list: &List, decision: &TokenStream) -> TokenStream {
        let Self { private, .. } = self;
        let (context, keys, bound) = (&list.context, &list.keys, self.bound(&list.context));
        let listed = quote!(#private::Reader::listed::<#context>);
        quote! {
            {
                static KEYS: #private::KeySet = #private::KeySet::new(&[#(#keys),*]);
                if let #private::Some(kind) = #listed(contexts, #private::List::#decision, &KEYS, #bound) {
                    return #private::Decision::#decision(kind);
                }
            }
        }
    }

    fn clause(&self, clause: &Clause, caches: &mut usize, of_segments: &[Ident]) -> TokenStream {
        let Self { private, .. } = self;
        match &clause.meaning {
            Meaning::Comparison {
                expression,
                context,
                method,
                values,
                ..
            } => {
                let (expression, bound) = (qualified(expression), self.bound(context));
                let method = method.as_ref().map_or("", |(method, _)| method);
                let (clause, prepares) = match no_version(method, values) {
                    // What is wrong on a version is the text, so rustc's message stands there.
                    Some(place) => (
                        quote_spanned!(place=> #private::any_text(&(#expression))),
                        values.len() > SHORT,
                    ),
                    None => (
                        quote_spanned!(clause.span=> &(#expression)),
                        prepares(method, values),
                    ),
                };
                if !prepares {
                    return quote!(#private::holds(contexts, #clause, #bound));
                }
                let cache = Literal::usize_unsuffixed(*caches);
                *caches += 1;
                quote!(#private::holds_prepared(contexts, #clause, #bound, &CACHES.0[#cache]))
            }
            Meaning::MemberOf { segments, negate } => {
                let mut asked = segments.iter().map(|segment| {
                    let at = position(&self.segments, segment).map(|index| &of_segments[index]);
                    let key = quote!(<#segment as #private::Segment>::KEY);
                    quote!(#private::Asks::<#segment, #at>::ask(contexts, || #key, salts))
                });
                let (first, others) = (asked.next(), asked);
                quote!(#private::Reader::member_of(contexts, #negate, #first #(.or(|| #others))*))
            }
        }
    }

    fn share(&self, index: &Literal, rule: &Rule, percent: f64) -> TokenStream {
        let private = &self.private;
        let key = self.key();
        let place = quote!(#private::MissingSalt { segment: #key, rule: #index });
        match (&rule.by, rule.splits()) {
            (Some(by), _) => {
                let (attribute, context) = (qualified(&by.attribute), self.bound(&by.context));
                quote!(#private::share_by(contexts, #place, #percent, &#attribute, #context, salts))
            }
            (None, Some(context)) => {
                let context = self.bound(context);
                quote!(#private::share(contexts, #place, #percent, #context, salts))
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

/// The first value that is no version and does not look like one either, where the attribute may be
/// one. What looks like a version is checked by [`Output::version_checks`], with its mistake.
fn no_version(method: &str, values: &[(Option<Value>, Span)]) -> Option<Span> {
    if method != "is" && method != "is_any_of" {
        return None;
    }
    let mut values = values.iter();
    values.find_map(|(value, span)| match value {
        Some(Value::String(text)) => (!looks_like_version(text)).then_some(*span),
        _ => None,
    })
}

/// Whether somebody who writes this may mean a version: `2.0`, `v3`.
pub(crate) fn looks_like_version(text: &str) -> bool {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether a clause keeps something for the next time: a pattern, a version, a date, a long list. Only
/// rustc knows the types, so some keep nothing in the end.
fn prepares(method: &str, values: &[(Option<Value>, Span)]) -> bool {
    match method {
        "contains" | "starts_with" | "ends_with" => false,
        "matches" => true,
        _ => {
            values.len() > SHORT
                || values
                    .iter()
                    .any(|(value, _)| matches!(value, None | Some(Value::String(_))))
        }
    }
}

/// No list of up to this length is hashed.
const SHORT: usize = 8;
