//! A struct for each kind of context.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::{AttributeSchema, ContextSchema, Report, SegmentsFile};
use segments_model::{AttributeType, Code, ContextKind};

use super::arguments::Call;
use super::names::{RESERVED, constant_name, field_name, object_name, type_name};

/// Attributes, by the first name on the way to them.
pub(super) enum Node<'s> {
    Attribute(&'s AttributeSchema),
    Object(BTreeMap<String, Node<'s>>),
}

/// The attributes of a kind as a tree of objects.
pub(super) fn tree(schema: &ContextSchema) -> BTreeMap<String, Node<'_>> {
    let mut root = BTreeMap::new();
    for (reference, attribute) in &schema.attributes {
        let path: Vec<String> = reference.path().map(String::from).collect();
        insert(&mut root, &path, attribute);
    }
    root
}

fn insert<'s>(
    nodes: &mut BTreeMap<String, Node<'s>>,
    path: &[String],
    attribute: &'s AttributeSchema,
) {
    match path {
        [] => {}
        [name] => {
            nodes.insert(name.clone(), Node::Attribute(attribute));
        }
        [name, rest @ ..] => {
            let object = || Node::Object(BTreeMap::new());
            if let Node::Object(inner) = nodes.entry(name.clone()).or_insert_with(object) {
                insert(inner, rest, attribute);
            }
        }
    }
}

/// The type that stands for a kind: one that exists, or the one that is made here.
pub(super) fn path(call: &Call, kind: &str) -> TokenStream {
    match call.bound(kind) {
        Some(path) => quote!(#path),
        None => {
            let name = type_name(kind);
            quote!(#name)
        }
    }
}

/// The structs.
pub(super) fn structs(call: &Call, file: &SegmentsFile) -> TokenStream {
    let user = ContextSchema::default();
    let mut kinds: BTreeMap<&ContextKind, &ContextSchema> = file.contexts.iter().collect();
    // Every project has users, declared or not.
    let of_users = ContextKind::USER;
    if file
        .segments
        .iter()
        .any(|segment| mentions(segment, &of_users))
    {
        kinds.entry(&of_users).or_insert(&user);
    }
    let unbound = kinds
        .into_iter()
        .filter(|(kind, _)| call.bound(kind.as_str()).is_none());
    unbound
        .map(|(kind, schema)| context(call, kind, schema))
        .collect()
}

fn mentions(segment: &segments_model::file::DeclaredSegment, kind: &ContextKind) -> bool {
    let definition = &segment.definition;
    let mut lists = definition
        .included()
        .lists()
        .chain(definition.excluded().lists());
    let mut rules = definition.rules().iter();
    lists.any(|(listed, _)| listed == kind)
        || rules.any(|rule| {
            rule.clauses.iter().any(|clause| clause.kind == *kind)
                || rule
                    .rollout
                    .as_ref()
                    .is_some_and(|rollout| rollout.kind == *kind)
        })
        || matches!(&definition.audience, segments_model::Audience::Big { kind: big } if big == kind)
}

fn context(call: &Call, kind: &ContextKind, schema: &ContextSchema) -> TokenStream {
    let runtime = &call.runtime;
    let private = runtime.private();
    let name = type_name(kind.as_str());
    let mut nodes = tree(schema);
    let built_in = |attribute_type| AttributeSchema {
        attribute_type,
        unreadable: false,
        many: false,
        one_of: None,
        private: false,
        description: None,
        span: 0..0,
    };
    let (text, flag) = (
        built_in(AttributeType::String),
        built_in(AttributeType::Bool),
    );
    nodes
        .entry("name".to_owned())
        .or_insert(Node::Attribute(&text));
    nodes
        .entry("anonymous".to_owned())
        .or_insert(Node::Attribute(&flag));
    let fields = Fields::new(call, "context", &name, &nodes);
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
            /// What tells contexts of this kind apart.
            #[context(key)]
            pub key: #private::std::string::String,
            #declared
        }
        #[allow(missing_docs, clippy::must_use_candidate, clippy::return_self_not_must_use)]
        impl #name {
            /// A context that has a key and nothing else.
            pub fn new(key: impl #private::core::convert::Into<#private::std::string::String>) -> Self {
                Self { key: #private::core::convert::Into::into(key), #defaults }
            }
            #setters
        }
        #objects
    }
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
    fn new(call: &Call, word: &str, owner: &Ident, nodes: &BTreeMap<String, Node<'_>>) -> Self {
        let mut fields = Self::default();
        let word = &Ident::new(word, proc_macro2::Span::call_site());
        let mut taken: Vec<Ident> = Vec::new();
        for (name, node) in nodes {
            // A name that is taken is an error of its own; the first one stays usable.
            let (field, constant) = (field_name(name), constant_name(name));
            if taken.contains(&constant)
                || word == "context" && RESERVED.iter().any(|it| field == it)
            {
                continue;
            }
            taken.push(constant);
            match node {
                Node::Attribute(schema) => fields.attribute(call, word, name, schema),
                Node::Object(inner) => fields.object(call, word, (owner, name), inner),
            }
        }
        fields
    }

    fn attribute(&mut self, call: &Call, word: &Ident, name: &str, schema: &AttributeSchema) {
        let private = call.runtime.private();
        let field = field_name(name);
        let Some(ty) = rust_type(call, schema.attribute_type) else {
            return;
        };
        let docs = schema.description.clone();
        let docs =
            docs.unwrap_or_else(|| format!("Attribute `{name}`, a {}.", schema.attribute_type));
        let words = helper(word, name, schema.private);
        if schema.many {
            self.declared.extend(quote! {
                #[doc = #docs]
                #words
                pub #field: #private::std::vec::Vec<#ty>,
            });
            self.defaults
                .extend(quote!(#field: #private::std::vec::Vec::new(),));
            self.setters.extend(quote! {
                #[doc = #docs]
                pub fn #field<V: #private::core::convert::Into<#ty>>(
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
            self.setter(call, &field, &docs, &ty);
        }
    }

    fn object(
        &mut self,
        call: &Call,
        word: &Ident,
        (owner, name): (&Ident, &str),
        inner: &BTreeMap<String, Node<'_>>,
    ) {
        let (runtime, private) = (&call.runtime, call.runtime.private());
        let field = field_name(name);
        let object = object_name(owner, name);
        let words = helper(word, name, false);
        let docs = format!("The object `{name}`.");
        self.declared.extend(quote! {
            #[doc = #docs]
            #words
            pub #field: #private::core::option::Option<#object>,
        });
        self.defaults
            .extend(quote!(#field: #private::core::option::Option::None,));
        self.setter(call, &field, &docs, &quote!(#object));
        let Fields {
            declared,
            setters,
            objects,
            ..
        } = Fields::new(call, "attributes", &object, inner);
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

    fn setter(&mut self, call: &Call, field: &Ident, docs: &str, ty: &TokenStream) {
        let private = call.runtime.private();
        self.setters.extend(quote! {
            #[doc = #docs]
            pub fn #field(mut self, value: impl #private::core::convert::Into<#ty>) -> Self {
                self.#field = #private::core::option::Option::Some(#private::core::convert::Into::into(value));
                self
            }
        });
    }
}

/// The helper attribute of a field: of a context, or of an object inside one.
fn helper(word: &Ident, name: &str, private: bool) -> TokenStream {
    let private = private.then(|| quote!(, private));
    quote!(#[#word(name = #name #private)])
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
                    "attribute `{name}` of `{kind}` is of type any, which no Rust type is; write its type, or bind the kind: `{kind} = crate::Type`"
                );
                found.push(Diagnostic::new(
                    Code::IncludeUnsupported,
                    attribute.span.clone(),
                    message,
                ));
            }
        }
    }
    found
}
