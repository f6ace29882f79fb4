//! Prints the types of parameters, custom values and variables, and the method that uses them.

use proc_macro2::{Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{ItemStruct, LitStr};

use super::{Ai, Fallback, Field, Mode};
use crate::runtime_path::RuntimePath;

/// The parts of an AI Config that are printed elsewhere.
pub(in crate::targeting) struct Surroundings<'a> {
    pub(in crate::targeting) item: &'a ItemStruct,
    pub(in crate::targeting) runtime: &'a RuntimePath,
    pub(in crate::targeting) key: String,
    /// The enum of variations, and its variants with their keys.
    pub(in crate::targeting) enumeration: Ident,
    pub(in crate::targeting) variations: Vec<(Ident, String)>,
}

/// Its expansion.
pub(in crate::targeting) struct Expansion {
    /// Types that the program names.
    pub(in crate::targeting) types: TokenStream,
    /// Implementations, which nobody names.
    pub(in crate::targeting) nameless: TokenStream,
}

/// Prints everything, inside a macro of the runtime that knows whether it has the feature.
pub(in crate::targeting) fn expand(ai: &Ai, around: &Surroundings<'_>) -> Expansion {
    let private = around.runtime.private();
    let used = match ai.first {
        Some(span) => quote_spanned!(span=> used),
        None => quote!(unused),
    };
    let gate = |tokens: TokenStream| {
        let span = ai.first.unwrap_or_else(Span::call_site);
        let path = quote_spanned!(span=> #private::with_ai!);
        quote!(#path { #used #tokens })
    };
    let types = [
        ai.parameters
            .as_ref()
            .map(|fields| around.values("Parameters", "parameters of the model", fields)),
        ai.custom
            .as_ref()
            .map(|fields| around.values("Custom", "custom values", fields)),
        ai.variables.as_ref().map(|fields| around.variables(fields)),
    ];
    let types = quote!(#(#types)*);
    let types = if types.is_empty() { types } else { gate(types) };
    let inside = ai.first.map(|_| quote!(unused));
    let nameless = around.declared(ai);
    // What needs the feature was said once.
    let nameless = match (inside, types.is_empty()) {
        (Some(unused), false) => quote!(__segments::with_ai! { #unused #nameless }),
        _ => gate(nameless),
    };
    Expansion { types, nameless }
}

impl Surroundings<'_> {
    fn name(&self, of: &str) -> Ident {
        let ident = &self.item.ident;
        format_ident!("{}{of}", ident.unraw(), span = ident.span())
    }

    /// A struct of values that are served, and how they are read.
    fn values(&self, name: &str, what: &str, fields: &[Field]) -> TokenStream {
        let private = self.runtime.private();
        let (visibility, name) = (&self.item.vis, self.name(name));
        let docs = format!("The {what} of AI Config `{}`.", self.key);
        let declared = fields.iter().map(|Field { name, key, of, .. }| {
            let docs = format!("`{key}`.");
            quote!(#[doc = #docs] pub #name: #of)
        });
        let keys = fields.iter().map(|field| &field.key);
        let read = fields.iter().map(|field| {
            let Field {
                name,
                key,
                of,
                default,
            } = field;
            match (default, field.optional()) {
                (Some(default), _) => quote!(let #name = reader.or::<#of>(#key, || #default);),
                (None, Some(of)) => quote!(let #name = reader.optional::<#of>(#key);),
                (None, None) => quote!(let #name = reader.required::<#of>(#key);),
            }
        });
        let taken = fields.iter().map(|field| {
            let name = &field.name;
            if field.default.is_some() || field.optional().is_some() {
                quote!(#name)
            } else {
                quote!(#name: #name?)
            }
        });
        quote! {
            #[doc = #docs]
            #[derive(::core::fmt::Debug, ::core::clone::Clone)]
            #[allow(dead_code, reason = "not everybody asks for every value")]
            #visibility struct #name { #(#declared,)* }
            impl #private::ai::Parameters for #name {
                fn read(mut reader: #private::ai::Reader<'_>) -> #private::Option<Self> {
                    reader.only(&[#(#keys),*]);
                    #(#read)*
                    #private::Some(Self { #(#taken,)* })
                }
            }
        }
    }

    /// A struct of what fills placeholders.
    fn variables(&self, fields: &[Field]) -> TokenStream {
        let private = self.runtime.private();
        let (visibility, name) = (&self.item.vis, self.name("Variables"));
        let docs = format!("The variables of the prompts of AI Config `{}`.", self.key);
        let types: Vec<TokenStream> = fields
            .iter()
            .map(|it| with_lifetime(it.of.to_token_stream()))
            .collect();
        let (lifetime, elided) = if borrows(fields) {
            (Some(quote!(<'a>)), Some(quote!(<'_>)))
        } else {
            (None, None)
        };
        let declared = fields
            .iter()
            .zip(&types)
            .map(|(Field { name, key, .. }, of)| {
                let docs = format!("`{{{{{key}}}}}`.");
                quote!(#[doc = #docs] pub #name: #of)
            });
        let value = |Field { name, of, .. }: &Field| {
            let span = syn::spanned::Spanned::span(of);
            quote_spanned!(span=> #private::ai::AsVariable::as_variable(&self.#name))
        };
        let (keys, values): (Vec<_>, Vec<_>) = fields.iter().map(|it| (&it.key, value(it))).unzip();
        quote! {
            #[doc = #docs]
            #visibility struct #name #lifetime { #(#declared,)* }
            impl #private::ai::Variables for #name #elided {
                fn get(&self, name: &#private::str) -> #private::Option<#private::ai::Variable<'_>> {
                    match name {
                        #(#keys => #private::Some(#values),)*
                        _ => #private::None,
                    }
                }
                fn each(&self, see: &mut dyn ::core::ops::FnMut(&#private::str, #private::ai::Variable<'_>)) {
                    #(see(#keys, #values);)*
                }
            }
        }
    }

    /// The declaration, and the function that evaluates it.
    fn declared(&self, ai: &Ai) -> TokenStream {
        let (ident, visibility, key) = (&self.item.ident, &self.item.vis, &self.key);
        let enumeration = &self.enumeration;
        let variants = self
            .variations
            .iter()
            .map(|(variant, key)| quote!(#key => __segments::Some(#enumeration::#variant)));
        let anything = quote!(__segments::serde_json::Map<__segments::std::string::String, __segments::serde_json::Value>);
        let of = |name: &str, fields: &Option<Vec<Field>>| match fields {
            Some(_) => self.name(name).into_token_stream(),
            None => anything.clone(),
        };
        let (parameters, custom) = (of("Parameters", &ai.parameters), of("Custom", &ai.custom));
        let mode = match ai.mode {
            Mode::Completion => quote!(Completion),
            Mode::Agent => quote!(Agent),
            Mode::Judge => quote!(Judge),
        };
        let fallback = ai.fallback.as_ref().map(|it| self.fallback(ai, it));
        let variables = match &ai.variables {
            Some(fields) => {
                let name = self.name("Variables");
                let elided = borrows(fields).then(|| quote!(<'_>));
                quote!(#name #elided)
            }
            None => quote!(()),
        };
        // Who only says who is served what promises nothing to prompts.
        let names = ai.variables.iter().flatten().map(|it| &it.key);
        let promise = ai.first.map(|_| {
            quote! {
                __segments::inventory::submit! {
                    __segments::PromptDeclaration {
                        key: #key,
                        mode: <__segments::ai::#mode as __segments::ai::Mode>::NAME,
                        variables: &[#(#names),*],
                    }
                }
            }
        });
        let question = format!(
            "Returns AI Config `{key}` as LaunchDarkly serves it to these contexts. `problems()` reports values that do not fit."
        );
        quote! {
            impl __segments::ai::Declared for #ident {
                type Mode = __segments::ai::#mode;
                type Variation = #enumeration;
                type Parameters = #parameters;
                type Custom = #custom;
                const KEY: &'static __segments::str = #key;
                fn variation(key: &__segments::str) -> __segments::Option<#enumeration> {
                    match key {
                        #(#variants,)*
                        _ => __segments::None,
                    }
                }
                #fallback
            }
            #[allow(dead_code, reason = "not everybody asks")]
            impl #ident {
                #[doc = #question]
                #visibility fn config<__Contexts, __At>(
                    client: &__segments::ai::AiClient,
                    contexts: __Contexts,
                    variables: &#variables,
                ) -> __segments::ai::Config<Self>
                where Self: __segments::CanEvaluate<__Contexts, __At>, __Contexts: __segments::Contexts
                {
                    __segments::ai_config::<Self, __Contexts>(client, contexts, variables)
                }
            }
            #promise
        }
    }

    fn fallback(&self, ai: &Ai, fallback: &Fallback) -> TokenStream {
        let text = |text: &LitStr| quote!(__segments::std::string::String::from(#text));
        let model = fallback.model.as_ref().map(text);
        let provider = match &fallback.provider {
            Some(provider) => {
                quote!(__segments::Some(__segments::std::borrow::Cow::Borrowed(#provider)))
            }
            None => quote!(__segments::None),
        };
        let messages = fallback.messages.iter().map(|(role, text)| {
            let role = match role.unraw().to_string().as_str() {
                "system" => quote!(System),
                "user" => quote!(User),
                _ => quote!(Assistant),
            };
            quote!(__segments::ai::Message::new(__segments::ai::Role::#role, #text))
        });
        let messages = quote!(__segments::list([#(#messages),*]));
        let prompt = match (ai.mode, &fallback.instructions, &fallback.metric) {
            (Mode::Completion, ..) => quote!(__segments::ai::Completion::new(#messages)),
            (Mode::Agent, Some(text), _) => quote!(__segments::ai::Agent::new(#text)),
            (Mode::Agent, None, _) => {
                quote!(<__segments::ai::Agent as __segments::ai::Mode>::nothing())
            }
            (Mode::Judge, _, metric) => quote!(__segments::ai::Judge::new(#messages, #metric)),
        };
        let (parameters, custom) = (
            values(ai.parameters.as_ref(), &self.name("Parameters")),
            values(ai.custom.as_ref(), &self.name("Custom")),
        );
        let broken =
            fallback.model.is_none() || (ai.mode == Mode::Judge && fallback.metric.is_none());
        let broken = broken || parameters.is_none() || custom.is_none();
        if broken {
            return TokenStream::new();
        }
        quote! {
            fn fallback() -> __segments::ai::Fallback<Self> {
                __segments::ai::Fallback {
                    enabled: true,
                    model: __segments::Some(__segments::ai::Model {
                        name: #model,
                        region: __segments::None,
                        parameters: #parameters,
                        custom: #custom,
                    }),
                    provider: #provider,
                    prompt: #prompt,
                }
            }
        }
    }
}

/// The values of a fallback: the defaults; nothing if one is missing.
fn values(fields: Option<&Vec<Field>>, name: &Ident) -> Option<TokenStream> {
    let Some(fields) = fields else {
        return Some(quote!(__segments::serde_json::Map::new()));
    };
    let values = fields.iter().map(|field| {
        let name = &field.name;
        match (&field.default, field.optional()) {
            (Some(default), _) => Some(quote!(#name: #default)),
            (None, Some(_)) => Some(quote!(#name: __segments::None)),
            (None, None) => None,
        }
    });
    let values = values.collect::<Option<Vec<_>>>()?;
    Some(quote!(#name { #(#values,)* }))
}

/// Returns whether one of the types has a lifetime that is not `'static`.
fn borrows(fields: &[Field]) -> bool {
    fields.iter().any(|field| {
        let text = with_lifetime(field.of.to_token_stream()).to_string();
        text.contains("'a")
    })
}

/// The type with `'a` for the lifetimes that are left out.
fn with_lifetime(of: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = of.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                let span = punct.span();
                out.extend([TokenTree::from(punct)]);
                let named =
                    matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'');
                if !named {
                    out.extend(lifetime(span));
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => match tokens.next() {
                Some(TokenTree::Ident(name)) if name != "static" => {
                    out.extend(lifetime(name.span()));
                }
                Some(next) => out.extend([TokenTree::from(punct), next]),
                None => out.extend([TokenTree::from(punct)]),
            },
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), with_lifetime(group.stream()));
                inside.set_span(group.span());
                out.extend([TokenTree::from(inside)]);
            }
            token => out.extend([token]),
        }
    }
    out
}

fn lifetime(span: Span) -> [TokenTree; 2] {
    let mut tick = Punct::new('\'', Spacing::Joint);
    tick.set_span(span);
    [tick.into(), Ident::new("a", span).into()]
}
