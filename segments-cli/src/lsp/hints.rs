//! Inlay hints: dates, sizes, and rules that match nobody.

use std::ops::Range;

use gen_lsp_types as lsp;
use segments_model::file::{Role, Slot, Symbol};
use segments_model::{AttributeType, Code, Operand, date};

use super::document::Document;
use super::facts;
use super::lens::Sizes;

pub(super) fn all(document: &Document, part: &Range<usize>, sizes: &Sizes) -> Vec<lsp::InlayHint> {
    let mut hints = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (span, slot) in document.outline.words(&document.text, part) {
        let label = match &slot {
            Slot::Value { of, operator } => {
                let known = of.as_ref().and_then(|of| facts::attribute(document, of));
                let is_date = known
                    .is_some_and(|known| known.attribute_type == AttributeType::Date)
                    || operator.is_some_and(|operator| operator.row().operand == Operand::Date);
                let number = document.text[span.clone()].replace('_', "").parse::<i64>();
                number.ok().filter(|_| is_date).map(date::format)
            }
            Slot::Name {
                symbol: Symbol::Segment(key),
                role: Role::Declares,
            } if seen.insert(key.clone()) => sizes.of(key),
            _ => None,
        };
        hints.extend(label.map(|label| hint(document, behind(document, &span, &slot), label)));
    }
    for found in document.diagnostics() {
        let label = match found.code {
            Code::RULE_COVERED => "adds no one",
            Code::RULE_NEVER_MATCHES => "no one",
            _ => continue,
        };
        hints.push(hint(
            document,
            end_of_line(document, found.span.start),
            label.to_owned(),
        ));
    }
    hints.retain(|(at, _)| part.start <= *at && *at <= part.end);
    hints.sort_by_key(|(at, _)| *at);
    hints.into_iter().map(|(_, hint)| hint).collect()
}

/// Behind a value, or behind the header that has a name.
fn behind(document: &Document, span: &Range<usize>, slot: &Slot) -> usize {
    match slot {
        Slot::Name { .. } => end_of_line(document, span.end),
        _ => span.end,
    }
}

fn end_of_line(document: &Document, at: usize) -> usize {
    let rest = &document.text[at..];
    at + rest.find(['\n', '\r']).unwrap_or(rest.len())
}

fn hint(document: &Document, at: usize, label: String) -> (usize, lsp::InlayHint) {
    let hint = lsp::InlayHint {
        position: document.position(at),
        label: lsp::Label::String(label),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    };
    (at, hint)
}
