//! Examples: contexts with their expected membership. The interpreter evaluates them whenever the file is
//! read.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::context::{Contexts, Found};
use super::places::Places;
use super::reader::{Reader, Value, in_order};
use super::shape;
use super::span::Span;
use super::{Arity, DeclaredSegment, Example};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{CompiledSegments, ContextInstance};
use crate::explanation::{ClauseExplanation, Explanation};
use crate::{
    AttributeRef, AttributeType, AttributeValue, Code, Definition, Exclusion, Inclusion,
    Membership, Place,
};

impl Reader<'_> {
    /// Reads the examples of one segment. One that cannot be read is reported and left out.
    pub(super) fn examples(&mut self, value: &Value<'_>, contexts: &Contexts) -> Vec<Example> {
        let examples = self.array("examples", value, "tables").unwrap_or_default();
        let examples = examples.iter();
        examples
            .filter_map(|value| self.example(value, contexts))
            .collect()
    }

    fn example(&mut self, value: &Value<'_>, contexts: &Contexts) -> Option<Example> {
        let entries = self.entries("an example of `examples`", value, &shape::EXAMPLE)?;
        entries.require(self);
        let description = entries
            .get("description")
            .and_then(|value| self.text("description", value))
            .map(str::to_owned);
        let member = entries
            .get("member")
            .and_then(|value| self.flag("member", value));
        let written = entries.get("context")?;
        let errors = self.errors;
        let mut by_kind = Vec::new();
        let table = self.map("context", written)?;
        if self.as_sdks_write(table, written) {
            return None;
        }
        for (kind, value) in in_order(table) {
            by_kind.extend(self.context_of(kind, value, contexts));
        }
        if self.errors > errors {
            return None;
        }
        match ContextInstance::from_kinds(by_kind) {
            Ok(context) => Some(Example {
                member: member?,
                context,
                description,
                span: value.span(),
            }),
            Err(error) => {
                self.report(Code::EXAMPLE_INVALID, written.span(), error.to_string());
                None
            }
        }
    }

    /// Reports a context in the form of LaunchDarkly's SDKs, which name the kind inside of it.
    fn as_sdks_write(&mut self, table: &DeTable<'_>, written: &Value<'_>) -> bool {
        let kind = table.get("kind").and_then(|kind| kind.get_ref().as_str());
        let bare = table
            .get("key")
            .is_some_and(|key| !key.get_ref().is_table());
        if kind.is_none() && !bare {
            return false;
        }
        let entries = in_order(table);
        let entries = entries.iter().filter(|(name, _)| name.get_ref() != "kind");
        let entries: Vec<String> = entries
            .map(|(name, value)| format!("{} = {}", name.get_ref(), self.written(value)))
            .collect();
        let entries = entries.join(", ");
        let replacement = match kind {
            Some("multi") => format!("{{ {entries} }}"),
            kind => format!("{{ {} = {{ {entries} }} }}", kind.unwrap_or("user")),
        };
        let place = table
            .get_key_value("kind")
            .or_else(|| table.get_key_value("key"));
        let place = place.map_or(written.span(), |(key, _)| key.span());
        let problem = "a context is a table named after its kind";
        self.write(
            Code::EXAMPLE_INVALID,
            place,
            problem,
            written.span(),
            &replacement,
        );
        true
    }

    /// The context of one kind.
    fn context_of(
        &mut self,
        kind: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
        contexts: &Contexts,
    ) -> Option<(String, AttributeValue)> {
        if !contexts.kind_exists(kind.get_ref()) {
            self.unknown_kind(kind.get_ref(), kind.span(), contexts);
            return None;
        }
        let table = self.map(kind.get_ref(), value)?;
        let mut attributes = Vec::new();
        for (name, value) in in_order(table) {
            let mut path = vec![name.get_ref().as_ref()];
            if path == [AttributeRef::KIND.as_str()] {
                let message = "the kind of a context is the name of its table; remove `kind`";
                self.report(Code::ATTRIBUTE_RESERVED, name.span(), message);
                return None;
            }
            let subject = Subject {
                kind: kind.get_ref(),
                contexts,
            };
            let data = self.data(&subject, &mut path, name.span(), value)?;
            attributes.push((name.get_ref().to_string(), data));
        }
        Some((
            kind.get_ref().to_string(),
            AttributeValue::object(attributes),
        ))
    }

    /// The value of an attribute, or an object on the way to one.
    fn data<'t>(
        &mut self,
        subject: &Subject<'_>,
        path: &mut Vec<&'t str>,
        name: Span,
        value: &'t Value<'_>,
    ) -> Option<AttributeValue> {
        let reference = AttributeRef::from_path(path.iter().copied()).ok()?;
        let found = subject.contexts.attribute(subject.kind, reference.as_str());
        if let Found::Type(attribute_type, schema) = found {
            let arity = schema.map_or(Arity::One, |schema| schema.arity);
            return self.declared(attribute_type, arity, value);
        }
        if let DeValue::Table(table) = value.get_ref() {
            let mut properties = Vec::new();
            for (key, value) in in_order(table) {
                path.push(key.get_ref());
                let data = self.data(subject, path, key.span(), value);
                path.pop();
                properties.push((key.get_ref().to_string(), data?));
            }
            return Some(AttributeValue::object(properties));
        }
        let advice =
            subject
                .contexts
                .attributes(subject.kind, reference.as_str(), &mut self.advice);
        let message = format!("`{}` has no attribute `{reference}`{advice}", subject.kind);
        self.report(Code::ATTRIBUTE_UNKNOWN, name, message);
        None
    }

    fn declared(
        &mut self,
        attribute_type: AttributeType,
        arity: Arity,
        value: &Value<'_>,
    ) -> Option<AttributeValue> {
        if attribute_type == AttributeType::Any {
            return self.anything(value);
        }
        let several = match arity {
            Arity::One => false,
            Arity::Many => true,
            Arity::Unknown => value.get_ref().is_array(),
        };
        if several {
            let elements = self.array("this attribute", value, "values")?;
            let read = |element| self.declared(attribute_type, Arity::One, element);
            return elements
                .iter()
                .map(read)
                .collect::<Option<Vec<_>>>()
                .map(AttributeValue::Array);
        }
        let read = self.value(value, attribute_type == AttributeType::Date)?;
        if let Some(message) = super::value::misfit(&read, attribute_type) {
            self.report(Code::VALUE_TYPE, value.span(), message);
            return None;
        }
        Some(read.into())
    }

    fn anything(&mut self, value: &Value<'_>) -> Option<AttributeValue> {
        match value.get_ref() {
            DeValue::Array(elements) => {
                let elements = elements.iter().map(|element| self.anything(element));
                elements
                    .collect::<Option<Vec<_>>>()
                    .map(AttributeValue::Array)
            }
            DeValue::Table(table) => {
                let properties = table
                    .iter()
                    .map(|(key, value)| Some((key.get_ref().to_string(), self.anything(value)?)));
                properties
                    .collect::<Option<Vec<_>>>()
                    .map(AttributeValue::object)
            }
            _ => self.value(value, true).map(AttributeValue::from),
        }
    }

    /// Proves the examples of all segments.
    pub(super) fn prove(&mut self, segments: &[DeclaredSegment], places: &BTreeMap<&str, &Places>) {
        let asked = segments
            .iter()
            .filter(|segment| !segment.examples.is_empty());
        let compiled = CompiledSegments::from_definitions(reachable(segments, asked.clone()));
        for segment in asked {
            let key = segment.definition.key.as_str();
            let Some(places) = places.get(key) else {
                continue;
            };
            let Some(compiled_segment) = compiled.get(key) else {
                continue;
            };
            for example in &segment.examples {
                if compiled_segment.contains(&example.context) != Some(example.member) {
                    let explanation = compiled_segment.explain(&example.context);
                    self.contradict(example, &explanation, places);
                }
            }
        }
    }

    /// Reports an example that is not as its author says.
    fn contradict(&mut self, example: &Example, explanation: &Explanation, places: &Places) {
        let Explanation {
            segment,
            membership,
            ..
        } = explanation;
        let mut found = match membership {
            Membership::Unknown { reason } => {
                let message = format!(
                    "cannot tell whether this context is a member of `{segment}`: {reason}"
                );
                Diagnostic::new(Code::EXAMPLE_UNDECIDED, example.span.clone(), message)
            }
            Membership::In { .. } => {
                let message = format!(
                    "this context is a member of `{segment}`, but the example expects a non-member"
                );
                Diagnostic::new(Code::EXAMPLE_CONTRADICTED, example.span.clone(), message)
            }
            Membership::Out { .. } => {
                let message = format!(
                    "this context is not a member of `{segment}`, but the example expects a member"
                );
                Diagnostic::new(Code::EXAMPLE_CONTRADICTED, example.span.clone(), message)
            }
        };
        for (place, reason) in deciding(explanation) {
            found
                .message
                .push_str(if found.related.is_empty() { ": " } else { "; " });
            found.message.push_str(&reason);
            // The message says why; here it says what.
            let label = match place {
                Place::Rule(_) => "this rule matches",
                Place::Clause { .. } => "this clause does not match",
                _ => "this list",
            };
            found = found.with(places.find(place).clone(), label);
        }
        self.push(found);
    }
}

/// Whose attributes are looked up.
struct Subject<'c> {
    kind: &'c str,
    contexts: &'c Contexts,
}

/// What decided, each with its place: a list, the rule that holds, or the clause that fails in each
/// rule.
fn deciding(explanation: &Explanation) -> Vec<(Place, String)> {
    match &explanation.membership {
        Membership::In {
            by: Inclusion::Target { kind },
        } => vec![(
            Place::Included { list: 0, key: None },
            format!("the {kind} is included"),
        )],
        Membership::Out {
            by: Exclusion::Target { kind },
        } => vec![(
            Place::Excluded { list: 0, key: None },
            format!("the {kind} is excluded"),
        )],
        Membership::In {
            by: Inclusion::Rule { index, .. },
        } => {
            let rule = &explanation.rules[*index];
            let clauses: Vec<String> = rule
                .clauses
                .iter()
                .map(ClauseExplanation::to_string)
                .collect();
            let holds = if clauses.is_empty() {
                "everyone".to_owned()
            } else {
                clauses.join(" and ")
            };
            vec![(
                Place::Rule(*index),
                format!("rule {} holds, {holds}", index + 1),
            )]
        }
        Membership::Out {
            by: Exclusion::NoRule,
        } => explanation
            .rules
            .iter()
            .filter_map(|rule| {
                let mut clauses = rule.clauses.iter().enumerate();
                let (clause, fails) = clauses.find(|(_, clause)| clause.holds == Some(false))?;
                let place = Place::Clause {
                    rule: rule.index,
                    clause,
                };
                Some((place, format!("rule {} fails, {fails}", rule.index + 1)))
            })
            // The first rules tell enough.
            .take(4)
            .collect(),
        Membership::Unknown { .. } => Vec::new(),
    }
}

/// The segments that some segments ask, and those that these ask, and so on.
fn reachable<'a>(
    all: &'a [DeclaredSegment],
    from: impl Iterator<Item = &'a DeclaredSegment>,
) -> Vec<&'a Definition> {
    let by_key: BTreeMap<&str, &Definition> = all
        .iter()
        .map(|segment| (segment.definition.key.as_str(), &segment.definition))
        .collect();
    let mut open: Vec<&str> = from
        .map(|segment| segment.definition.key.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(key) = open.pop() {
        if let (true, Some(definition)) = (seen.insert(key), by_key.get(key)) {
            open.extend(definition.references());
            found.push(*definition);
        }
    }
    found
}
