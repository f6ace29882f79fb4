//! A struct for each kind of context.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::{Arity, AttributeSchema, ContextSchema, Report, SegmentsFile};
use segments_model::{AttributeType, Code, ContextKind};

use super::arguments::Call;
use super::identifiers::{constant_name, field_name, object_name, setter_name, type_name};
use super::names::{self, Names, RESERVED};
use super::schema::{Node, kinds, tree};

/// The structs.
pub(super) fn structs(call: &Call, file: &SegmentsFile, names: &Names) -> TokenStream {
    kinds(call, file)
        .into_iter()
        .filter(|(kind, _)| names.has(&type_name(kind.as_str()), &names::kind(kind)))
        .map(|(kind, schema)| context(call, kind, &schema, names))
        .collect()
}

fn context(call: &Call, kind: &ContextKind, schema: &ContextSchema, names: &Names) -> TokenStream {
    let runtime = &call.runtime;
    let private = runtime.private();
    let name = type_name(kind.as_str());
    let nodes = tree(schema);
    let fields = Fields::new(call, names, "context", &name, &nodes);
    let Fields {
        declared,
        setters,
        defaults,
        objects,
    } = fields;
    let kind = kind.as_str();
    let generated = format!("A context of kind `{kind}`.");
    let described = schema.description.iter();
    quote! {
        #(#[doc = #described] #[doc = ""])*
        #[doc = #generated]
        #[derive(Debug, Clone, PartialEq, #runtime::Context)]
        #[context(kind = #kind, crate = #runtime)]
        #[allow(non_camel_case_types, missing_docs)]
        pub struct #name {
            /// The key, which identifies contexts of this kind.
            #[context(key)]
            pub key: #private::std::string::String,
            #declared
        }
        #[allow(missing_docs, clippy::must_use_candidate, clippy::return_self_not_must_use)]
        impl #name {
            /// Creates a context that has only a key.
            pub fn new(key: impl #private::core::convert::Into<#private::std::string::String>) -> Self {
                Self { key: #private::core::convert::Into::into(key), #defaults }
            }
            #setters
        }
        #objects
    }
}

/// An attribute and its names in Rust.
struct Named<'n> {
    name: &'n str,
    field: Ident,
    setter: Ident,
}

#[derive(Default)]
struct Fields {
    declared: TokenStream,
    setters: TokenStream,
    defaults: TokenStream,
    /// The structs of objects inside.
    objects: TokenStream,
}

impl Fields {
    /// `word` is the helper attribute of the derive.
    fn new(
        call: &Call,
        names: &Names,
        word: &str,
        owner: &Ident,
        nodes: &BTreeMap<String, Node<'_>>,
    ) -> Self {
        let mut fields = Self::default();
        let word = &Ident::new(word, proc_macro2::Span::call_site());
        let mut taken: Vec<Ident> = Vec::new();
        for (name, node) in nodes {
            // A name that is taken is an error of its own; the first one stays usable.
            let field = field_name(name);
            let (constant, setter) = if word == "context" {
                (constant_name(name), setter_name(name))
            } else {
                (field.clone(), field.clone())
            };
            if taken.contains(&constant)
                || taken.contains(&setter)
                || word == "context" && RESERVED.iter().any(|it| field == it)
            {
                continue;
            }
            taken.extend([constant, setter.clone()]);
            let named = Named {
                name,
                field,
                setter,
            };
            match node {
                Node::Attribute(schema) => fields.attribute(call, word, &named, schema),
                Node::Object(inner) => fields.object(call, names, word, owner, &named, inner),
            }
        }
        fields
    }

    fn attribute(
        &mut self,
        call: &Call,
        word: &Ident,
        named: &Named<'_>,
        schema: &AttributeSchema,
    ) {
        let private = call.runtime.private();
        let Named {
            name,
            field,
            setter,
        } = named;
        let Some(mut ty) = rust_type(call, schema.attribute_type) else {
            return;
        };
        if schema.arity == Arity::Unknown {
            let runtime = &call.runtime;
            ty = quote!(#runtime::OneOrMany<#ty>);
        }
        let docs = schema.description.clone();
        let docs =
            docs.unwrap_or_else(|| format!("Attribute `{name}`, a {}.", schema.attribute_type));
        let words = helper(word, name, schema);
        if schema.arity == Arity::Many {
            self.declared.extend(quote! {
                #[doc = #docs]
                #words
                pub #field: #private::std::vec::Vec<#ty>,
            });
            self.defaults
                .extend(quote!(#field: #private::std::vec::Vec::new(),));
            self.setters.extend(quote! {
                #[doc = #docs]
                pub fn #setter<V: #private::core::convert::Into<#ty>>(
                    mut self,
                    values: impl #private::core::iter::IntoIterator<Item = V>,
                ) -> Self {
                    self.#field = #private::core::iter::Iterator::collect(#private::core::iter::Iterator::map(
                        #private::core::iter::IntoIterator::into_iter(values),
                        #private::core::convert::Into::into,
                    ));
                    self
                }
            });
        } else {
            self.declared.extend(quote! {
                #[doc = #docs]
                #words
                pub #field: #private::core::option::Option<#ty>,
            });
            self.defaults
                .extend(quote!(#field: #private::core::option::Option::None,));
            self.setter(call, named, &docs, &ty);
        }
    }

    fn object(
        &mut self,
        call: &Call,
        names: &Names,
        word: &Ident,
        owner: &Ident,
        named: &Named<'_>,
        inner: &BTreeMap<String, Node<'_>>,
    ) {
        let (runtime, private) = (&call.runtime, call.runtime.private());
        let Named { name, field, .. } = named;
        let object = object_name(owner, name);
        if !names.has(&object, &names::object(owner, name)) {
            return;
        }
        let words = quote!(#[#word(name = #name)]);
        let docs = format!("The object `{name}`.");
        self.declared.extend(quote! {
            #[doc = #docs]
            #words
            pub #field: #private::core::option::Option<#object>,
        });
        self.defaults
            .extend(quote!(#field: #private::core::option::Option::None,));
        self.setter(call, named, &docs, &quote!(#object));
        let Fields {
            declared,
            setters,
            objects,
            ..
        } = Fields::new(call, names, "attributes", &object, inner);
        let inside = objects;
        self.objects.extend(quote! {
            #[doc = #docs]
            #[derive(Debug, Clone, PartialEq, Default, #runtime::Attributes)]
            #[attributes(crate = #runtime)]
            #[allow(non_camel_case_types, missing_docs)]
            pub struct #object { #declared }
            #[allow(missing_docs, clippy::must_use_candidate, clippy::return_self_not_must_use)]
            impl #object { #setters }
            #inside
        });
    }

    fn setter(&mut self, call: &Call, named: &Named<'_>, docs: &str, ty: &TokenStream) {
        let private = call.runtime.private();
        let Named { field, setter, .. } = named;
        self.setters.extend(quote! {
            #[doc = #docs]
            pub fn #setter(mut self, value: impl #private::core::convert::Into<#ty>) -> Self {
                self.#field = #private::core::option::Option::Some(#private::core::convert::Into::into(value));
                self
            }
        });
    }
}

/// The helper attribute of a field: of a context, or of an object inside one.
fn helper(word: &Ident, name: &str, schema: &AttributeSchema) -> TokenStream {
    let private = schema.private.then(|| quote!(, private));
    // Both are in one object, which the way leads to already.
    let formerly = schema.formerly.iter().filter_map(|it| it.path().last());
    let formerly = formerly.map(|formerly| quote!(, formerly = #formerly));
    quote!(#[#word(name = #name #(#formerly)* #private)])
}

fn rust_type(call: &Call, attribute_type: AttributeType) -> Option<TokenStream> {
    let (runtime, private) = (&call.runtime, call.runtime.private());
    Some(match attribute_type {
        AttributeType::Bool => quote!(#private::core::primitive::bool),
        AttributeType::String => quote!(#private::std::string::String),
        AttributeType::Number => quote!(#private::core::primitive::f64),
        AttributeType::Date => quote!(#runtime::Timestamp),
        AttributeType::Version => quote!(#private::semver::Version),
        AttributeType::Any => return None,
    })
}

/// Attributes that have no Rust type.
pub(super) fn unsupported(call: &Call, report: &Report) -> Vec<Diagnostic> {
    let contexts = report.readable_part().contexts.iter();
    let unbound = contexts.filter(|(kind, _)| call.bound(kind.as_str()).is_none());
    let mut found = Vec::new();
    for (kind, schema) in unbound {
        for (name, attribute) in &schema.attributes {
            if attribute.attribute_type == AttributeType::Any && !attribute.unreadable {
                let message = format!(
                    "attribute `{name}` of `{kind}` has type any, which does not exist in Rust; write its type, or bind the kind: `{kind} = crate::Type`"
                );
                found.push(Diagnostic::new(
                    Code::INCLUDE_UNSUPPORTED,
                    attribute.span.clone(),
                    message,
                ));
            }
        }
    }
    found
}
