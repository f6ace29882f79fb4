//! Folding ranges: tables with their contents, and values of several lines.

use gen_lsp_types as lsp;

use super::document::Document;
use super::position::number;

pub(super) fn all(document: &Document) -> Vec<lsp::FoldingRange> {
    let mut ranges = Vec::new();
    let mut fold = |start: usize, end: usize| {
        let (start, end) = (document.line(start), document.line(end));
        if start < end {
            ranges.push(lsp::FoldingRange {
                start_line: number(start),
                end_line: number(end),
                ..lsp::FoldingRange::default()
            });
        }
    };
    for section in document.outline.sections() {
        let below = &document.text[section.span.clone()];
        // Comments above the next header belong to that.
        let lines = below.trim_end().rsplit('\n');
        let above_next: usize = lines
            .take_while(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
            .map(|line| line.len() + 1)
            .sum();
        let end = section.span.start + below.trim_end().len().saturating_sub(above_next);
        fold(section.span.start, end.max(section.span.start));
        for value in section.folds {
            // The closing bracket stays.
            fold(
                value.start,
                document.text[..value.end].rfind('\n').unwrap_or(value.end),
            );
        }
    }
    ranges
}
