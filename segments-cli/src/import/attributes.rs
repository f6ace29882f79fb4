//! The kinds of contexts that segments speak of, and the types of their attributes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use segments_model::{AttributeRef, AttributeType, Operator, date, version, wire};
use segments_runtime::sync::SeenValues;
use serde_json::Value as Json;

use super::toml::key;

/// What is known of attributes, by kind and name.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'a> {
    kinds: BTreeMap<&'a str, BTreeMap<&'a str, Attribute<'a>>>,
}

/// What is known of one attribute.
#[derive(Debug, Default)]
pub(crate) struct Attribute<'a> {
    clauses: Vec<&'a wire::Clause>,
    /// What the service has seen, where no clause tells.
    seen: Option<AttributeType>,
}

impl Attribute<'_> {
    pub(crate) fn attribute_type(&self) -> AttributeType {
        match self.seen {
            Some(seen) if self.clauses.is_empty() => seen,
            _ => inferred(&self.clauses),
        }
    }
}

/// The kind that is meant where none is said.
pub(super) const USER: &str = "user";

/// A kind, which is `user` where the service says none.
pub(super) fn kind(kind: Option<&String>) -> &str {
    kind.map(String::as_str)
        .filter(|kind| !kind.is_empty())
        .unwrap_or(USER)
}

pub(super) fn asks_segments(clause: &wire::Clause) -> bool {
    clause.op == Operator::SegmentMatch.wire()
}

/// Attributes that exist without being declared.
const BUILT_IN: [&str; 3] = ["key", "name", "anonymous"];

impl<'a> Attributes<'a> {
    /// Collects the clauses that test each attribute.
    pub(crate) fn infer(segments: &'a [wire::Segment]) -> Self {
        let mut found = Self::default();
        for segment in segments {
            let lists = segment
                .included_contexts
                .iter()
                .chain(&segment.excluded_contexts);
            let kinds: BTreeSet<&str> = lists
                .map(|list| list.context_kind.as_str())
                .chain(segment.unbounded_context_kind.as_deref())
                .collect();
            for kind in kinds {
                found.kinds.entry(kind).or_default();
            }
            for rule in &segment.rules {
                for clause in rule.clauses.iter().filter(|clause| !asks_segments(clause)) {
                    let kind = kind(clause.context_kind.as_ref());
                    let attribute = found.attribute(kind, &clause.attribute);
                    attribute.clauses.push(clause);
                }
                if let Some(by) = rule.bucket_by.as_deref().filter(|by| !by.is_empty()) {
                    found.attribute(kind(rule.rollout_context_kind.as_ref()), by);
                } else if rule.weight.is_some() {
                    let kind = kind(rule.rollout_context_kind.as_ref());
                    found.kinds.entry(kind).or_default();
                }
            }
        }
        found
    }

    fn attribute(&mut self, kind: &'a str, name: &'a str) -> &mut Attribute<'a> {
        self.kinds.entry(kind).or_default().entry(name).or_default()
    }

    /// The top-level names of attributes that no clause tells the type of.
    pub(super) fn unknown(&self) -> BTreeSet<String> {
        let attributes = self.kinds.values().flatten();
        attributes
            .filter(|(name, found)| found.clauses.is_empty() && !BUILT_IN.contains(name))
            .filter_map(|(name, _)| top(name))
            .collect()
    }

    /// Takes over what values the service has seen of a top-level attribute.
    pub(super) fn learn(&mut self, top_level: &str, values: &SeenValues) {
        for (kind, attributes) in &mut self.kinds {
            let Some(values) = values.get(*kind) else {
                continue;
            };
            for (name, attribute) in attributes.iter_mut() {
                if top(name).as_deref() == Some(top_level) {
                    attribute.seen = type_of(values.iter().filter_map(|value| inside(value, name)));
                }
            }
        }
    }
}

/// The first name on the way to an attribute.
fn top(name: &str) -> Option<String> {
    let reference = AttributeRef::parse(name).ok()?;
    reference.path().next().map(Into::into)
}

/// The part of a top-level attribute's value that a reference leads to.
fn inside<'v>(value: &'v Json, name: &str) -> Option<&'v Json> {
    let reference = AttributeRef::parse(name).ok()?;
    let mut path = reference.path().skip(1);
    path.try_fold(value, |value, step| value.get(&*step))
}

/// The type of values, if all have the same.
fn type_of<'v>(values: impl Iterator<Item = &'v Json>) -> Option<AttributeType> {
    let one = |value: &Json| match value {
        Json::Bool(_) => AttributeType::Bool,
        Json::Number(_) => AttributeType::Number,
        Json::String(_) => AttributeType::String,
        Json::Null | Json::Array(_) | Json::Object(_) => AttributeType::Any,
    };
    let mut types = values.map(one);
    let first = types.next()?;
    types.all(|other| other == first).then_some(first)
}

/// As tables of `segments.toml`.
impl fmt::Display for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, attributes) in &self.kinds {
            let declared: Vec<_> = attributes
                .iter()
                .filter(|(name, _)| !BUILT_IN.contains(name))
                .collect();
            if declared.is_empty() {
                writeln!(f, "[contexts.{}]\n", key(kind))?;
                continue;
            }
            writeln!(f, "[contexts.{}.attributes]", key(kind))?;
            for (name, attribute) in declared {
                writeln!(f, "{} = \"{}\"", key(name), attribute.attribute_type())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The first type that every clause fits; `any` if they disagree.
pub(crate) fn inferred(clauses: &[&wire::Clause]) -> AttributeType {
    use AttributeType::{Any, Bool, Date, Number, String, Version};
    if clauses.is_empty() {
        return Any;
    }
    let types = [Bool, Number, String, Date, Version];
    let fits = |of: &AttributeType| clauses.iter().all(|clause| fit(clause, *of));
    types.into_iter().find(fits).unwrap_or(Any)
}

fn fit(clause: &wire::Clause, of: AttributeType) -> bool {
    let value_fits = |value: &Json| match of {
        AttributeType::Bool => value.is_boolean(),
        AttributeType::Number => value.is_number(),
        AttributeType::String => value.is_string(),
        AttributeType::Date => {
            value.is_number() || value.as_str().is_some_and(|text| date::parse(text).is_ok())
        }
        AttributeType::Version => value
            .as_str()
            .is_some_and(|text| version::parse(text).is_ok()),
        AttributeType::Any => true,
    };
    Operator::from_wire(&clause.op).is_some_and(|operator| operator.fits(of))
        && clause.values.iter().all(value_fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn types_follow_operators_and_values() {
        for (op, values, expected) in [
            ("in", json!([true]), "bool"),
            ("in", json!([1, 2.5]), "number"),
            ("lessThan", json!([1]), "number"),
            ("endsWith", json!(["x"]), "string"),
            ("before", json!([1_704_067_200_000_i64]), "date"),
            ("after", json!(["2024-05-03T00:00:00Z"]), "date"),
            ("semVerLessThan", json!(["2.0.0"]), "semver"),
            ("in", json!([1, "x"]), "any"),
        ] {
            let clause = json!({"attribute": "a", "op": op, "values": values});
            let clause: wire::Clause = serde_json::from_value(clause).unwrap();
            assert_eq!(inferred(&[&clause]).name(), expected, "{op} {values}");
        }
    }
    #[test]
    fn what_no_clause_tells_is_learnt_from_the_service() {
        let rule = json!([
            {"clauses": [], "weight": 10, "bucketBy": "account"},
            {"clauses": [], "weight": 10, "bucketBy": "/address/zip"},
            {"clauses": [], "weight": 10, "bucketBy": "mixed"},
        ]);
        let segment = json!({"key": "s", "rules": rule});
        let segments: Vec<wire::Segment> = vec![serde_json::from_value(segment).unwrap()];
        let mut attributes = Attributes::infer(&segments);
        let unknown: Vec<_> = attributes.unknown().into_iter().collect();
        assert_eq!(unknown, ["account", "address", "mixed"]);
        let seen = |values: Json| {
            let values = values.as_array().unwrap().clone();
            SeenValues::from([("user".to_owned(), values)])
        };
        attributes.learn("account", &seen(json!(["a-1", "a-2"])));
        attributes.learn("address", &seen(json!([{"zip": 8001}, {}])));
        attributes.learn("mixed", &seen(json!([1, "x"])));
        assert_eq!(
            attributes.to_string(),
            "[contexts.user.attributes]\n\"/address/zip\" = \"number\"\naccount = \"string\"\nmixed = \"any\"\n\n"
        );
    }
}
