//! The declarations of files: an outline of one, and the names of all.

use std::collections::HashMap;
use std::ops::Range;

use gen_lsp_types as lsp;
use segments_model::file::{Role, Section, Symbol};

use super::document::Document;
use super::facts;
use super::workspace::Workspace;

/// More than anybody looks through.
const MOST: usize = 1000;

/// Names of all files that have the letters of a query in this order.
pub(super) fn of_workspace(workspace: &Workspace, query: &str) -> Vec<lsp::WorkspaceSymbol> {
    let query = query.to_lowercase();
    let mut seen = std::collections::HashSet::new();
    let mut symbols = Vec::new();
    for (path, document) in workspace.documents() {
        for (span, symbol, role) in document.outline.names() {
            if symbols.len() == MOST {
                return symbols;
            }
            if role != Role::Declares || !has_letters(symbol.name(), &query) {
                continue;
            }
            // A segment has several headers.
            if !seen.insert((path, symbol)) {
                continue;
            }
            symbols.push(lsp::WorkspaceSymbol {
                location: document.location(&span).into(),
                data: None,
                base_symbol_information: lsp::BaseSymbolInformation {
                    name: symbol.name().to_owned(),
                    kind: kind(symbol),
                    tags: None,
                    container_name: container(symbol),
                },
            });
        }
    }
    symbols
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query
        .chars()
        .all(|wanted| letters.any(|letter| letter == wanted))
}

fn kind(symbol: &Symbol) -> lsp::SymbolKind {
    match symbol {
        Symbol::Segment(_) => lsp::SymbolKind::Class,
        Symbol::Kind(_) => lsp::SymbolKind::Struct,
        Symbol::Attribute { .. } => lsp::SymbolKind::Field,
        Symbol::Targeting { .. } => lsp::SymbolKind::Event,
        Symbol::Variation { .. } => lsp::SymbolKind::EnumMember,
        Symbol::Environment(_) => lsp::SymbolKind::Namespace,
    }
}

fn container(symbol: &Symbol) -> Option<String> {
    match symbol {
        Symbol::Attribute { kind, .. } => Some(kind.to_string()),
        Symbol::Variation { targeting, .. } => Some(targeting.to_string()),
        _ => None,
    }
}

/// The tables of a file, with the names that each declares and the arrays below it.
pub(super) fn of_document(document: &Document) -> Vec<lsp::DocumentSymbol> {
    let sections = document.outline.sections();
    let names: Vec<_> = document
        .outline
        .names()
        .filter(|(_, _, role)| *role == Role::Declares)
        .collect();
    let segments = facts::file(document).into_iter();
    let segments = segments.flat_map(|part| &part.segments).map(|segment| {
        let definition = &segment.definition;
        (definition.key.as_str(), &*definition.name)
    });
    let titles: HashMap<&str, &str> = segments.collect();
    let mut symbols: Vec<lsp::DocumentSymbol> = Vec::new();
    let mut at = 0;
    while let Some(first) = sections.get(at) {
        let key = first.path.get(..2);
        let same = sections[at..]
            .iter()
            .take_while(|it| key.is_some() && head(it) == head(first));
        let group = &sections[at..at + same.count().max(1)];
        at += group.len();
        symbols.extend(of_group(document, group, &names, &titles));
    }
    let declared_above = names.iter().filter(|(span, symbol, _)| {
        let above = sections
            .first()
            .is_none_or(|first| span.start < first.span.start);
        above && !matches!(symbol, Symbol::Attribute { .. } | Symbol::Variation { .. })
    });
    symbols.extend(declared_above.map(|(span, symbol, _)| leaf(document, span, span, symbol)));
    symbols
}

/// The table that a header belongs to, by the words of its name.
fn head(section: &Section) -> Option<[&str; 2]> {
    let [(first, _), (second, _), ..] = &section.path[..] else {
        return None;
    };
    Some([first, second])
}

/// Tables of one name that follow each other.
fn of_group(
    document: &Document,
    group: &[Section],
    names: &[(Range<usize>, &Symbol, Role)],
    titles: &HashMap<&str, &str>,
) -> Option<lsp::DocumentSymbol> {
    let (first, last) = (group.first()?, group.last()?);
    let text = &document.text[first.span.start..last.span.end];
    let range = first.span.start..first.span.start + text.trim_end().len();
    let from = names.partition_point(|(span, ..)| span.start < range.start);
    let inside = names[from..]
        .iter()
        .take_while(|(span, ..)| span.end <= range.end);
    let inside: Vec<_> = inside.collect();
    let (selection, symbol, _) = inside.iter().find(|(_, symbol, _)| {
        !matches!(symbol, Symbol::Attribute { .. } | Symbol::Variation { .. })
    })?;
    let mut top = leaf(document, &range, selection, symbol);
    if let Symbol::Segment(key) = symbol {
        top.detail = titles.get(&**key).map(|title| (*title).to_owned());
    }
    let mut children: Vec<lsp::DocumentSymbol> = inside
        .iter()
        .filter(|(_, symbol, _)| {
            matches!(symbol, Symbol::Attribute { .. } | Symbol::Variation { .. })
        })
        .map(|(span, symbol, _)| leaf(document, span, span, symbol))
        .collect();
    let mut counts = HashMap::new();
    for section in group
        .iter()
        .filter(|section| section.is_element && section.path.len() == 3)
    {
        let (name, _) = &section.path[2];
        let count = counts.entry(name).or_insert(0);
        *count += 1;
        let text = document.text[section.span.clone()].trim_end();
        let span = section.span.start..section.span.start + text.len();
        let mut child = leaf(document, &span, &section.head, symbol);
        child.name = format!("{} {count}", name.trim_end_matches('s'));
        child.kind = lsp::SymbolKind::Array;
        children.push(child);
    }
    top.children = (!children.is_empty()).then_some(children);
    Some(top)
}

fn leaf(
    document: &Document,
    range: &Range<usize>,
    selection: &Range<usize>,
    symbol: &Symbol,
) -> lsp::DocumentSymbol {
    #[allow(
        deprecated,
        reason = "the type has no other constructor for what it requires"
    )]
    lsp::DocumentSymbol {
        // An empty name is no name to an editor.
        name: if symbol.name().is_empty() {
            "?".to_owned()
        } else {
            symbol.name().to_owned()
        },
        detail: None,
        kind: kind(symbol),
        tags: None,
        deprecated: None,
        range: document.range(range),
        selection_range: document.range(selection),
        children: None,
    }
}
