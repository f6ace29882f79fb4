//! The formatting of `fmt`, as edits.

use std::ops::Range;

use gen_lsp_types as lsp;

use super::document::Document;
use crate::fmt::layout;

/// Lays out all of a file.
pub(super) fn whole(document: &Document) -> Result<Vec<lsp::TextEdit>, String> {
    laid_out(document, 0..document.text.len())
}

/// Lays out the tables that a part touches.
pub(super) fn part(document: &Document, part: &Range<usize>) -> Result<Vec<lsp::TextEdit>, String> {
    let sections = document.outline.sections();
    let first = sections
        .first()
        .map_or(document.text.len(), |first| first.span.start);
    let above = std::iter::once(0..first);
    let spans = above.chain(sections.into_iter().map(|section| section.span));
    let touched = spans.filter(|span| span.start <= part.end && part.start < span.end);
    let touched = touched.reduce(|all, next| all.start..next.end);
    let Some(span) = touched else {
        return Ok(Vec::new());
    };
    // What stands between a table and the next header belongs to the next.
    let end = span.start + document.text[span.clone()].trim_end().len();
    laid_out(document, span.start..end)
}

fn laid_out(document: &Document, span: Range<usize>) -> Result<Vec<lsp::TextEdit>, String> {
    let text = &document.text[span.clone()];
    let has_returns = text.contains("\r\n");
    let plain = if has_returns {
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    };
    let mut new = layout(&plain)?;
    if span.end < document.text.len() {
        new.truncate(new.trim_end().len());
    }
    if has_returns {
        new = new.replace('\n', "\r\n");
    }
    Ok(changed(document, &span, &new))
}

/// The lines that differ, from the first to the last.
fn changed(document: &Document, span: &Range<usize>, new: &str) -> Vec<lsp::TextEdit> {
    let old = &document.text[span.clone()];
    if old == new {
        return Vec::new();
    }
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (
        old.split_inclusive('\n').collect(),
        new.split_inclusive('\n').collect(),
    );
    let same = |(old, new): &(&&str, &&str)| old == new;
    let before = old_lines.iter().zip(&new_lines).take_while(same).count();
    let left = old_lines.len().min(new_lines.len()) - before;
    let ends = old_lines.iter().rev().zip(new_lines.iter().rev());
    let after = ends.take(left).take_while(same).count();
    let len = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
    let start = span.start + len(&old_lines[..before]);
    let end = span.end - len(&old_lines[old_lines.len() - after..]);
    let new_text = new_lines[before..new_lines.len() - after].concat();
    vec![lsp::TextEdit {
        range: document.range(&(start..end)),
        new_text,
    }]
}
