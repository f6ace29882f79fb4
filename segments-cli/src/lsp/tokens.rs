//! The meaning of words, for colors.

use std::ops::Range;

use gen_lsp_types as lsp;
use segments_model::file::{Role, Slot, Symbol};

use super::document::Document;

const TYPES: [&str; 10] = [
    "class",
    "type",
    "property",
    "enumMember",
    "namespace",
    "keyword",
    "operator",
    "string",
    "number",
    "event",
];

const DECLARATION: u32 = 1;

pub(super) fn legend() -> lsp::SemanticTokensLegend {
    lsp::SemanticTokensLegend {
        token_types: TYPES.map(str::to_owned).into(),
        token_modifiers: vec!["declaration".to_owned()],
    }
}

pub(super) fn all(document: &Document, part: &Range<usize>) -> lsp::SemanticTokens {
    let mut words = document.outline.words(&document.text, part);
    words.retain(|(span, _)| span.start < part.end && part.start < span.end);
    words.sort_by_key(|(span, _)| span.start);
    let mut data = Vec::new();
    let mut before = lsp::Position::default();
    for (span, slot) in words {
        let range = document.range(&span);
        // A token has one line.
        let (start, end) = (range.start, range.end);
        let Some((token_type, modifiers)) = of_slot(&slot, &document.text[span]) else {
            continue;
        };
        if start.line != end.line {
            continue;
        }
        let delta_line = start.line - before.line;
        let from = if delta_line == 0 { before.character } else { 0 };
        data.push(lsp::SemanticToken {
            delta_line,
            delta_start: start.character - from,
            length: end.character - start.character,
            token_type,
            token_modifiers_bitset: modifiers,
        });
        before = start;
    }
    lsp::SemanticTokens {
        result_id: None,
        data,
    }
}

fn of_slot(slot: &Slot, raw: &str) -> Option<(u32, u32)> {
    let name = match slot {
        Slot::Name { symbol, .. } => match symbol {
            Symbol::Segment(_) => "class",
            Symbol::Kind(_) => "type",
            Symbol::Attribute { .. } => "property",
            Symbol::Targeting { .. } => "event",
            Symbol::Variation { .. } => "enumMember",
            Symbol::Environment(_) => "namespace",
        },
        Slot::Key(_) | Slot::Bool | Slot::Many => "keyword",
        Slot::Operator { .. } => "operator",
        Slot::Type => "type",
        Slot::Code | Slot::Part => "enumMember",
        Slot::Number => "number",
        Slot::Value { .. } | Slot::Tag | Slot::ContextKey | Slot::Date | Slot::Text => {
            if raw.starts_with(['"', '\'']) {
                "string"
            } else {
                "number"
            }
        }
        Slot::Element(_) | Slot::Unknown => return None,
    };
    let declares = matches!(
        slot,
        Slot::Name {
            role: Role::Declares,
            ..
        }
    );
    let index = TYPES.iter().zip(0..).find(|(known, _)| **known == name)?.1;
    Some((index, if declares { DECLARATION } else { 0 }))
}
