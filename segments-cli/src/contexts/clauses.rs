//! The values that the clauses of segments compare with an attribute.

use std::collections::{BTreeMap, HashMap};

use segments_model::{
    AttributeRef, AttributeValue, ContextKind, Operand, Operator, date, version, wire,
};
use serde_json::Value as Json;

/// The way to an attribute: `zip` and `/zip` are the same.
pub(super) type Path = Vec<String>;

/// The values that clauses compare each attribute with.
#[derive(Debug, Default)]
pub(crate) struct Compared(HashMap<Path, BTreeMap<String, Types>>);

/// The values that an attribute is compared with. Empty if no clause tests it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "a set, in which each type is or is not"
)]
pub(super) struct Types {
    text: bool,
    number: bool,
    boolean: bool,
    date: bool,
    version: bool,
}

impl Compared {
    /// Collects what the clauses of rules ask of each kind's attributes.
    pub(crate) fn with<'r>(rules: impl IntoIterator<Item = &'r wire::Rule>) -> Self {
        let mut compared = Self::default();
        for rule in rules {
            for clause in &rule.clauses {
                if let Some(operator) = Operator::from_wire(&clause.op)
                    && operator != Operator::SegmentMatch
                {
                    let kind = clause.context_kind.as_deref();
                    let types = compared.attribute(kind, &clause.attribute);
                    types.add(operator, &clause.values);
                }
            }
            // A bucket is made of the text as it is written.
            if let Some(by) = rule.bucket_by.as_deref().filter(|by| !by.is_empty()) {
                let kind = rule.rollout_context_kind.as_deref();
                compared.attribute(kind, by).text = true;
            }
        }
        compared
    }

    /// Without a kind, an attribute of users is a name as it stands, as it was before there were kinds.
    fn attribute(&mut self, kind: Option<&str>, attribute: &str) -> &mut Types {
        let kind = kind.and_then(|kind| ContextKind::parse(kind).ok());
        let reference = match kind {
            Some(_) => AttributeRef::parse(attribute).ok(),
            None => None,
        };
        let path = match reference {
            Some(reference) => reference.path().map(Into::into).collect(),
            None => vec![attribute.to_owned()],
        };
        let kind = kind.unwrap_or(ContextKind::USER);
        let kinds = self.0.entry(path).or_default();
        kinds.entry(kind.to_string()).or_default()
    }

    /// The values that an attribute is compared with, by kind.
    pub(super) fn by_kind(&self, path: &Path) -> BTreeMap<String, Types> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

impl Types {
    pub(super) const TEXT: Self = Self {
        text: true,
        number: false,
        boolean: false,
        date: false,
        version: false,
    };
    pub(super) const BOOLEAN: Self = Self {
        text: false,
        boolean: true,
        ..Self::TEXT
    };

    fn add(&mut self, operator: Operator, values: &[Json]) {
        match operator.row().operand {
            Operand::Scalar => {
                for value in values {
                    match value {
                        Json::String(_) => self.text = true,
                        Json::Number(_) => self.number = true,
                        Json::Bool(_) => self.boolean = true,
                        Json::Null | Json::Array(_) | Json::Object(_) => {}
                    }
                }
            }
            Operand::Text | Operand::Pattern | Operand::Segment => self.text = true,
            Operand::Number => self.number = true,
            Operand::Date => self.date = true,
            Operand::Version => self.version = true,
        }
    }

    /// The value of a text in a table; an error with the text if clauses cannot compare it. A list is
    /// written as in JSON.
    pub(super) fn read(self, text: &str) -> Result<AttributeValue, AttributeValue> {
        let scalar = text.trim();
        let json = || serde_json::from_str::<AttributeValue>(scalar).ok();
        if scalar.starts_with('[')
            && let Some(list) = json()
        {
            return self.taken(list);
        }
        let boolean = || match scalar.to_ascii_lowercase().as_str() {
            "true" => Some(AttributeValue::Bool(true)),
            "false" => Some(AttributeValue::Bool(false)),
            _ => None,
        };
        let number = || json().filter(|value| matches!(value, AttributeValue::Number(_)));
        let is_any = self == Self::default();
        let found = None
            .or_else(|| (self.boolean || is_any).then(boolean).flatten())
            .or_else(|| (self.number || self.date || is_any).then(number).flatten());
        match found {
            Some(value) => Ok(value),
            None => self.taken(AttributeValue::String(text.to_owned())),
        }
    }

    /// The value as it is; an error if clauses compare the attribute with something else only.
    pub(super) fn taken(self, value: AttributeValue) -> Result<AttributeValue, AttributeValue> {
        if self.takes(&value) {
            Ok(value)
        } else {
            Err(value)
        }
    }

    fn takes(self, value: &AttributeValue) -> bool {
        if self == Self::default() {
            return true;
        }
        match value {
            AttributeValue::String(text) => {
                self.text
                    || self.date && date::parse(text).is_ok()
                    || self.version && version::read(text).is_some()
            }
            AttributeValue::Number(_) => self.number || self.date,
            AttributeValue::Bool(_) => self.boolean,
            AttributeValue::Array(values) => values.iter().all(|value| self.takes(value)),
            AttributeValue::Null | AttributeValue::Object(_) => true,
        }
    }

    /// "numbers", "texts or dates".
    pub(super) fn in_words(self) -> String {
        let all = [
            (self.text, "texts"),
            (self.number, "numbers"),
            (self.boolean, "`true` or `false`"),
            (self.date, "dates"),
            (self.version, "versions"),
        ];
        let named: Vec<&str> = all
            .into_iter()
            .filter_map(|(is, name)| is.then_some(name))
            .collect();
        named.join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_becomes_what_clauses_compare_it_with() {
        let rules = json!([{"clauses": [
            {"attribute": "age", "op": "lessThan", "values": [5], "contextKind": "user"},
            {"attribute": "/zip", "op": "in", "values": ["8001"], "contextKind": "user"},
            {"attribute": "beta", "op": "in", "values": [true]},
            {"attribute": "at", "op": "before", "values": [5]},
            {"attribute": "version", "op": "semVerEqual", "values": ["2.10.0"]},
            {"attribute": "id", "op": "in", "values": ["3001"], "contextKind": "device"},
            {"attribute": "id", "op": "greaterThan", "values": [3], "contextKind": "org"},
        ]}]);
        let segment = json!({"key": "s", "rules": rules});
        let segments: Vec<wire::Segment> = vec![serde_json::from_value(segment).unwrap()];
        let compared = Compared::with(segments.iter().flat_map(|it| &it.rules));
        for (kind, attribute, text, expected) in [
            ("user", "age", "31", Ok(json!(31.0))),
            ("user", "age", "old", Err(json!("old"))),
            ("user", "zip", "8001", Ok(json!("8001"))),
            ("user", "beta", "TRUE", Ok(json!(true))),
            ("user", "beta", "yes", Err(json!("yes"))),
            (
                "user",
                "at",
                "2024-05-03T00:00:00Z",
                Ok(json!("2024-05-03T00:00:00Z")),
            ),
            ("user", "at", "1700", Ok(json!(1700.0))),
            ("user", "at", "soon", Err(json!("soon"))),
            ("user", "version", "2.10", Ok(json!("2.10"))),
            ("user", "version", "latest", Err(json!("latest"))),
            ("user", "untested", "7", Ok(json!(7.0))),
            ("user", "untested", "x", Ok(json!("x"))),
            ("user", "zip", r#"["a","b"]"#, Ok(json!(["a", "b"]))),
            ("user", "zip", "[1]", Err(json!([1.0]))),
            ("device", "id", "3001", Ok(json!("3001"))),
            ("org", "id", "3001", Ok(json!(3001.0))),
        ] {
            let types = compared.by_kind(&vec![attribute.to_owned()]);
            let types = types.get(kind).copied().unwrap_or_default();
            let value = |json| serde_json::from_value::<AttributeValue>(json).unwrap();
            let expected = expected.map(value).map_err(value);
            assert_eq!(types.read(text), expected, "{kind} {attribute} {text}");
        }
    }
}
