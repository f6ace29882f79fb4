//! The attributes of the kinds of a file, as trees of objects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use segments_model::file::{Arity, AttributeSchema, ContextSchema, SegmentsFile};
use segments_model::{AttributeType, ContextKind};

use super::arguments::Call;
use super::mentioned::is_mentioned;

/// Attributes, by the first name on the way to them.
pub(super) enum Node<'s> {
    Attribute(&'s AttributeSchema),
    Object(BTreeMap<String, Node<'s>>),
}

impl Node<'_> {
    /// Where it is declared, or the first of what is in it.
    pub(super) fn span(&self) -> Range<usize> {
        match self {
            Self::Attribute(schema) => schema.span.clone(),
            Self::Object(inner) => {
                let spans = inner.values().map(Self::span);
                spans.min_by_key(|span| span.start).unwrap_or_default()
            }
        }
    }
}

const fn built_in(attribute_type: AttributeType) -> AttributeSchema {
    AttributeSchema {
        attribute_type,
        unreadable: false,
        arity: Arity::One,
        one_of: None,
        private: false,
        description: None,
        formerly: None,
        span: 0..0,
    }
}

/// The attributes that every context has, declared or not.
static BUILT_IN: [(&str, AttributeSchema); 2] = [
    ("name", built_in(AttributeType::String)),
    ("anonymous", built_in(AttributeType::Bool)),
];

/// The attributes of a kind as a tree of objects.
pub(super) fn tree(schema: &ContextSchema) -> BTreeMap<String, Node<'_>> {
    let built_in = BUILT_IN.iter();
    let mut root: BTreeMap<String, Node<'_>> = built_in
        .map(|(name, schema)| ((*name).to_owned(), Node::Attribute(schema)))
        .collect();
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

/// The kinds that get a struct: those that are declared, and users, which every project has.
pub(super) fn kinds<'f>(
    call: &Call,
    file: &'f SegmentsFile,
) -> BTreeMap<&'f ContextKind, Cow<'f, ContextSchema>> {
    static USER: ContextKind = ContextKind::USER;
    let declared = file.contexts.iter();
    let mut kinds: BTreeMap<_, _> = declared
        .map(|(kind, schema)| (kind, Cow::Borrowed(schema)))
        .collect();
    if !kinds.contains_key(&USER) && is_mentioned(file, &USER) {
        kinds.insert(&USER, Cow::Owned(ContextSchema::default()));
    }
    kinds.retain(|kind, _| call.bound(kind.as_str()).is_none());
    kinds
}
