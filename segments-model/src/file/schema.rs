//! The JSON Schema of `segments.toml`, for editors.

use serde_json::{Map, Value, json};

use super::context::UNKNOWN;
use super::shape::{self, Shape, Table};
use crate::name::Grammar;
use crate::{
    AttributeType, Code, ContextKind, EnvironmentKey, MetricKey, OPERATORS, Operand, Operator,
    Part, SegmentKey, Severity, Tag, VariationKey,
};

/// Returns the schema, derived from the operator table and the reader's tables, so that an editor accepts
/// and completes the same keys as the reader. Checks that a schema cannot express (an attribute's type,
/// the existence of a segment) are left to the reader.
///
/// It is written in draft 7, which TOML language servers support. Conditions use `if`, `not` and
/// `dependencies` instead of `allOf`, `anyOf` and `oneOf` beside the keys of a table: Taplo completes no
/// keys of a table that has an `allOf`, and duplicates those in an `anyOf` or `oneOf`. A file names the
/// schema in its first line: `#:schema ./segments.schema.json`.
///
/// ```
/// let schema = segments_model::file::json_schema();
/// let operators = &schema["definitions"]["clause"]["properties"]["op"]["enum"];
/// assert_eq!(operators.as_array().unwrap().len(), segments_model::OPERATORS.len());
/// ```
#[must_use]
pub fn json_schema() -> Value {
    let mut schema = object(&shape::FILE);
    let header = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "segments.toml",
        "description": "Contexts and segments of LaunchDarkly as code.",
    });
    extend(&mut schema, header);
    schema["definitions"] = json!({
        "assertion": object(&shape::ASSERTION),
        "partition": object(&shape::PARTITION),
        "context": object(&shape::CONTEXT),
        "attribute": object(&shape::ATTRIBUTE),
        "segment": segment(),
        "environment": environment(),
        "rule": rule(),
        "clause": clause(),
        "example": object(&shape::EXAMPLE),
        "flag": targeting(),
        "targeting-environment": targeting_environment(),
        "metric": object(&shape::METRIC),
        "experiment": experiment(),
        "target": object(&shape::TARGET),
        "targeting-rule": targeting_rule(),
    });
    open(&mut schema);
    schema
}

/// Says of every sub-schema that names keys and closes nothing, such as a condition, that other keys may stand
/// beside them. That is the default of JSON Schema, but Tombi takes silence for a closed table.
fn open(schema: &mut Value) {
    let Value::Object(schema) = schema else {
        return;
    };
    let names_keys = schema.contains_key("properties") || schema.contains_key("required");
    if names_keys {
        schema
            .entry("additionalProperties")
            .or_insert(Value::Bool(true));
    }
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            // Schemas by name.
            ("properties" | "definitions" | "dependencies", Value::Object(named)) => {
                named.values_mut().for_each(open);
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                schemas.iter_mut().for_each(open);
            }
            (
                "additionalProperties" | "propertyNames" | "items" | "not" | "if" | "then" | "else",
                schema,
            ) => open(schema),
            _ => {}
        }
    }
}

fn object(table: &Table) -> Value {
    let mut properties = Map::new();
    for key in table.keys {
        let mut property = property(key.shape);
        property["description"] = key.docs.into();
        properties.insert(key.name.to_owned(), property);
    }
    let required = table.keys.iter().filter(|key| key.required);
    json!({
        "type": "object",
        "properties": properties,
        "required": required.map(|key| key.name).collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn property(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Many => json!({ "enum": [true, false, UNKNOWN] }),
        Shape::Tags => json!({ "type": "array", "items": name(&Tag::GRAMMAR) }),
        Shape::Keys => json!({ "type": "array", "items": name(&SegmentKey::GRAMMAR) }),
        Shape::Expression => json!({ "type": "string", "minLength": 1 }),
        Shape::Expressions => {
            json!({ "type": "array", "items": property(Shape::Expression), "minItems": 1 })
        }
        Shape::Operator => described(OPERATORS.iter().map(|row| (row.wire, row.phrase))),
        Shape::Values => json!({
            "type": "array",
            "items": or_date(&["boolean", "number", "string"]),
            "minItems": 1,
        }),
        Shape::Type => described(AttributeType::ALL.map(|t| (t.name(), t.meaning()))),
        Shape::Codes => {
            let warnings = Code::ALL
                .iter()
                .filter(|code| code.severity() == Severity::Warning);
            let items = described(warnings.map(|code| (code.name(), code.meaning())));
            json!({ "type": "array", "items": items })
        }
        Shape::Kind => name(&ContextKind::GRAMMAR),
        Shape::Parts => {
            let names = Part::ALL.map(Part::name);
            json!({ "type": "array", "items": { "type": "string", "enum": names } })
        }
        Shape::Targets => {
            let beside = shape::LIST.keys.iter().map(|key| {
                let mut date = or_date(&["string"]);
                date["description"] = key.docs.into();
                (key.name.to_owned(), date)
            });
            let group = json!({
                "type": "object",
                "propertyNames": name(&ContextKind::GRAMMAR),
                "properties": beside.collect::<Map<_, _>>(),
                "additionalProperties": property(Shape::ContextKeys),
            });
            json!({ "anyOf": [group, { "type": "array", "items": group, "minItems": 1 }] })
        }
        Shape::Data => json!({
            "type": "object",
            "propertyNames": name(&ContextKind::GRAMMAR),
            "additionalProperties": { "type": "object", "required": ["key"] },
            "minProperties": 1,
        }),
        Shape::Table(table) => object(table),
        Shape::Patterns => {
            json!({ "type": "array", "items": { "type": "string", "minLength": 1 } })
        }
        Shape::Severity => json!({ "enum": ["error", "warning", "off"] }),
        Shape::Array(table) => json!({ "type": "array", "items": reference(definition(table)) }),
        Shape::Contexts => json!({
            "type": "object",
            "propertyNames": name(&ContextKind::GRAMMAR),
            "additionalProperties": reference("context"),
        }),
        Shape::Segments => json!({
            "type": "object",
            "propertyNames": name(&SegmentKey::GRAMMAR),
            "additionalProperties": reference("segment"),
        }),
        Shape::EnvironmentKeys => {
            json!({ "type": "array", "items": name(&EnvironmentKey::GRAMMAR) })
        }
        Shape::Environments(own) => json!({
            "type": "object",
            "propertyNames": name(&EnvironmentKey::GRAMMAR),
            "additionalProperties": reference(definition(own)),
        }),
        // The keys of AI Configs, of flags and of segments look alike.
        Shape::Targetings => json!({
            "type": "object",
            "propertyNames": name(&SegmentKey::GRAMMAR),
            "additionalProperties": reference("flag"),
        }),
        Shape::Variations => json!({
            "type": "array", "items": name(&VariationKey::GRAMMAR), "minItems": 1,
        }),
        Shape::Serve => json!({ "anyOf": [name(&VariationKey::GRAMMAR), shares(1)] }),
        Shape::Shares => shares(2),
        Shape::ContextKeys => json!({
            "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1,
        }),
        // Names of partitions and keys of metrics, experiments and segments look alike.
        Shape::Tables(table) => json!({
            "type": "object",
            "propertyNames": name(&SegmentKey::GRAMMAR),
            "additionalProperties": reference(definition(table)),
        }),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::MetricKeys => json!({ "type": "array", "items": name(&MetricKey::GRAMMAR) }),
        Shape::Attributes => json!({
            "type": "object",
            "additionalProperties": { "anyOf": [property(Shape::Type), reference("attribute")] },
        }),
    }
}

/// Percentages by variation, of so many variations at least.
fn shares(least: usize) -> Value {
    json!({
        "type": "object",
        "propertyNames": name(&VariationKey::GRAMMAR),
        "additionalProperties": { "type": "number", "exclusiveMinimum": 0, "maximum": 100 },
        "minProperties": least,
    })
}

fn definition(table: &Table) -> &'static str {
    match table.what {
        "a targeting rule" => "targeting-rule",
        "an AI Config or flag in an environment" => "targeting-environment",
        // A table is called "a rule", its definition "rule".
        what => what.rsplit(' ').next().unwrap_or_default(),
    }
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

fn name(grammar: &Grammar) -> Value {
    let mut schema = json!({
        "type": "string",
        "pattern": grammar.pattern(),
        "maxLength": grammar.longest,
    });
    if !grammar.reserved.is_empty() {
        schema["not"] = json!({ "enum": grammar.reserved });
    }
    schema
}

/// One of some words, each with what it means. JSON Schema has no place for the meanings; the
/// language server Taplo reads them from here.
fn described<'a>(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let (words, meanings): (Vec<_>, Vec<_>) = words.into_iter().unzip();
    json!({
        "type": "string",
        "enum": words,
        "x-taplo": { "docs": { "enumValues": meanings } },
    })
}

/// A value of some types, or a date as TOML has it. A date is a string to JSON Schema, and to Tombi one that says so.
fn or_date(types: &[&str]) -> Value {
    json!({
        "anyOf": [
            { "type": types },
            { "type": "string", "format": "date-time" },
            { "type": "string", "format": "date" },
        ],
    })
}

fn extend(schema: &mut Value, with: Value) {
    if let (Value::Object(schema), Value::Object(with)) = (schema, with) {
        schema.extend(with);
    }
}

/// Keys that a table has only without some others.
fn apart<const N: usize>(keys: [(&str, &[&str]); N]) -> Value {
    let dependency = |(key, others): (&str, &[&str])| {
        let named = others.iter().map(|other| json!({ "required": [other] }));
        let named: Vec<Value> = named.collect();
        (key.to_owned(), json!({ "not": { "anyOf": named } }))
    };
    json!({ "dependencies": Value::Object(keys.into_iter().map(dependency).collect()) })
}

fn environment() -> Value {
    let mut schema = object(&shape::ENVIRONMENT);
    let keys: [(&str, &[&str]); 2] = [
        ("included", &["included_at_least"]),
        ("excluded", &["excluded_at_least"]),
    ];
    extend(&mut schema, apart(keys));
    extend_percent(&mut schema);
    schema
}

/// A share is a share wherever it stands.
fn extend_percent(schema: &mut Value) {
    schema["properties"]["percent"]["exclusiveMinimum"] = 0.into();
    schema["properties"]["percent"]["maximum"] = 100.into();
}

fn segment() -> Value {
    let mut schema = object(&shape::SEGMENT);
    let says_who = [
        "included",
        "included_at_least",
        "excluded",
        "excluded_at_least",
        "rules",
    ];
    let keys: [(&str, &[&str]); 3] = [
        ("included", &["included_at_least"]),
        ("excluded", &["excluded_at_least"]),
        ("big", &says_who),
    ];
    extend(&mut schema, apart(keys));
    let named = says_who.into_iter().chain(["big", "unmanaged"]);
    let ways: Vec<Value> = named.map(|key| json!({ "required": [key] })).collect();
    extend(
        &mut schema,
        json!({
            "if": { "required": ["nobody"], "properties": { "nobody": { "const": true } } },
            "else": { "anyOf": ways },
        }),
    );
    schema
}

/// A targeting says at least something.
fn targeting() -> Value {
    let mut schema = targeting_table(&shape::TARGETING);
    let ways = ["targets", "rules", "fallthrough"].map(|key| json!({ "required": [key] }));
    extend(&mut schema, json!({ "anyOf": ways }));
    schema
}

fn experiment() -> Value {
    let mut schema = object(&shape::EXPERIMENT);
    schema["properties"]["traffic"]["exclusiveMinimum"] = 0.into();
    schema["properties"]["traffic"]["maximum"] = 100.into();
    schema
}

fn targeting_environment() -> Value {
    targeting_table(&shape::TARGETING_ENVIRONMENT)
}

/// What says how a split works stands beside the split.
fn targeting_table(table: &Table) -> Value {
    let mut schema = object(table);
    let split = json!({ "required": ["fallthrough"] });
    extend(
        &mut schema,
        json!({ "dependencies": { "bucket_by": split, "bucket_context": split } }),
    );
    schema
}

fn targeting_rule() -> Value {
    let mut schema = object(&shape::TARGETING_RULE);
    extend(&mut schema, whom());
    schema
}

/// A rule is for some, or on purpose for everyone.
fn whom() -> Value {
    json!({
        "if": { "required": ["everyone"], "properties": { "everyone": { "const": true } } },
        "then": { "properties": { "clauses": { "maxItems": 0 } } },
        "else": { "required": ["clauses"], "properties": { "clauses": { "minItems": 1 } } },
    })
}

fn rule() -> Value {
    let mut schema = object(&shape::RULE);
    let by = json!({ "required": ["percent"] });
    extend(&mut schema, whom());
    extend(
        &mut schema,
        json!({ "dependencies": { "bucket_by": by, "bucket_context": by } }),
    );
    extend_percent(&mut schema);
    schema
}

fn clause() -> Value {
    let mut schema = object(&shape::CLAUSE);
    let operands = [
        Operand::Text,
        Operand::Pattern,
        Operand::Number,
        Operand::Date,
        Operand::Version,
        Operand::Segment,
    ];
    let mut all = Vec::new();
    for operand in operands {
        let rows = OPERATORS.iter().filter(|row| row.operand == operand);
        let operators: Vec<&str> = rows.map(|row| row.wire).collect();
        let items = match operand {
            Operand::Number => json!({ "type": "number" }),
            Operand::Date => or_date(&["number", "string"]),
            Operand::Segment => name(&SegmentKey::GRAMMAR),
            Operand::Pattern => json!({ "type": "string" }),
            _ => json!({ "type": "string", "minLength": 1 }),
        };
        all.push(json!({
            "if": { "properties": { "op": { "enum": operators } } },
            "then": { "properties": { "values": { "items": items } } },
        }));
    }
    all.push(json!({
        "if": { "properties": { "op": { "not": { "const": Operator::SegmentMatch.wire() } } } },
        "then": { "required": ["attribute"] },
    }));
    extend(
        &mut schema,
        json!({ "dependencies": { "op": { "allOf": all } } }),
    );
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_has_a_definition() {
        fn walk(value: &Value, schema: &Value) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let pointer = reference.trim_start_matches('#');
                        assert!(schema.pointer(pointer).is_some(), "{reference}");
                    }
                    members.values().for_each(|value| walk(value, schema));
                }
                Value::Array(values) => values.iter().for_each(|value| walk(value, schema)),
                _ => {}
            }
        }
        let schema = json_schema();
        walk(&schema, &schema);
    }

    /// What Tombi takes for a closed table otherwise.
    #[test]
    fn what_names_keys_says_whether_there_may_be_others() {
        fn walk(value: &Value, is_schema: bool) {
            match value {
                Value::Object(members) => {
                    let names_keys = is_schema
                        && (members.contains_key("required") || members.contains_key("properties"));
                    assert!(
                        !names_keys || members.contains_key("additionalProperties"),
                        "{value}"
                    );
                    for (key, value) in members {
                        // Names of the author's, each with a schema.
                        let named = is_schema
                            && ["properties", "definitions", "dependencies"]
                                .contains(&key.as_str());
                        walk(value, !named);
                    }
                }
                Value::Array(values) => values.iter().for_each(|value| walk(value, true)),
                _ => {}
            }
        }
        walk(&json_schema(), true);
    }

    /// What a language server looks through for the keys of a table.
    #[test]
    fn no_condition_hides_the_keys_of_a_table() {
        fn walk(value: &Value) {
            if value.get("properties").is_some() && value.get("additionalProperties").is_some() {
                assert!(value.get("allOf").is_none(), "{value}");
                assert!(value.get("oneOf").is_none(), "{value}");
            }
            match value {
                Value::Object(members) => members.values().for_each(walk),
                Value::Array(values) => values.iter().for_each(walk),
                _ => {}
            }
        }
        walk(&json_schema());
    }
}
