//! The reader's facts about names: in the file that names them first, and then in the others.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::file::{
    AttributeSchema, BUILT_IN, ContextSchema, DeclaredSegment, SegmentsFile, Symbol,
};
use segments_model::{AttributeType, Value};

use super::document::Document;
use super::workspace::Workspace;

/// The content of a file, as far as it can be read.
pub(super) fn file(document: &Document) -> Option<&SegmentsFile> {
    document
        .report()
        .map(segments_model::file::Report::readable_part)
}

/// The facts about an attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'d> {
    pub(super) attribute_type: AttributeType,
    /// None of those that every context has.
    pub(super) schema: Option<&'d AttributeSchema>,
}

impl Known<'_> {
    /// "string", "array of string".
    pub(super) fn in_words(&self) -> String {
        use segments_model::file::Arity;
        match self.schema.map(|schema| schema.arity) {
            Some(Arity::Many) => format!("array of {}", self.attribute_type),
            Some(Arity::Unknown) => format!("{}, or an array of it", self.attribute_type),
            Some(Arity::One) | None => self.attribute_type.to_string(),
        }
    }

    /// The values that it can have, if they are known.
    pub(super) fn values(&self) -> Option<&BTreeSet<Value>> {
        self.schema?.one_of.as_ref()
    }
}

pub(super) fn context<'d>(document: &'d Document, kind: &str) -> Option<&'d ContextSchema> {
    file(document)?.contexts.get(kind)
}

/// An attribute by kind and name.
pub(super) fn attribute<'d>(document: &'d Document, symbol: &Symbol) -> Option<Known<'d>> {
    let Symbol::Attribute { kind, attribute } = symbol else {
        return None;
    };
    let declared = context(document, kind).and_then(|it| it.attributes.get(&**attribute));
    if let Some(schema) = declared {
        return Some(Known {
            attribute_type: schema.attribute_type,
            schema: Some(schema),
        });
    }
    let (_, attribute_type) = BUILT_IN.iter().find(|(name, _)| *name == &**attribute)?;
    Some(Known {
        attribute_type: *attribute_type,
        schema: None,
    })
}

/// All attributes of a kind that are declared or built in.
pub(super) fn attributes<'d>(document: &'d Document, kind: &str) -> BTreeMap<String, Known<'d>> {
    let built_in = BUILT_IN.iter().map(|(name, attribute_type)| {
        let known = Known {
            attribute_type: *attribute_type,
            schema: None,
        };
        ((*name).to_owned(), known)
    });
    let mut all: BTreeMap<String, Known<'d>> = built_in.collect();
    let declared = context(document, kind)
        .into_iter()
        .flat_map(|it| &it.attributes);
    all.extend(declared.map(|(name, schema)| {
        let known = Known {
            attribute_type: schema.attribute_type,
            schema: Some(schema),
        };
        (name.as_str().to_owned(), known)
    }));
    // What is being typed may keep the rest of a kind from being read.
    for (_, symbol, role) in document.outline.names() {
        if let (
            Symbol::Attribute {
                kind: of,
                attribute,
            },
            segments_model::file::Role::Declares,
        ) = (symbol, role)
            && &**of == kind
            && !attribute.is_empty()
        {
            let unknown = Known {
                attribute_type: AttributeType::Any,
                schema: None,
            };
            all.entry(attribute.to_string()).or_insert(unknown);
        }
    }
    all
}

/// A segment by key: in this file, or in another.
pub(super) fn segment<'w>(
    workspace: &'w Workspace,
    document: &'w Document,
    key: &str,
) -> Option<&'w DeclaredSegment> {
    let others = workspace.documents().map(|(_, document)| document);
    let mut documents = std::iter::once(document).chain(others);
    documents.find_map(|document| {
        let mut segments = file(document)?.segments.iter();
        segments.find(|segment| segment.definition.key.as_str() == key)
    })
}

/// The references to each segment: "segment `outsiders`".
pub(super) fn asked_by(workspace: &Workspace) -> BTreeMap<String, BTreeSet<String>> {
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for part in workspace
        .documents()
        .filter_map(|(_, document)| file(document))
    {
        for segment in &part.segments {
            let who = format!("segment `{}`", segment.definition.key);
            for key in segment.definition.references() {
                asked.entry(key.to_owned()).or_default().insert(who.clone());
            }
        }
        for targeting in &part.targetings {
            let targeting = &targeting.targeting;
            let who = format!(
                "{} `{}`",
                targeting.resource.what(),
                targeting.resource.key()
            );
            for key in targeting.references() {
                asked.entry(key.to_owned()).or_default().insert(who.clone());
            }
        }
    }
    asked
}
