//! Prints the constants and the implementations.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::make::{made, make};
use super::parse::{Field, Struct};
use crate::place::spanned;

/// The way to a field, as a type. Its name says the field, because errors show it.
fn way(field: &Field) -> Ident {
    // No span of the user's: the ident in the struct means the field, and only it.
    format_ident!(
        "Field_{}",
        field.ident.unraw(),
        span = proc_macro2::Span::call_site()
    )
}

/// The name of the constant or field that carries the attribute; it has the span of the user's
/// field, so that go-to-definition leads there.
fn constant(field: &Field) -> Ident {
    Ident::new(
        &field.ident.unraw().to_string().to_uppercase(),
        field.ident.span(),
    )
}

/// `<String as Field>::json`: a function of the type of a field, at the position of the type. For a type
/// that is not an attribute, rustc then reports the same error at the same position everywhere, and shows
/// it once.
fn of_type(parsed: &Struct, field: &Field, function: &str) -> TokenStream {
    let (runtime, ty) = (&parsed.runtime, &field.ty);
    let function = Ident::new(function, Span::call_site());
    // A bound of an implementation is missed at the name of the trait.
    let of_field = in_place_of(ty, quote!(#runtime::Field));
    let path = quote!(<#ty as #of_field>::#function);
    let spans = ty.to_token_stream().into_iter().map(|token| token.span());
    let spans: Vec<Span> = spans.collect();
    let mut path: Vec<TokenTree> = path.into_iter().collect();
    if let ([first, .., last], Some(start), Some(end)) =
        (&mut path[..], spans.first(), spans.last())
    {
        first.set_span(*start);
        last.set_span(*end);
    }
    path.into_iter().collect()
}

fn ways(parsed: &Struct) -> TokenStream {
    let private = parsed.runtime.private();
    let owner = &parsed.ident;
    let each = |field: &Field| {
        let (way, ident, ty, name) = (way(field), &field.ident, &field.ty, &field.name);
        let field_type = quote_spanned!(ty.span()=> #ty);
        quote! {
            pub struct #way;
            impl #private::Get<#owner> for #way {
                type Field = #field_type;
                #[inline]
                fn get(context: &#owner) -> core::option::Option<&Self::Field> {
                    core::option::Option::Some(&context.#ident)
                }
                fn path(path: &mut #private::std::vec::Vec<&'static core::primitive::str>) {
                    path.push(#name);
                }
            }
        }
    };
    parsed.key.iter().chain(&parsed.fields).map(each).collect()
}

fn attribute_docs(parsed: &Struct, field: &Field) -> TokenStream {
    let docs = &field.docs;
    let generated = match &parsed.kind[..] {
        "" => format!("The attribute `{}` of this object.", field.name),
        kind => format!(
            "The attribute `{}` of contexts of kind `{kind}`.",
            field.name
        ),
    };
    let gap = (!docs.is_empty()).then(|| quote!(#[doc = ""]));
    quote!(#(#docs)* #gap #[doc = #generated])
}

/// Adds the fields to a JSON object and to a schema.
fn write_and_describe(parsed: &Struct) -> (TokenStream, TokenStream) {
    let private = parsed.runtime.private();
    let write = parsed.fields.iter().map(|field| {
        let (ident, name) = (&field.ident, &field.name);
        let json = of_type(parsed, field, "json");
        // rustc may blame what the function is called with.
        let of_self = in_place_of(&field.ty, quote!(&self.#ident));
        match &field.formerly {
            None => quote!(#private::write(#json(#of_self), #name, json);),
            Some(formerly) => {
                quote!(#private::write_in_both_names(#json(#of_self), #name, #formerly, json);)
            }
        }
    });
    let describe = parsed.fields.iter().map(|field| {
        let (name, is_private) = (&field.name, field.private);
        let describe = of_type(parsed, field, "describe");
        match &field.formerly {
            None => quote!(#private::describe(#describe, path, #name, private || #is_private, schema);),
            Some(formerly) => {
                quote!(#private::describe_renamed(#describe, path, (#name, #formerly), private || #is_private, schema);)
            }
        }
    });
    let write = quote! {
        fn write(&self, json: &mut #private::serde_json::Map<#private::std::string::String, #private::serde_json::Value>) {
            #(#write)*
        }
    };
    (write, quote! { #(#describe)* })
}

/// Tokens with the span of the type, so that rustc reports a type that is not an attribute at the field,
/// and not at the derive.
fn in_place_of(ty: &syn::Type, tokens: TokenStream) -> TokenStream {
    let spans = ty.to_token_stream().into_iter().map(|token| token.span());
    let spans: Vec<Span> = spans.collect();
    let (Some(start), Some(end)) = (spans.first(), spans.last()) else {
        return tokens;
    };
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if let [before @ .., last] = &mut tokens[..] {
        // Both colons of `::path`.
        let colons = before.iter_mut();
        for colon in colons.take_while(|token| matches!(token, TokenTree::Punct(_))) {
            colon.set_span(*start);
        }
        last.set_span(*end);
    }
    tokens.into_iter().collect()
}

/// The type of the attribute of a field.
fn attribute_at(parsed: &Struct, field: &Field) -> TokenStream {
    let (ident, way, private) = (&parsed.ident, way(field), parsed.runtime.private());
    in_place_of(&field.ty, quote!(#private::AttributeAt<#ident, #way>))
}

/// The constant of an attribute. All of it stands where the type does: rustc may blame the item as a whole.
fn constant_at(parsed: &Struct, field: &Field, name: &Ident) -> TokenStream {
    let (runtime, visibility, ty) = (&parsed.runtime, &parsed.visibility, &field.ty);
    let attribute = attribute_at(parsed, field);
    // The path and the call each have a place of their own.
    let new = in_place_of(ty, quote!(#runtime::Attribute::new));
    let new = in_place_of(ty, quote!(#new()));
    let tokens = ty.to_token_stream().into_iter();
    let spans: Vec<Span> = tokens.map(|token| token.span()).collect();
    let (Some(start), Some(end)) = (spans.first(), spans.last()) else {
        return quote!(#visibility const #name: #attribute = #new;);
    };
    let head = quote!(#visibility const).into_iter().map(|mut token| {
        token.set_span(*start);
        token
    });
    let head: TokenStream = head.collect();
    let [colon, equals, semicolon] = [':', '=', ';'].map(|sign| {
        let mut sign = Punct::new(sign, Spacing::Alone);
        sign.set_span(*end);
        sign
    });
    quote!(#head #name #colon #attribute #equals #new #semicolon)
}

/// The name of the key's constant, for callers of `KEY`.
fn key_name(parsed: &Struct, field: &Field) -> TokenStream {
    let visibility = &parsed.visibility;
    let mut fields = parsed.key.iter().chain(&parsed.fields);
    let taken = fields.any(|field| constant(field) == "KEY");
    let name = if taken {
        "KEY".to_owned()
    } else {
        constant(field).to_string()
    };
    let alias = (!taken).then(|| {
        let constant = constant_at(parsed, field, &format_ident!("KEY"));
        quote! {
            #[doc(hidden)]
            #constant
        }
    });
    quote! {
        #[doc(hidden)]
        #visibility const __KEY_NAME: &'static core::primitive::str = #name;
        #alias
    }
}

/// Expands `#[derive(Context)]`.
pub(super) fn context(parsed: &Struct) -> TokenStream {
    let segments = parsed.segments.as_ref().map(|name| {
        quote! {
            const SEGMENTS: core::option::Option<&'static core::primitive::str> = core::option::Option::Some(#name);
        }
    });
    let Struct {
        ident,
        runtime,
        kind,
        key,
        ..
    } = parsed;
    let private = runtime.private();
    let ways = ways(parsed);
    let (write, describe) = write_and_describe(parsed);
    let make = made(&parsed.runtime, || make(parsed));
    let constants = key.iter().chain(&parsed.fields).map(|field| {
        let (docs, name) = (attribute_docs(parsed, field), constant(field));
        let constant = constant_at(parsed, field, &name);
        quote! {
            #docs
            #constant
        }
    });
    // The key's constant under a name that does not depend on the field.
    let key_constant = key.as_ref().map(|field| {
        let constant = constant_at(parsed, field, &format_ident!("__KEY"));
        quote! {
            #[doc(hidden)]
            #constant
        }
    });
    let key_name = key.as_ref().map(|field| key_name(parsed, field));
    let names = parsed.fields.iter().flat_map(|field| {
        let formerly = field.formerly.as_ref().map(syn::LitStr::value);
        [Some(field.name.clone()), formerly]
            .into_iter()
            .flatten()
            .map(move |name| (field, name))
    });
    let built_in = names.filter_map(|(field, name)| {
        let (attribute_type, what) = match &name[..] {
            "name" => (quote!(String), "a string"),
            "anonymous" => (quote!(Bool), "`true` or `false`"),
            _ => return None,
        };
        let message = format!(
            "`{name}` is {what} in every context; rename this attribute with `name = \"...\"`, or change its type"
        );
        let (constant, place) = (constant(field), field.ty.span());
        let check = spanned(quote!(#private::built_in), place);
        Some(quote_spanned! {place=>
            const _: () = #check(&<#ident>::#constant, #private::AttributeType::#attribute_type, #message);
        })
    });
    // At the type, which is what is wrong if it cannot be a key.
    let as_key = key.as_ref().map(|field| {
        let ident = &field.ident;
        quote_spanned!(field.ty.span()=> #runtime::ContextKey::as_key(&self.#ident))
    });
    quote! {
        #[allow(non_camel_case_types, private_interfaces, reason = "the ways to fields are named after them and stay in here")]
        const _: () = {
            use #private::core;
            #ways
            #[allow(dead_code, reason = "not every attribute is used in a segment")]
            impl #ident {
                #(#constants)*
                #key_constant
                #key_name
            }
            #(#built_in)*
            #private::inventory::submit! {
                #private::ContextDeclaration(|| #private::here::<#ident, _>(#private::of_context::<#ident>()))
            }
            #[automatically_derived]
            impl #runtime::Context for #ident {
                const KIND: #runtime::ContextKind = #runtime::ContextKind::from_static(#kind);
                #segments
                #[inline]
                fn key(&self) -> #private::std::borrow::Cow<'_, core::primitive::str> {
                    #as_key
                }
                #write
                fn schema() -> &'static [#runtime::AttributeSchema] {
                    static SCHEMA: #private::std::sync::OnceLock<#private::std::vec::Vec<#runtime::AttributeSchema>> =
                        #private::std::sync::OnceLock::new();
                    SCHEMA.get_or_init(|| {
                        let path: &[&'static core::primitive::str] = &[];
                        let private = false;
                        let mut all = #private::std::vec::Vec::new();
                        let schema = &mut all;
                        #describe
                        all
                    })
                }
            }
            #make
        };
    }
}

/// Expands `#[derive(Attributes)]`.
pub(super) fn attributes(parsed: &Struct) -> TokenStream {
    let Struct {
        ident,
        visibility,
        runtime,
        ..
    } = parsed;
    let private = runtime.private();
    let names = format_ident!("{ident}Attributes", span = proc_macro2::Span::call_site());
    let ways = ways(parsed);
    let (write, describe) = write_and_describe(parsed);
    let make = made(&parsed.runtime, || make(parsed));
    let (mut declared, mut made) = (Vec::new(), Vec::new());
    for field in &parsed.fields {
        let (docs, name, way) = (attribute_docs(parsed, field), &field.ident, way(field));
        let attribute = in_place_of(
            &field.ty,
            quote!(#private::NestedAttribute<C, G, #ident, #way>),
        );
        declared.push(quote! {
            #docs
            pub #name: #attribute
        });
        made.push(quote!(#name: #runtime::Attribute::new()));
    }
    let names_docs = format!("The attributes of [`{ident}`] inside a context.");
    quote! {
        #[allow(non_camel_case_types, private_interfaces, reason = "the ways to fields are named after them and stay in here")]
        const _: () = {
            use #private::core;
            #ways
            #[doc = #names_docs]
            #visibility struct #names<C, G> { #(#declared,)* }
            impl<C: 'static, G: 'static> #private::Names for #names<C, G> {
                const NAMES: &'static Self = &Self { #(#made,)* };
            }
            #[automatically_derived]
            impl #runtime::Attributes for #ident {
                type Names<C: 'static, G: 'static> = #names<C, G>;
                #write
                fn describe(
                    path: &[&'static core::primitive::str],
                    private: core::primitive::bool,
                    schema: &mut #private::std::vec::Vec<#runtime::AttributeSchema>,
                ) {
                    #describe
                }
            }
            #[automatically_derived]
            impl #runtime::Field for #ident {
                type Type = #runtime::Nested<#ident>;
                fn json(&self) -> core::option::Option<#private::serde_json::Value> {
                    let mut json = #private::serde_json::Map::new();
                    #runtime::Attributes::write(self, &mut json);
                    core::option::Option::Some(#private::serde_json::Value::Object(json))
                }
                fn describe(
                    path: &[&'static core::primitive::str],
                    private: core::primitive::bool,
                    schema: &mut #private::std::vec::Vec<#runtime::AttributeSchema>,
                ) {
                    <Self as #runtime::Attributes>::describe(path, private, schema);
                }
            }
            #[automatically_derived]
            impl #runtime::Object for #ident {
                type Attributes = Self;
                #[inline]
                fn object(&self) -> core::option::Option<&Self> {
                    core::option::Option::Some(self)
                }
            }
            #make
        };
    }
}
