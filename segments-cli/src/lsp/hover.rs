//! Hover information at a position.

use std::collections::BTreeSet;

use gen_lsp_types as lsp;
use segments_model::evaluate::CompiledSegments;
use segments_model::file::{Keys, Role, Slot, Symbol, unquoted};
use segments_model::{AttributeType, Audience, Code, Definition, Operand, Operator, Targets, date};

use super::facts;
use super::lens::Sizes;
use super::place::Place;
use super::sample;
use crate::definitions::in_words;

pub(super) fn answer(place: &Place<'_>, sizes: &Sizes) -> Option<lsp::Hover> {
    let span = place.cursor.word.clone()?;
    let word = unquoted(&place.document.text[span.clone()]).into_owned();
    let text = match &place.cursor.slot {
        Slot::Name { symbol, .. } => name(place, symbol, sizes)?,
        Slot::Key(keys) => key(*keys, &word)?,
        Slot::Operator { of } => operator(place, of.as_ref(), &word)?,
        Slot::Value { of, operator } => value(place, of.as_ref(), *operator, &word)?,
        Slot::Type => {
            let found = AttributeType::ALL
                .into_iter()
                .find(|it| it.name() == word)?;
            format!("**type `{word}`**\n\n{}", found.meaning())
        }
        Slot::Code => {
            let code = Code::ALL.iter().find(|code| code.name() == word)?;
            let page = segments_model::diagnostic::page(*code);
            format!(
                "**{} [`{word}`]({page})**\n\n{}",
                code.severity(),
                code.meaning()
            )
        }
        _ => return None,
    };
    Some(lsp::Hover {
        contents: lsp::Contents::MarkupContent(lsp::MarkupContent {
            kind: lsp::MarkupKind::Markdown,
            value: text,
        }),
        range: Some(place.document.range(&span)),
    })
}

fn key(keys: Keys, word: &str) -> Option<String> {
    let key = keys.key(word)?;
    let required = if key.is_required() { ", required" } else { "" };
    Some(format!(
        "**`{word}`** of {}{required}\n\n{}",
        keys.table(),
        key.docs()
    ))
}

fn name(place: &Place<'_>, symbol: &Symbol, sizes: &Sizes) -> Option<String> {
    match symbol {
        Symbol::Segment(key) => Some(segment(place, key, sizes)),
        Symbol::Attribute { kind, attribute } => {
            let known = facts::attribute(place.document, symbol)?;
            let mut text = format!(
                "**attribute `{attribute}`** of `{kind}`: {}",
                known.in_words()
            );
            if let Some(schema) = known.schema {
                if schema.private {
                    text.push_str(", private");
                }
                if let Some(description) = &schema.description {
                    text.push_str(&format!("\n\n{description}"));
                }
            } else {
                text.push_str("\n\nEvery context has it.");
            }
            if let Some(values) = known.values() {
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                text.push_str(&format!("\n\nOne of {}.", values.join(", ")));
            }
            text.push_str(&listed("Tested by", &tested_by(place, symbol)));
            Some(text)
        }
        Symbol::Kind(kind) => {
            let mut text = format!("**{symbol}**");
            let schema = facts::context(place.document, kind)?;
            if let Some(description) = &schema.description {
                text.push_str(&format!("\n\n{description}"));
            }
            let attributes: BTreeSet<String> =
                schema.attributes.keys().map(ToString::to_string).collect();
            text.push_str(&listed("Attributes", &attributes));
            Some(text)
        }
        Symbol::Variation {
            targeting,
            resource,
            ..
        } => Some(format!("**{symbol}** of {} `{targeting}`", resource.what())),
        Symbol::Targeting { resource, key } => {
            let part = facts::file(place.document)?;
            let is_it = |it: &&segments_model::file::DeclaredTargeting| {
                let found = &it.targeting.resource;
                found.key() == &**key && found.kind() == *resource
            };
            let targeting = &part.targetings.iter().find(is_it)?.targeting;
            let rules: Vec<String> = targeting
                .rules()
                .iter()
                .map(|rule| format!("- {rule}"))
                .collect();
            Some(format!("**{symbol}**\n\n{}", rules.join("\n")))
        }
        Symbol::Environment(_) => Some(format!("**{symbol}**")),
    }
}

/// A line of names; nothing if there are none.
fn listed(what: &str, names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return String::new();
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| {
            if name.contains('`') {
                name.clone()
            } else {
                format!("`{name}`")
            }
        })
        .collect();
    format!("\n\n{what} {}.", names.join(", "))
}

/// The segments, AI Configs and flags whose clauses test an attribute.
fn tested_by(place: &Place<'_>, symbol: &Symbol) -> BTreeSet<String> {
    let Symbol::Attribute { kind, attribute } = symbol else {
        return BTreeSet::new();
    };
    let tests = |clauses: &[segments_model::Clause]| {
        clauses.iter().any(|clause| {
            let compared = clause
                .compared_kind()
                .is_some_and(|it| it.as_str() == &**kind);
            compared && clause.attribute.as_str() == &**attribute
        })
    };
    let mut who = BTreeSet::new();
    let parts = place
        .workspace
        .documents()
        .filter_map(|(_, document)| facts::file(document));
    for part in parts {
        for segment in &part.segments {
            if segment
                .definition
                .rules()
                .iter()
                .any(|rule| tests(&rule.clauses))
            {
                who.insert(format!("segment `{}`", segment.definition.key));
            }
        }
        for targeting in &part.targetings {
            let targeting = &targeting.targeting;
            if targeting.rules().iter().any(|rule| tests(&rule.clauses)) {
                who.insert(format!(
                    "{} `{}`",
                    targeting.resource.what(),
                    targeting.resource.key()
                ));
            }
        }
    }
    who
}

/// The audience of a segment, one way into it per line.
pub(super) fn rules_in_words(definition: &Definition) -> String {
    let mut lines = Vec::new();
    let listed = |targets: &Targets, what: &str| -> Vec<String> {
        let lists = targets.lists().filter(|(_, keys)| !keys.is_empty());
        let lists = lists.flat_map(|(kind, keys)| in_words(&format!("`{kind}`"), keys));
        lists.map(|list| format!("- {what} {list}")).collect()
    };
    if let Audience::Big { kind } = &definition.audience {
        lines.push(format!(
            "- a big segment of `{kind}`: its members are imported"
        ));
    }
    lines.extend(listed(definition.included(), "includes"));
    lines.extend(listed(definition.excluded(), "excludes"));
    lines.extend(
        definition
            .rules()
            .iter()
            .map(|rule| match &rule.description {
                Some(description) => format!("- {rule} ({description})"),
                None => format!("- {rule}"),
            }),
    );
    if lines.is_empty() {
        lines.push("- nobody".to_owned());
    }
    lines.join("\n")
}

fn segment(place: &Place<'_>, key: &str, sizes: &Sizes) -> String {
    let mut text = format!("**segment `{key}`**");
    let Some(declared) = facts::segment(place.workspace, place.document, key) else {
        let symbol = Symbol::Segment(key.into());
        let mut places = place.workspace.places(&symbol);
        text.push_str(if places.any(|(_, _, _, role)| role == Role::External) {
            "\n\nDeclared elsewhere."
        } else {
            "\n\nIt cannot be read yet."
        });
        return text;
    };
    let definition = &declared.definition;
    text.push_str(&format!(": {}", definition.name));
    if let Some(description) = &definition.description {
        text.push_str(&format!("\n\n{description}"));
    }
    text.push_str(&format!("\n\n{}", rules_in_words(definition)));
    if let Some(who) = facts::asked_by(place.workspace).get(key) {
        text.push_str(&listed("Asked by", who));
    }
    if let Some(share) = sizes.share(key) {
        text.push_str(&format!("\n\nCounted last: {share}."));
    }
    let [member, other] = sample::of(definition, &asked(place, definition));
    for (what, context) in [("A member", member), ("No member", other)] {
        if let Some(context) = context {
            text.push_str(&format!("\n\n{what}: `{context}`"));
        }
    }
    text
}

/// A segment with those that it asks, and those that they ask.
fn asked(place: &Place<'_>, definition: &Definition) -> CompiledSegments {
    let mut open = vec![definition];
    let mut all: Vec<&Definition> = Vec::new();
    while let Some(next) = open.pop() {
        if all.iter().any(|known| known.key == next.key) {
            continue;
        }
        all.push(next);
        let asked = next.references().into_iter();
        let asked = asked.filter_map(|key| facts::segment(place.workspace, place.document, key));
        open.extend(asked.map(|segment| &segment.definition));
    }
    CompiledSegments::from_definitions(all)
}

fn operator(place: &Place<'_>, of: Option<&Symbol>, word: &str) -> Option<String> {
    let row = Operator::from_wire(word)?.row();
    let mut text = format!(
        "**operator `{word}`**: {}\n\nCompares with {}; one match is enough. Negated, it {}.",
        row.phrase, row.operand, row.negated_phrase
    );
    text.push_str(if row.operand == Operand::Segment {
        " A context is in one of the segments or, if negated, in none of them."
    } else {
        " If the attribute is absent, the clause does not match, negated or not."
    });
    if let Some((of, known)) = of.and_then(|of| Some((of, facts::attribute(place.document, of)?))) {
        text.push_str(&format!("\n\n`{}` is {}.", of.name(), known.in_words()));
    }
    Some(text)
}

fn value(
    place: &Place<'_>,
    of: Option<&Symbol>,
    operator: Option<Operator>,
    word: &str,
) -> Option<String> {
    let known = of.and_then(|of| facts::attribute(place.document, of));
    let is_date = known.is_some_and(|known| known.attribute_type == AttributeType::Date)
        || operator.is_some_and(|operator| operator.row().operand == Operand::Date);
    if is_date {
        return Some(match word.replace('_', "").parse::<i64>() {
            Ok(milliseconds) => format!("`{word}` is {}", date::format(milliseconds)),
            Err(_) => format!(
                "`{word}` is {} milliseconds since 1970",
                date::parse(word).ok()?
            ),
        });
    }
    let (of, known) = (of?, known?);
    Some(format!("a value of `{}`: {}", of.name(), known.in_words()))
}
