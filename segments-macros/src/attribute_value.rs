//! `#[derive(AttributeValue)]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use segments_model::or_list;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

use crate::case::Case;
use crate::context::make::made;
use crate::errors::Errors;
use crate::meta::{argument, attribute_pieces, source};
use crate::runtime_path::RuntimePath;

/// Expands the derive.
pub(crate) fn derive_attribute_value(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let output = errors
        .take(syn::parse2::<DeriveInput>(input))
        .map(|input| expand(&input, &mut errors));
    let errors = errors.into_tokens(&crate::runtime_path::RuntimePath::default());
    quote! { #output #errors }
}

fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let (mut case, mut runtime) = (Case::Kebab, RuntimePath::default());
    not_of_context(&input.attrs, errors);
    for piece in attribute_pieces(&input.attrs, "attribute", errors) {
        match argument(&piece) {
            Some(argument) if argument.name == "rename_all" => {
                if let Some(rule) = argument.text("\"camelCase\"", errors) {
                    match Case::parse(&rule.value()) {
                        Ok(rule) => case = rule,
                        Err(message) => errors.at(rule.span(), message),
                    }
                }
            }
            Some(argument) if argument.name == "crate" => {
                runtime = RuntimePath::read(&argument, errors);
            }
            other => unknown(
                other.map(|argument| argument.name.to_string()),
                &piece,
                &["rename_all", "crate"],
                errors,
            ),
        }
    }
    if runtime.is_missing() {
        return TokenStream::new();
    }
    let Data::Enum(data) = &input.data else {
        errors.on(
            &input.ident,
            format!(
                "`{0}` is not an enum, but only an enum lists the values of an attribute; write `enum {0} {{ ... }}` with a variant for each",
                input.ident
            ),
        );
        return TokenStream::new();
    };
    if !input.generics.params.is_empty() {
        errors.on(
            &input.generics,
            "an enum of attribute values has no generic parameters; write the enum without them",
        );
        return TokenStream::new();
    }
    let mut names: Vec<String> = Vec::new();
    let mut patterns = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.on(
                &variant.ident,
                format!(
                    "`{0}` has fields, but a value of an attribute has none; write `{0}` alone",
                    variant.ident
                ),
            );
        }
        let mut name = case.apply(&variant.ident.unraw().to_string());
        not_of_context(&variant.attrs, errors);
        for piece in attribute_pieces(&variant.attrs, "attribute", errors) {
            match argument(&piece) {
                Some(argument) if argument.name == "name" => {
                    if let Some(text) = argument.text("\"enterprise-plus\"", errors) {
                        name = text.value();
                    }
                }
                other => unknown(
                    other.map(|argument| argument.name.to_string()),
                    &piece,
                    &["name"],
                    errors,
                ),
            }
        }
        if names.contains(&name) {
            errors.on(&variant.ident, format!("two variants are named `{name}`; rename one with `#[attribute(name = \"...\")]`"));
        }
        names.push(name);
        patterns.push(&variant.ident);
    }
    if names.is_empty() {
        errors.on(
            &input.ident,
            format!(
                "`{}` has no variants, so no context could have the attribute; write a variant for each value",
                input.ident
            ),
        );
    }
    print(&input.ident, &runtime, &names, &patterns)
}

/// The implementations.
fn print(
    ident: &Ident,
    runtime: &RuntimePath,
    names: &[String],
    patterns: &[&Ident],
) -> TokenStream {
    let private = runtime.private();
    let indexes = 0..names.len();
    let variants = patterns.iter().map(|variant| format!("{ident}::{variant}"));
    let make = made(runtime, || make(ident, runtime, names, patterns));
    quote! {
        const _: () = {
            use #private::core;
            #[automatically_derived]
            impl #runtime::AttributeValue for #ident {
                const NAMES: &'static [&'static str] = &[#(#names),*];
                const VARIANTS: &'static [&'static str] = &[#(#variants),*];
                #[inline]
                fn index(&self) -> core::primitive::usize {
                    match *self { #(Self::#patterns { .. } => #indexes,)* }
                }
            }
            #[automatically_derived]
            impl #runtime::Field for #ident {
                type Type = #runtime::OneOf<#ident>;
                fn json(&self) -> core::option::Option<#private::serde_json::Value> {
                    core::option::Option::Some(core::convert::From::from(#runtime::AttributeValue::name(self)))
                }
                fn describe(
                    path: &[&'static core::primitive::str],
                    private: core::primitive::bool,
                    schema: &mut #private::std::vec::Vec<#runtime::AttributeSchema>,
                ) {
                    #private::describe_scalar::<Self>(path, private, schema);
                }
            }
            #[automatically_derived]
            impl #runtime::Scalar for #ident {
                const MANY: core::primitive::bool = false;
                #[inline]
                fn any(&self, mut test: impl core::ops::FnMut(&Self) -> core::primitive::bool) -> core::option::Option<core::primitive::bool> {
                    core::option::Option::Some(test(self))
                }
            }
            #make
        };
    }
}

/// Refuses `#[context(...)]`, which belongs on structs.
fn not_of_context(attributes: &[syn::Attribute], errors: &mut Errors) {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("context"))
    {
        let arguments = match &attribute.meta {
            syn::Meta::List(list) => source(&list.tokens),
            _ => "...".to_owned(),
        };
        errors.on(
            attribute.path(),
            format!("`context` is for structs; write `#[attribute({arguments})]`"),
        );
    }
}

/// Of what values it is made, where tests make some.
fn make(
    ident: &Ident,
    runtime: &RuntimePath,
    names: &[String],
    variants: &[&Ident],
) -> TokenStream {
    let private = runtime.private();
    quote! {
        #[automatically_derived]
        impl<__In> #runtime::testing::Make<__In> for #ident {
            fn shape() -> #runtime::testing::Shape {
                #runtime::testing::Shape::OneOf(<Self as #runtime::AttributeValue>::NAMES)
            }
            fn read(
                json: core::option::Option<&#private::serde_json::Value>,
            ) -> core::option::Option<Self> {
                match json?.as_str()? {
                    #(#names => core::option::Option::Some(Self::#variants),)*
                    _ => core::option::Option::None,
                }
            }
        }
    }
}

/// An argument that does not exist.
fn unknown(name: Option<String>, piece: &TokenStream, known: &[&str], errors: &mut Errors) {
    let name = name.unwrap_or_else(|| piece.to_string());
    errors.on(
        piece,
        format!(
            "`{name}` is not a key of `attribute`{}",
            or_list(&name, known.iter().copied())
        ),
    );
}
