//! The context kinds of segments, and the types of their attributes.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::draft::DraftClause;
use segments_model::{AttributeRef, AttributeType, Audience, ContextKind, Definition, Operator};
use segments_runtime::sync::SeenValues;
use serde_json::Value as Json;

/// The facts about attributes, by kind and reference.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    kinds: BTreeMap<String, BTreeMap<AttributeRef, Attribute>>,
}

/// The facts about one attribute.
#[derive(Debug, Default)]
pub(super) struct Attribute {
    /// The clauses that test it, each with the number of its segment.
    clauses: Vec<(usize, DraftClause)>,
    /// The segments whose shares it decides.
    splits: BTreeSet<usize>,
    /// The values that the service has seen, if no clause determines the type.
    seen: Option<AttributeType>,
}

impl Attribute {
    /// The type that fits every clause; `any` if there is none.
    pub(super) fn attribute_type(&self) -> AttributeType {
        let clauses = self.clauses.iter().map(|(_, clause)| clause);
        self.seen.unwrap_or_else(|| inferred(clauses))
    }

    /// The type that the clauses of most segments fit, and the segments whose clauses do not.
    pub(super) fn of_most(&self) -> (AttributeType, BTreeSet<usize>) {
        if let Some(seen) = self.seen {
            return (seen, BTreeSet::new());
        }
        let misfits = |of: AttributeType| -> BTreeSet<usize> {
            let misfits = self.clauses.iter().filter(|(_, clause)| !clause.fits(of));
            misfits.map(|(segment, _)| *segment).collect()
        };
        let all = TYPES.into_iter().map(|of| (of, misfits(of)));
        let of_most = all.min_by_key(|(_, misfits)| misfits.len());
        match of_most {
            Some(found) if !self.clauses.is_empty() => found,
            _ => (AttributeType::Any, BTreeSet::new()),
        }
    }
}

/// An attribute with its reference.
pub(super) type Named<'a> = (&'a AttributeRef, &'a Attribute);

/// The objects on the way to an attribute.
fn ways(reference: &AttributeRef) -> Vec<AttributeRef> {
    let path: Vec<_> = reference.path().collect();
    let ways = (1..path.len()).map(|length| path[..length].iter().map(AsRef::as_ref));
    ways.filter_map(|way| AttributeRef::from_path(way).ok())
        .collect()
}

/// The attributes of a kind that are objects to other attributes. For some segments they are values.
pub(super) fn objects(declared: &[Named<'_>]) -> BTreeSet<AttributeRef> {
    let all = declared.iter();
    all.flat_map(|(reference, _)| ways(reference)).collect()
}

/// The attributes of a kind that have to go so that each is a value or an object for everybody: what
/// fewer segments use.
pub(super) fn of_few(declared: &[Named<'_>]) -> BTreeSet<AttributeRef> {
    let users = |attribute: &Attribute| {
        let clauses = attribute.clauses.iter().map(|(segment, _)| *segment);
        clauses.chain(attribute.splits.iter().copied()).collect()
    };
    let values: BTreeMap<&AttributeRef, BTreeSet<usize>> = declared
        .iter()
        .map(|(reference, attribute)| (*reference, users(attribute)))
        .collect();
    let mut inside: BTreeMap<AttributeRef, (BTreeSet<usize>, Vec<&AttributeRef>)> = BTreeMap::new();
    for (reference, _) in declared {
        for way in ways(reference) {
            if values.contains_key(&way) {
                let (segments, references) = inside.entry(way).or_default();
                segments.extend(&values[*reference]);
                references.push(reference);
            }
        }
    }
    let mut few = BTreeSet::new();
    for (object, (segments, references)) in inside {
        if segments.len() < values[&object].len() {
            few.extend(references.into_iter().cloned());
        } else {
            few.insert(object);
        }
    }
    few
}

/// The types that clauses can tell, in the order in which they are tried.
const TYPES: [AttributeType; 5] = [
    AttributeType::Bool,
    AttributeType::Number,
    AttributeType::String,
    AttributeType::Date,
    AttributeType::Version,
];

/// The first type that fits every clause; `any` if they disagree, or there is none.
fn inferred<'c>(clauses: impl IntoIterator<Item = &'c DraftClause>) -> AttributeType {
    let clauses: Vec<&DraftClause> = clauses.into_iter().collect();
    if clauses.is_empty() {
        return AttributeType::Any;
    }
    let fits = |of: &AttributeType| clauses.iter().all(|clause| clause.fits(*of));
    TYPES.into_iter().find(fits).unwrap_or(AttributeType::Any)
}

/// The attributes that every context has without a declaration, with their type.
pub(super) fn built_in(reference: &AttributeRef) -> Option<AttributeType> {
    match reference.as_str() {
        "key" | "kind" | "name" => Some(AttributeType::String),
        "anonymous" => Some(AttributeType::Bool),
        _ => None,
    }
}

impl Attributes {
    /// Collects the kinds and attributes of definitions.
    pub(super) fn of<'d>(definitions: impl IntoIterator<Item = &'d Definition>) -> Self {
        let mut found = Self::default();
        for (number, definition) in definitions.into_iter().enumerate() {
            for kind in definition.kinds() {
                found.kind(kind.as_str());
            }
            let rules: &[_] = match &definition.audience {
                Audience::Standard { .. } => definition.rules(),
                Audience::Big { .. } => &[],
            };
            for rule in rules {
                for clause in &rule.clauses {
                    for kind in clause.named_kinds() {
                        found.kind(kind.as_str());
                    }
                    found.clause(number, DraftClause::from(clause));
                }
                if let Some(rollout) = &rule.rollout {
                    let attributes = found.kind(rollout.kind.as_str());
                    let attribute = attributes.entry(rollout.by.clone()).or_default();
                    attribute.splits.insert(number);
                }
            }
        }
        found
    }

    fn kind(&mut self, kind: &str) -> &mut BTreeMap<AttributeRef, Attribute> {
        self.kinds.entry(kind.to_owned()).or_default()
    }

    fn clause(&mut self, segment: usize, clause: DraftClause) {
        if clause.operator == Some(Operator::SegmentMatch) {
            return;
        }
        let reference = clause.attribute.clone().map(AttributeRef::parse);
        let Some(Ok(reference)) = reference else {
            return;
        };
        if reference == AttributeRef::KIND {
            return;
        }
        let kind = clause.kind.clone();
        let kind = kind.unwrap_or_else(|| ContextKind::USER.into());
        let attribute = self.kind(&kind).entry(reference).or_default();
        attribute.clauses.push((segment, clause));
    }

    /// Every kind, with the attributes that have to be declared.
    pub(super) fn declared(&self) -> impl Iterator<Item = (&str, Vec<Named<'_>>)> {
        self.kinds.iter().map(|(kind, attributes)| {
            let declared = attributes.iter();
            let declared = declared.filter(|(reference, _)| built_in(reference).is_none());
            (kind.as_str(), declared.collect())
        })
    }

    /// The top-level names of attributes that no clause tells the type of.
    pub(super) fn unknown(&self) -> BTreeSet<String> {
        let attributes = self.declared().flat_map(|(_, attributes)| attributes);
        attributes
            .filter(|(_, found)| found.clauses.is_empty())
            .filter_map(|(reference, _)| top(reference))
            .collect()
    }

    /// Takes over what values the service has seen, by the top-level name of the attribute.
    pub(super) fn learn(&mut self, seen: &BTreeMap<String, SeenValues>) {
        for (kind, attributes) in &mut self.kinds {
            for (reference, attribute) in attributes {
                let values = top(reference).and_then(|top| seen.get(&top)?.get(kind.as_str()));
                if let (Some(values), true) = (values, attribute.clauses.is_empty()) {
                    let values = values.iter();
                    let inside = values.filter_map(|value| inside(value, reference));
                    attribute.seen = type_of(inside);
                }
            }
        }
    }
}

/// The first name on the way to an attribute.
fn top(reference: &AttributeRef) -> Option<String> {
    reference.path().next().map(Into::into)
}

/// The part of a top-level attribute's value that a reference leads to.
fn inside<'v>(value: &'v Json, reference: &AttributeRef) -> Option<&'v Json> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::{Draft, wire};
    use serde_json::json;

    fn clause(op: &str, values: &Json) -> DraftClause {
        let clause = json!({"attribute": "a", "op": op, "values": values});
        let clause: wire::Clause = serde_json::from_value(clause).unwrap();
        clause.to_draft().unwrap()
    }

    fn definition(key: &str, rules: &Json) -> Definition {
        let segment = json!({"key": key, "name": key, "rules": rules});
        let segment: wire::Segment = serde_json::from_value(segment).unwrap();
        Draft::try_from(&segment).unwrap().parse().unwrap().0
    }

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
            let clause = clause(op, &values);
            assert_eq!(inferred([&clause]).name(), expected, "{op} {values}");
        }
    }

    #[test]
    fn a_type_is_that_of_most_segments() {
        let on =
            |values: Json| json!([{"clauses": [{"attribute": "a", "op": "in", "values": values}]}]);
        let definitions = [
            definition("a", &on(json!(["x"]))),
            definition("b", &on(json!([1]))),
            definition("c", &on(json!(["y"]))),
        ];
        let attributes = Attributes::of(&definitions);
        let (_, declared) = attributes.declared().next().unwrap();
        let (_, attribute) = declared[0];
        assert_eq!(attribute.attribute_type(), AttributeType::Any);
        assert_eq!(attribute.of_most(), (AttributeType::String, [1].into()));
    }

    #[test]
    fn an_attribute_is_what_it_is_for_most_segments() {
        let on = |attribute: &str| json!([{"clauses": [{"contextKind": "user", "attribute": attribute, "op": "in", "values": ["x"]}]}]);
        let few = |uses: &[&str]| -> Vec<String> {
            let definitions: Vec<_> = uses.iter().map(|one| definition("k", &on(one))).collect();
            let attributes = Attributes::of(&definitions);
            let (_, declared) = attributes.declared().next().unwrap();
            of_few(&declared).into_iter().map(String::from).collect()
        };
        assert_eq!(
            few(&["address", "address", "/address/city"]),
            ["/address/city"]
        );
        assert_eq!(
            few(&["address", "/address/city", "/address/zip"]),
            ["address"]
        );
        assert_eq!(
            few(&["/address/city", "/address/city/zip"]),
            ["/address/city"]
        );
        assert!(few(&["email", "/address/city"]).is_empty());
    }

    #[test]
    fn what_no_clause_tells_is_learned_from_the_service() {
        let rules = json!([
            {"clauses": [], "weight": 10, "bucketBy": "account"},
            {"clauses": [], "weight": 10, "bucketBy": "/address/zip", "rolloutContextKind": "user"},
            {"clauses": [], "weight": 10, "bucketBy": "mixed"},
        ]);
        let mut attributes = Attributes::of(&[definition("s", &rules)]);
        let unknown: Vec<_> = attributes.unknown().into_iter().collect();
        assert_eq!(unknown, ["account", "address", "mixed"]);
        let seen = |values: Json| {
            let values = values.as_array().unwrap().clone();
            SeenValues::from([("user".to_owned(), values)])
        };
        attributes.learn(&BTreeMap::from([
            ("account".to_owned(), seen(json!(["a-1", "a-2"]))),
            ("address".to_owned(), seen(json!([{"zip": 8001}, {}]))),
            ("mixed".to_owned(), seen(json!([1, "x"]))),
        ]));
        let (_, declared) = attributes.declared().next().unwrap();
        let types = declared
            .iter()
            .map(|(reference, it)| (reference.as_str(), it.attribute_type().name()));
        assert_eq!(
            types.collect::<Vec<_>>(),
            [
                ("/address/zip", "number"),
                ("account", "string"),
                ("mixed", "any")
            ]
        );
    }
}
