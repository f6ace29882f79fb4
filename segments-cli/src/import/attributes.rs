//! The kinds of contexts that segments speak of, and the types of their attributes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use segments_model::{AttributeType, Operator, date, version, wire};
use serde_json::Value as Json;

use super::write::{asks_segments, kind, text};

/// What is known of attributes, by kind and name.
#[derive(Debug, Default)]
pub(super) struct Attributes<'a> {
    kinds: BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a wire::Clause>>>,
}

/// Attributes that exist without being declared.
const BUILT_IN: [&str; 3] = ["key", "name", "anonymous"];

impl<'a> Attributes<'a> {
    /// Collects the clauses that test each attribute.
    pub(super) fn infer(segments: &'a [wire::Segment]) -> Self {
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
                    found
                        .attribute(kind(clause.context_kind.as_ref()), &clause.attribute)
                        .push(clause);
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

    fn attribute(&mut self, kind: &'a str, name: &'a str) -> &mut Vec<&'a wire::Clause> {
        self.kinds.entry(kind).or_default().entry(name).or_default()
    }
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
                writeln!(f, "[contexts.{}]\n", text(kind))?;
                continue;
            }
            writeln!(f, "[contexts.{}.attributes]", text(kind))?;
            for (name, clauses) in declared {
                writeln!(f, "{} = \"{}\"", text(name), inferred(clauses))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The first type that every clause fits; `any` if they disagree.
fn inferred(clauses: &[&wire::Clause]) -> AttributeType {
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
}
