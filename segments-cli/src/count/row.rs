//! A row of a table as a context.
//!
//! A column is an attribute: of the kind before a colon, else of the kind that the row's column
//! `kind` names, else of `user`. `email`, `/address/city`, `device:key` and `kind` are columns.

use std::collections::BTreeMap;
use std::fmt;

use segments_model::evaluate::{ContextInstance, InvalidContext};
use segments_model::{AttributeRef, AttributeType, AttributeValue, ContextKind, date};

use crate::import::{Attributes, inferred};

/// What a column of a table is.
#[derive(Debug)]
pub(super) enum Column {
    /// The kind of the row's context.
    Kind,
    /// An attribute.
    Attribute {
        /// Its kind, if it is not the row's.
        kind: Option<String>,
        /// The way to it.
        path: Vec<String>,
        /// What text in it stands for.
        text: AttributeType,
    },
}

/// A row that is no context.
#[derive(Debug)]
pub(super) struct Refused {
    /// The row, from 1, without the names.
    pub(super) row: u64,
    pub(super) reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row, self.reason)
    }
}

impl Column {
    /// Reads the name of a column. Text in it becomes what the clauses that test the attribute
    /// compare it with.
    pub(super) fn parse(name: &str, attributes: &Attributes<'_>) -> Result<Self, String> {
        let name = name.trim();
        if name == "kind" {
            return Ok(Self::Kind);
        }
        let (kind, attribute) = match name.split_once(':') {
            Some((kind, attribute)) if ContextKind::parse(kind).is_ok() => (Some(kind), attribute),
            _ => (None, name),
        };
        let reference = AttributeRef::parse(attribute)
            .map_err(|error| format!("column `{name}` is no attribute: {error}"))?;
        let text = match attribute {
            "key" | "name" => AttributeType::String,
            "anonymous" => AttributeType::Bool,
            _ => inferred(attributes.clauses(kind.unwrap_or("user"), attribute)),
        };
        Ok(Self::Attribute {
            kind: kind.map(str::to_owned),
            path: reference.path().map(Into::into).collect(),
            text,
        })
    }

    /// What a text in this column stands for; nothing if it is empty.
    pub(super) fn value(&self, text: &str) -> AttributeValue {
        let Self::Attribute { text: meant, .. } = self else {
            return text.into();
        };
        if text.is_empty() {
            return AttributeValue::Null;
        }
        let as_written = || AttributeValue::String(text.to_owned());
        let json = || serde_json::from_str::<AttributeValue>(text).ok();
        match meant {
            // A list is written as in JSON, whatever its elements are.
            _ if text.starts_with('[') => json().unwrap_or_else(as_written),
            AttributeType::String | AttributeType::Version => as_written(),
            AttributeType::Date if date::parse(text).is_ok() => as_written(),
            AttributeType::Bool => match text.to_ascii_lowercase().as_str() {
                "true" => AttributeValue::Bool(true),
                "false" => AttributeValue::Bool(false),
                _ => as_written(),
            },
            AttributeType::Number | AttributeType::Date | AttributeType::Any => match json() {
                Some(value @ (AttributeValue::Number(_) | AttributeValue::Bool(_))) => value,
                _ => as_written(),
            },
        }
    }
}

/// Makes a context of the values of a row, one for each column.
pub(super) fn context(
    columns: &[Column],
    values: impl IntoIterator<Item = AttributeValue>,
) -> Result<ContextInstance, InvalidContext> {
    let mut own = Node::default();
    let mut others: BTreeMap<&str, Node> = BTreeMap::new();
    let mut row_kind = None;
    for (column, value) in columns.iter().zip(values) {
        if value == AttributeValue::Null {
            continue;
        }
        match column {
            Column::Kind => row_kind = value.as_str().map(str::to_owned),
            Column::Attribute {
                kind: None, path, ..
            } => own.put(path, value),
            Column::Attribute {
                kind: Some(kind),
                path,
                ..
            } => {
                others.entry(kind).or_default().put(path, value);
            }
        }
    }
    let kind = row_kind.unwrap_or_else(|| "user".to_owned());
    let mut contexts: Vec<(String, AttributeValue)> = Vec::new();
    for (kind, node) in others {
        // A kind of which the row knows no key is one that it does not have.
        if node.0.contains_key("key") {
            contexts.push((kind.to_owned(), node.into()));
        }
    }
    if !own.0.is_empty() || contexts.is_empty() {
        contexts.push((kind, own.into()));
    }
    ContextInstance::from_kinds(contexts)
}

/// An object that grows.
#[derive(Debug, Default)]
struct Node(BTreeMap<String, Inner>);

#[derive(Debug)]
enum Inner {
    Value(AttributeValue),
    Object(Node),
}

impl Node {
    fn put(&mut self, path: &[String], value: AttributeValue) {
        let [first, rest @ ..] = path else { return };
        if rest.is_empty() {
            self.0.insert(first.clone(), Inner::Value(value));
            return;
        }
        let inner = self
            .0
            .entry(first.clone())
            .or_insert_with(|| Inner::Object(Node::default()));
        // An attribute that is a value in one column and an object in another is the object.
        if let Inner::Value(_) = inner {
            *inner = Inner::Object(Node::default());
        }
        if let Inner::Object(node) = inner {
            node.put(rest, value);
        }
    }
}

impl From<Node> for AttributeValue {
    fn from(node: Node) -> Self {
        AttributeValue::object(node.0.into_iter().map(|(name, inner)| match inner {
            Inner::Value(value) => (name, value),
            Inner::Object(node) => (name, node.into()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::wire;
    use serde_json::json;

    #[test]
    fn text_becomes_what_clauses_compare_it_with() {
        let rules = json!([{"clauses": [
            {"attribute": "age", "op": "lessThan", "values": [5]},
            {"attribute": "zip", "op": "in", "values": ["8001"]},
            {"attribute": "beta", "op": "in", "values": [true]},
            {"attribute": "at", "op": "before", "values": [5]},
        ]}]);
        let segment = json!({"key": "s", "rules": rules});
        let segments: Vec<wire::Segment> = vec![serde_json::from_value(segment).unwrap()];
        let attributes = Attributes::infer(&segments);
        for (column, text, expected) in [
            ("age", "31", json!(31.0)),
            ("age", "old", json!("old")),
            ("zip", "8001", json!("8001")),
            ("beta", "TRUE", json!(true)),
            ("at", "2024-05-03T00:00:00Z", json!("2024-05-03T00:00:00Z")),
            ("at", "1700", json!(1700.0)),
            ("key", "7", json!("7")),
            ("untested", "7", json!(7.0)),
            ("untested", "x", json!("x")),
            ("zip", "[\"a\",\"b\"]", json!(["a", "b"])),
            ("zip", "", json!(null)),
        ] {
            let column = Column::parse(column, &attributes).unwrap();
            let expected: AttributeValue = serde_json::from_value(expected).unwrap();
            assert_eq!(column.value(text), expected, "{text}");
        }
    }

    #[test]
    fn columns_lead_to_kinds_and_into_objects() {
        let attributes = Attributes::infer(&[]);
        let names = [
            "key",
            "/address/city",
            "device:key",
            "device:os",
            "org:plan",
        ];
        let columns = names.map(|name| Column::parse(name, &attributes).unwrap());
        let row = ["u-1", "Bern", "d-1", "linux", "pro"].map(AttributeValue::from);
        let json = r#"{"kind": "multi", "user": {"key": "u-1", "address": {"city": "Bern"}},
            "device": {"key": "d-1", "os": "linux"}}"#;
        let expected = ContextInstance::from_json(json).unwrap();
        assert_eq!(context(&columns, row).unwrap(), expected);
        assert!(context(&columns[1..2], [AttributeValue::from("x")]).is_err());
    }
}
