//! The JSON Schema of `segments.toml`, for editors.

use serde_json::{Map, Value, json};

use super::shape::{self, Shape, Table};
use crate::name::Grammar;
use crate::{
    AttributeType, Code, ContextKind, EnvironmentKey, OPERATORS, Operand, Operator, SegmentKey,
    Severity, Tag, VariationKey,
};

/// The schema, made of the operator table and the tables that the reader knows, so that an editor
/// accepts and completes what the reader reads. What a schema cannot say (an attribute's type, a
/// segment's existence) is left to the reader.
///
/// It is written in draft 7, which TOML language servers understand. A file names it in its first
/// line: `#:schema ./segments.schema.json`.
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
        "context": object(&shape::CONTEXT),
        "attribute": object(&shape::ATTRIBUTE),
        "segment": segment(),
        "environment": environment(),
        "rule": rule(),
        "clause": clause(),
        "example": object(&shape::EXAMPLE),
        "flag": targeting(),
        "targeting-environment": targeting_environment(),
        "target": object(&shape::TARGET),
        "targeting-rule": targeting_rule(),
        "serve": {
            "anyOf": [
                { "type": "string", "pattern": VariationKey::GRAMMAR.pattern() },
                {
                    "type": "object",
                    "propertyNames": name(&VariationKey::GRAMMAR),
                    "additionalProperties": {
                        "type": "number", "exclusiveMinimum": 0, "maximum": 100,
                    },
                    "minProperties": 1,
                },
            ],
        },
        "kind": name(&ContextKind::GRAMMAR),
        "targets": {
            "type": "object",
            "propertyNames": { "$ref": "#/definitions/kind" },
            "additionalProperties": {
                "type": "array",
                "items": { "type": "string", "minLength": 1 },
                "minItems": 1,
            },
        },
        "warnings": {
            "type": "array",
            "items": described(Code::ALL.iter().filter(|code| code.severity() == Severity::Warning)
                .map(|code| (code.name(), code.meaning()))),
        },
        "scalars": {
            "type": "array",
            "items": { "type": ["boolean", "number", "string"] },
            "minItems": 1,
        },
    });
    schema
}

fn object(table: &Table) -> Value {
    let mut properties = Map::new();
    for key in table.keys {
        let mut property = property(key.shape);
        // In draft 7 nothing counts beside a reference.
        if property.get("$ref").is_some() {
            property = json!({ "allOf": [property] });
        }
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
        Shape::Tags => json!({ "type": "array", "items": name(&Tag::GRAMMAR) }),
        Shape::Keys => json!({ "type": "array", "items": name(&SegmentKey::GRAMMAR) }),
        Shape::Operator => described(OPERATORS.iter().map(|row| (row.wire, row.phrase))),
        Shape::Values => reference("scalars"),
        Shape::Type => described(AttributeType::ALL.map(|t| (t.name(), t.meaning()))),
        Shape::Codes => reference("warnings"),
        Shape::Kind => reference("kind"),
        Shape::Targets => reference("targets"),
        Shape::Data => json!({
            "type": "object",
            "propertyNames": reference("kind"),
            "additionalProperties": { "type": "object", "required": ["key"] },
            "minProperties": 1,
        }),
        Shape::Array(table) => json!({ "type": "array", "items": reference(definition(table)) }),
        Shape::Contexts => json!({
            "type": "object",
            "propertyNames": reference("kind"),
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
        Shape::Serve => reference("serve"),
        Shape::ContextKeys => json!({
            "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1,
        }),
        Shape::Attributes => json!({
            "type": "object",
            "additionalProperties": { "anyOf": [property(Shape::Type), reference("attribute")] },
        }),
    }
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

fn extend(schema: &mut Value, with: Value) {
    if let (Value::Object(schema), Value::Object(with)) = (schema, with) {
        schema.extend(with);
    }
}

fn either(one: &str, other: &str) -> Value {
    json!({ "not": { "required": [one, other] } })
}

fn environment() -> Value {
    let mut schema = object(&shape::ENVIRONMENT);
    let all = [
        either("included", "included_at_least"),
        either("excluded", "excluded_at_least"),
    ];
    extend(&mut schema, json!({ "allOf": all }));
    schema
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
    let named = says_who.map(|key| json!({ "required": [key] }));
    let mut ways = named.to_vec();
    ways.push(json!({ "required": ["nobody"], "properties": { "nobody": { "const": true } } }));
    ways.push(json!({ "required": ["big"] }));
    let mut all = vec![
        json!({ "anyOf": ways }),
        either("included", "included_at_least"),
        either("excluded", "excluded_at_least"),
    ];
    all.extend(says_who.map(|key| either("big", key)));
    extend(&mut schema, json!({ "allOf": all }));
    schema
}

/// A targeting says at least something.
fn targeting() -> Value {
    let mut schema = targeting_table(&shape::TARGETING);
    let ways = ["targets", "rules", "otherwise"].map(|key| json!({ "required": [key] }));
    extend(&mut schema, json!({ "anyOf": ways }));
    schema
}

fn targeting_environment() -> Value {
    targeting_table(&shape::TARGETING_ENVIRONMENT)
}

/// What says how a split works stands beside the split.
fn targeting_table(table: &Table) -> Value {
    let mut schema = object(table);
    let split = json!({ "required": ["otherwise"] });
    extend(
        &mut schema,
        json!({ "dependencies": { "bucket_by": split, "bucket_context": split } }),
    );
    schema
}

fn targeting_rule() -> Value {
    let mut schema = object(&shape::TARGETING_RULE);
    extend(&mut schema, json!({ "oneOf": whom() }));
    schema
}

/// A rule is for some, or on purpose for everyone.
fn whom() -> [Value; 2] {
    let everyone = json!({
        "required": ["everyone"],
        "properties": { "everyone": { "const": true }, "clauses": { "maxItems": 0 } },
    });
    let some = json!({
        "required": ["clauses"],
        "properties": { "clauses": { "minItems": 1 }, "everyone": { "const": false } },
    });
    [some, everyone]
}

fn rule() -> Value {
    let mut schema = object(&shape::RULE);
    let by = json!({ "required": ["percent"] });
    extend(
        &mut schema,
        json!({
            "oneOf": whom(),
            "dependencies": { "bucket_by": by, "bucket_context": by },
        }),
    );
    schema["properties"]["percent"]["exclusiveMinimum"] = 0.into();
    schema["properties"]["percent"]["maximum"] = 100.into();
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
            Operand::Date => json!({ "type": ["number", "string"] }),
            Operand::Segment => name(&SegmentKey::GRAMMAR),
            Operand::Pattern => json!({ "type": "string" }),
            _ => json!({ "type": "string", "minLength": 1 }),
        };
        all.push(json!({
            "if": { "required": ["op"], "properties": { "op": { "enum": operators } } },
            "then": { "properties": { "values": { "items": items } } },
        }));
    }
    all.push(json!({
        "if": {
            "required": ["op"],
            "properties": { "op": { "not": { "const": Operator::SegmentMatch.wire() } } },
        },
        "then": { "required": ["attribute"] },
    }));
    extend(&mut schema, json!({ "allOf": all }));
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
}
