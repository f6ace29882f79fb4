//! `#[derive(Environment)]`.

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::{EnvironmentKey, ProjectKey, or_list};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr};

use crate::case::Case;
use crate::errors::Errors;
use crate::meta::{argument, attribute_pieces};
use crate::runtime_path::RuntimePath;

/// Expands the derive.
pub(crate) fn derive_environment(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let output = errors
        .take(syn::parse2::<DeriveInput>(input))
        .map(|input| expand(&input, &mut errors));
    let errors = errors.into_tokens(&crate::runtime_path::RuntimePath::default());
    quote! { #output #errors }
}

/// What an attribute says, on the enum or on a variant.
#[derive(Default)]
struct Written {
    key: Option<LitStr>,
    project: Option<LitStr>,
    runtime: RuntimePath,
}

fn read(attributes: &[Attribute], known: &[&str], errors: &mut Errors) -> Written {
    let mut written = Written::default();
    for piece in attribute_pieces(attributes, "environment", errors) {
        let found = argument(&piece).filter(|argument| known.iter().any(|k| argument.name == k));
        let Some(argument) = found else {
            let name = argument(&piece).map_or_else(|| piece.to_string(), |a| a.name.to_string());
            let advice = or_list(&name, known.iter().copied());
            errors.on(
                &piece,
                format!("`{name}` is not a key of `environment`{advice}"),
            );
            continue;
        };
        if argument.name == "key" {
            written.key = argument.text("\"staging\"", errors);
        } else if argument.name == "project" {
            written.project = argument.text("\"shop\"", errors);
        } else {
            written.runtime = RuntimePath::read(&argument, errors);
        }
    }
    written
}

fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        errors.on(
            ident,
            format!("`{ident}` is not an enum; write an enum with a variant for each environment"),
        );
        return TokenStream::new();
    };
    if !input.generics.params.is_empty() {
        errors.on(
            &input.generics,
            "an enum of environments has no generic parameters",
        );
        return TokenStream::new();
    }
    let whole = read(&input.attrs, &["project", "crate"], errors);
    let mut taken: Vec<(Option<String>, String)> = Vec::new();
    let (mut patterns, mut keys, mut projects) = (Vec::new(), Vec::new(), Vec::new());
    for variant in &data.variants {
        let name = &variant.ident;
        if !matches!(variant.fields, Fields::Unit) {
            errors.on(
                name,
                format!("`{name}` has fields; an environment is a variant without fields"),
            );
            continue;
        }
        let own = read(&variant.attrs, &["key", "project"], errors);
        let key = own.key.unwrap_or_else(|| {
            LitStr::new(&Case::Kebab.apply(&name.unraw().to_string()), name.span())
        });
        let project = own.project.or_else(|| whole.project.clone());
        if let Err(error) = EnvironmentKey::parse(key.value()) {
            errors.at(key.span(), error);
            continue;
        }
        if let Some(project) = &project
            && let Err(error) = ProjectKey::parse(project.value())
        {
            errors.at(project.span(), error);
            continue;
        }
        let place = (project.as_ref().map(LitStr::value), key.value());
        if taken.contains(&place) {
            errors.on(
                name,
                format!(
                    "two variants are environment `{}`; give one another key with `#[environment(key = \"...\")]`",
                    key.value()
                ),
            );
        }
        taken.push(place);
        patterns.push(name);
        keys.push(key);
        projects.push(project);
    }
    if whole.runtime.is_missing() {
        return TokenStream::new();
    }
    let private = whole.runtime.private();
    let runtime = &whole.runtime;
    let count = patterns.len();
    // Where a variant is left out, its error says enough; that it is not matched would be another.
    let others = (count < data.variants.len()).then(|| quote!(_ => loop {},));
    let projects = projects.iter().map(|project| match project {
        Some(project) => {
            quote!(#private::Some(#runtime::model::ProjectKey::from_static(#project)))
        }
        None => quote!(#private::None),
    });
    quote! {
        #[automatically_derived]
        impl #ident {
            /// All environments, in the order of the variants.
            pub const ALL: [Self; #count] = [#(Self::#patterns),*];
        }
        #[automatically_derived]
        impl #runtime::Environment for #ident {
            fn environment(&self) -> #private::EnvironmentKey {
                match *self { #(Self::#patterns => #private::EnvironmentKey::from_static(#keys),)* #others }
            }
            fn project(&self) -> #private::Option<#runtime::model::ProjectKey> {
                match *self { #(Self::#patterns => #projects,)* #others }
            }
        }
    }
}
