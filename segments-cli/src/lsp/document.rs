//! One file while it is edited.

use std::ops::Range;
use std::sync::Arc;

use gen_lsp_types as lsp;
use segments_model::diagnostic::{Diagnostic, Edit};
use segments_model::file::{Outline, Report};

use super::position::{Encoding, Lines};

/// A text that is read again while somebody waits; a larger one is answered about from what was read before.
const WAITED_FOR: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct Document {
    /// As the editor calls it.
    pub(super) uri: lsp::Uri,
    /// As messages call it.
    pub(super) shown: String,
    /// The editor's number of the text; none of a file that is not open.
    pub(super) version: Option<i32>,
    pub(super) text: String,
    pub(super) outline: Outline,
    encoding: Encoding,
    has_mark: bool,
    lines: Lines,
    /// Counts the edits.
    pub(super) revision: u64,
    /// The last result of the reader.
    pub(super) checked: Option<Checked>,
    /// The edits since then.
    since: Vec<Replaced>,
}

/// The reader's result for a text.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) revision: u64,
    pub(super) report: Arc<Report>,
    /// Its problems in combination with the other files.
    pub(super) beside: Vec<Diagnostic>,
}

/// A part of a text that was replaced by so many bytes.
#[derive(Debug)]
struct Replaced {
    revision: u64,
    span: Range<usize>,
    inserted: usize,
}

impl Document {
    pub(super) fn new(uri: lsp::Uri, shown: String, text: &str, encoding: Encoding) -> Self {
        let (has_mark, text) = match text.strip_prefix('\u{feff}') {
            Some(text) => (true, text),
            None => (false, text),
        };
        Self {
            uri,
            shown,
            version: None,
            outline: Outline::new(text),
            lines: Lines::new(text, has_mark, encoding),
            text: text.to_owned(),
            encoding,
            has_mark,
            revision: 0,
            checked: None,
            since: Vec::new(),
        }
    }

    /// Takes another text as a whole.
    pub(super) fn replace(&mut self, text: &str) {
        let (has_mark, text) = match text.strip_prefix('\u{feff}') {
            Some(text) => (true, text),
            None => (false, text),
        };
        self.has_mark = has_mark;
        // What stays at both ends stays where it is.
        let (old, new) = (self.text.as_bytes(), text.as_bytes());
        let shorter = old.len().min(new.len());
        let same = |(old, new): &(&u8, &u8)| old == new;
        let start = old.iter().zip(new).take_while(same).count();
        let start = text.floor_char_boundary(start);
        let both = old.iter().rev().zip(new.iter().rev());
        let end = both.take(shorter - start).take_while(same).count();
        let end = text.len() - text.ceil_char_boundary(text.len() - end);
        let span = start..self.text.len() - end;
        self.edit(&span, &text[start..text.len() - end]);
    }

    /// Makes one of the editor's changes.
    pub(super) fn change(&mut self, change: lsp::TextDocumentContentChangeEvent) {
        use lsp::TextDocumentContentChangeEvent as Change;
        match change {
            Change::TextDocumentContentChangeWholeDocument(whole) => self.replace(&whole.text),
            Change::TextDocumentContentChangePartial(part) => {
                let start = self.offset(part.range.start);
                let end = self.offset(part.range.end).max(start);
                let beginning = lsp::Position::default();
                if part.range.start == beginning && part.range.end != beginning {
                    // The mark stands in front of the first letter, and goes with it.
                    self.has_mark = part.text.starts_with('\u{feff}');
                }
                let text = part.text.strip_prefix('\u{feff}').filter(|_| start == 0);
                let text = text.unwrap_or(&part.text).to_owned();
                self.edit(&(start..end), &text);
            }
        }
    }

    fn edit(&mut self, span: &Range<usize>, inserted: &str) {
        self.text.replace_range(span.clone(), inserted);
        self.lines = Lines::new(&self.text, self.has_mark, self.encoding);
        self.outline.edit(&self.text, span, inserted.len());
        self.revision += 1;
        self.since.push(Replaced {
            revision: self.revision,
            span: span.clone(),
            inserted: inserted.len(),
        });
    }

    /// Takes the reader's result for a text that may have been edited since.
    pub(super) fn take(&mut self, checked: Checked) {
        self.since.retain(|edit| edit.revision > checked.revision);
        self.checked = Some(checked);
    }

    /// Returns whether the reader has seen the text as it is.
    pub(super) fn is_current(&self) -> bool {
        let checked = self.checked.as_ref();
        checked.is_some_and(|checked| checked.revision == self.revision)
    }

    /// Returns whether an answer is worth waiting for the reader.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.is_current() && (self.checked.is_none() || self.text.len() < WAITED_FOR)
    }

    pub(super) fn report(&self) -> Option<&Report> {
        self.checked.as_ref().map(|checked| &*checked.report)
    }

    /// The problems of the text, at their current positions. Edited parts are left out until they are
    /// read again.
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        let Some(checked) = &self.checked else {
            return Vec::new();
        };
        let all = checked.report.diagnostics().iter().chain(&checked.beside);
        if self.since.is_empty() {
            return all.cloned().collect();
        }
        all.filter_map(|found| self.moved_diagnostic(found))
            .collect()
    }

    fn moved_diagnostic(&self, found: &Diagnostic) -> Option<Diagnostic> {
        let mut found = found.clone();
        found.span = self.moved(&found.span)?;
        found.related.retain_mut(|related| {
            let moved = self.moved(&related.span);
            moved.map(|span| related.span = span).is_some()
        });
        found.suggestion = found.suggestion.and_then(|mut suggestion| {
            for edit in &mut suggestion.edits {
                edit.span = self.moved(&edit.span)?;
            }
            Some(suggestion)
        });
        Some(found)
    }

    /// Where a place of the text that was read is now; none if it was edited.
    pub(super) fn moved(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let mut span = span.clone();
        for Replaced {
            span: edited,
            inserted,
            ..
        } in &self.since
        {
            if edited.start >= span.end {
                continue;
            }
            if edited.end > span.start {
                return None;
            }
            let moved = |offset: usize| offset + inserted - edited.len();
            span = moved(span.start)..moved(span.end);
        }
        Some(span)
    }

    pub(super) fn offset(&self, position: lsp::Position) -> usize {
        self.lines.offset(&self.text, position, self.encoding)
    }

    pub(super) fn span(&self, range: &lsp::Range) -> Range<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }

    pub(super) fn position(&self, offset: usize) -> lsp::Position {
        self.lines.position(&self.text, offset, self.encoding)
    }

    pub(super) fn range(&self, span: &Range<usize>) -> lsp::Range {
        self.lines.range(&self.text, span, self.encoding)
    }

    /// The line of a byte, from 0.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.lines.line(&self.text, offset)
    }

    /// The text of the line up to a place.
    pub(super) fn line_before(&self, offset: usize) -> &str {
        let before = &self.text[..offset];
        &before[before.rfind('\n').map_or(0, |end| end + 1)..]
    }

    pub(super) fn location(&self, span: &Range<usize>) -> lsp::Location {
        lsp::Location {
            uri: self.uri.clone(),
            range: self.range(span),
        }
    }

    pub(super) fn edit_of(&self, edit: &Edit) -> lsp::TextEdit {
        lsp::TextEdit {
            range: self.range(&edit.span),
            new_text: edit.replacement.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        let uri = lsp::Uri("file:///segments.toml".into());
        Document::new(uri, "segments.toml".into(), text, Encoding::Utf16)
    }

    #[test]
    fn a_whole_text_replaces_what_differs() {
        let mut document = document("\u{feff}a = 'é'\n");
        document.replace("a = 'è'\n");
        assert_eq!(document.text, "a = 'è'\n");
        assert_eq!(document.moved(&(0..1)), Some(0..1));
        assert_eq!(document.moved(&(5..7)), None);
        document.replace("");
        document.replace("b");
        assert_eq!(document.text, "b");
    }

    #[test]
    fn places_move_with_edits() {
        let mut document = document("a = 1\nb = 2\n");
        document.edit(&(0..0), "# why\n");
        assert_eq!(document.moved(&(6..7)), Some(12..13));
        document.edit(&(12..13), "c");
        assert_eq!(document.moved(&(6..7)), None);
        assert_eq!(document.moved(&(10..11)), Some(16..17));
    }
}
