//! The key, the definition, and the entry in the registry.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use segments_model::{Tag, Value, version};
use syn::Expr;

use super::{Output, add, first_span, option};
use crate::segment::clause::{Clause, Meaning, qualified};
use crate::segment::environment::total;
use crate::segment::written::{Rule, Targets};

impl Output<'_> {
    pub(super) fn definition(&self) -> TokenStream {
        let Self {
            written,
            item,
            private,
            segments,
            ..
        } = self;
        let (ident, key) = (&item.ident, self.key());
        let definition = self.everywhere();
        let environments = written.environments.iter();
        let environments: Vec<_> = environments
            .map(|there| (there, Output::new(&there.written, item)))
            .collect();
        // A segment's number is beyond those of all that it asks, in whatever environment. In a cycle
        // the compiler says that the constant needs itself, and names everybody on the way.
        let mut asked_anywhere = segments.clone();
        for (_, there) in &environments {
            for segment in &there.segments {
                add(&mut asked_anywhere, segment);
            }
        }
        let number = asked_anywhere.iter().fold(quote!(0), |so_far, segment| {
            let asked = quote_spanned! {first_span(segment)=>
                <#segment as #private::Segment>::NO_SEGMENT_MAY_REACH_ITSELF
            };
            quote!(#private::beyond(#so_far, #asked))
        });
        let span = asked_anywhere
            .first()
            .map_or_else(|| ident.span(), |segment| first_span(segment));
        let number = quote_spanned! {span=>
            const NO_SEGMENT_MAY_REACH_ITSELF: #private::usize = #number;
        };
        let asked = segments.iter().map(|segment| {
            quote_spanned!(first_span(segment)=> <#segment as #private::Segment>::collect)
        });
        let own_rules = environments.iter().filter(|(there, _)| there.own_rules);
        let rules = own_rules.flat_map(|(_, there)| &there.rules);
        let clauses = self
            .rules
            .iter()
            .chain(rules)
            .flat_map(|rule| &rule.clauses);
        let version_checks = clauses.map(|clause| self.version_checks(clause));
        let total = total(written.environments.iter().map(|there| &there.environment));
        // A segment that asks none takes what the trait says.
        let (references, walk) = if asked_anywhere.is_empty() {
            (TokenStream::new(), TokenStream::new())
        } else {
            let references = quote! {
                #number
                fn collect(definitions: &mut #private::Vec<#private::Definition>) {
                    definitions.push(Self::definition());
                    #(#asked(definitions);)*
                }
            };
            // The compiler walks the references of this segment here, also if nobody asks it.
            let walk = quote! {
                const _: #private::usize = <#ident as #private::Segment>::NO_SEGMENT_MAY_REACH_ITSELF;
            };
            (references, walk)
        };
        quote! {
            impl #private::Segment for #ident {
                const KEY: #private::SegmentKey = #private::SegmentKey::from_static(#key);
                #references
                fn definition() -> #private::Definition { #definition }
            }
            #walk
            #total
            #private::inventory::submit! {
                #(#version_checks)*
                #private::Declaration::of::<#ident>()
            }
        }
    }

    /// The definition with what it is in single environments.
    fn everywhere(&self) -> TokenStream {
        let Self {
            written,
            item,
            private,
            ..
        } = self;
        let definition = self.here();
        if written.environments.is_empty() {
            return definition;
        }
        let environments = written.environments.iter().map(|there| {
            let definition = Output::new(&there.written, item).here();
            let key = there.environment.key(private);
            quote!((#key, #definition))
        });
        quote!(#private::in_environments(#definition, [#(#environments),*]))
    }

    /// The definition alone.
    fn here(&self) -> TokenStream {
        let Self {
            written, private, ..
        } = self;
        let name = written
            .name
            .as_ref()
            .map(|name| name.text.clone())
            .unwrap_or_default();
        let description = option(private, written.description.as_ref());
        let tags = option(
            private,
            written.tags.as_ref().map(|tags| {
                let valid = tags.iter().filter(|tag| Tag::parse(tag.value()).is_ok());
                quote!(&[#(#valid),*])
            }),
        );
        let audience = self.audience();
        quote!(#private::definition(Self::KEY, #name, #description, #tags, #audience))
    }

    /// The key where it needs no trait in scope.
    pub(super) fn named_key(&self) -> TokenStream {
        let Self { item, private, .. } = self;
        let visibility = &item.vis;
        quote! {
            /// The key of this segment in LaunchDarkly.
            #visibility const KEY: #private::SegmentKey = <Self as #private::Segment>::KEY;
        }
    }

    fn audience(&self) -> TokenStream {
        let Self {
            written, private, ..
        } = self;
        if let Some(big) = &written.big {
            let kind = match &big.of {
                Some(of) => quote_spanned!(first_span(of)=> <#of as #private::Context>::KIND),
                // Said already: a big segment names its kind.
                None => quote!(#private::ContextKind::USER),
            };
            return quote!(#private::Audience::Big { kind: #kind });
        }
        let included = self.targets(written.included.as_ref());
        let excluded = self.targets(written.excluded.as_ref());
        let managed = !written.rules.is_empty() || written.nobody.is_some();
        let rules = managed.then(|| {
            let rules = self.rules.iter().map(|rule| self.rule(rule));
            quote!(#private::list([#(#rules),*]))
        });
        let rules = option(private, rules);
        quote!(#private::Audience::Standard { included: #included, excluded: #excluded, rules: #rules })
    }

    fn targets(&self, targets: Option<&Targets>) -> TokenStream {
        let Self { private, .. } = self;
        let Some(targets) = targets else {
            return if self.written.nobody.is_some() {
                quote!(#private::Targets::Exactly(#private::Lists::new()))
            } else {
                quote!(#private::Targets::Unmanaged)
            };
        };
        let variant = if targets.at_least {
            quote!(AtLeast)
        } else {
            quote!(Exactly)
        };
        let lists = targets.lists.iter().map(|list| {
            let (context, keys) = (&list.context, &list.keys);
            let kind = quote_spanned!(first_span(context)=> <#context as #private::Context>::KIND);
            quote!((#kind, #private::keys(&[#(#keys),*])))
        });
        quote!(#private::Targets::#variant(#private::lists([#(#lists),*])))
    }

    pub(crate) fn rule(&self, rule: &Rule) -> TokenStream {
        let Self { private, .. } = self;
        let description = option(private, rule.description.as_ref());
        let clauses = rule.clauses.iter().map(|clause| match &clause.meaning {
            Meaning::Comparison { expression, .. } => {
                let expression = qualified(expression);
                quote_spanned!(clause.span=> #private::Condition::clause(&(#expression)))
            }
            Meaning::MemberOf { segments, negate } => {
                let keys = segments.iter().map(|segment| {
                    quote_spanned!(first_span(segment)=> <#segment as #private::Segment>::KEY)
                });
                quote!(#private::member_of([#(#keys),*], #negate))
            }
        });
        let rollout = rule.percent.map(|(percent, _)| {
            if let Some(by) = &rule.by {
                let attribute = qualified(&by.attribute);
                return quote!(#private::rollout_by(#percent, &#attribute));
            }
            let kind = match rule.splits() {
                Some(context) => quote!(<#context as #private::Context>::KIND),
                None => quote!(#private::ContextKind::USER),
            };
            quote!(#private::rollout(#percent, #kind))
        });
        let rollout = option(private, rollout);
        quote!(#private::rule(#description, #private::list([#(#clauses),*]), #rollout))
    }

    /// `is` fits every type, and only the compiler knows the attribute's; so for a text that is no
    /// version the compiler is asked whether the attribute is one.
    pub(crate) fn version_checks(&self, clause: &Clause) -> TokenStream {
        let private = &self.private;
        let Meaning::Comparison {
            expression,
            method: Some((method, _)),
            values,
            ..
        } = &clause.meaning
        else {
            return TokenStream::new();
        };
        let Some(attribute @ Expr::Path(_)) = receiver(expression) else {
            return TokenStream::new();
        };
        let attribute = qualified(attribute);
        if method != "is" && method != "is_any_of" {
            return TokenStream::new();
        }
        let checks = values.iter().filter_map(|(value, span)| {
            let Some(Value::String(text)) = value else {
                return None;
            };
            let message = version::parse(text).err()?.to_string();
            let refuse = spanned(quote!(#private::refuse_versions), *span);
            // The attribute keeps its place, so that what is wrong with it is said once and there.
            // A constant for each, so that the compiler reports them all.
            Some(quote_spanned!(*span=> const _: () = #refuse(&#attribute, #message);))
        });
        checks.collect()
    }
}

/// Tokens with what they name, but somewhere else.
fn spanned(tokens: TokenStream, place: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        })
        .collect()
}

/// The attribute of a comparison, below its negations.
fn receiver(expression: &Expr) -> Option<&Expr> {
    match expression {
        Expr::Unary(unary) => receiver(&unary.expr),
        Expr::Paren(paren) => receiver(&paren.expr),
        Expr::MethodCall(call) => Some(&call.receiver),
        _ => None,
    }
}
