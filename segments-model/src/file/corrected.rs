//! A copy of a text in which mistakes are put right, so that the rest of it is read as it is meant.

use super::span::Span;
use crate::diagnostic::{Diagnostic, Edit};

/// A corrected copy of a text. All places are those of the original.
#[derive(Debug)]
pub(super) struct Corrected {
    /// The copy.
    pub(super) text: String,
    /// The mistakes.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What was put in the place of what, in the order of the text, and where it ends in the copy.
    edits: Vec<(Edit, usize)>,
    /// Parts of which enough is said, in the order of the text.
    told: Vec<Span>,
}

impl Corrected {
    /// Applies edits, of which the first counts where several overlap.
    pub(super) fn new(text: &str, mut edits: Vec<Edit>, diagnostics: Vec<Diagnostic>) -> Self {
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        edits.dedup_by(|later, earlier| later.span.start < earlier.span.end);
        let mut copy = String::with_capacity(text.len());
        let mut copied = 0;
        let apply = |edit: Edit| {
            copy.push_str(&text[copied..edit.span.start]);
            copy.push_str(&edit.replacement);
            copied = edit.span.end;
            (edit, copy.len())
        };
        let edits = edits.into_iter().map(apply).collect();
        copy.push_str(&text[copied..]);
        Self {
            text: copy,
            diagnostics,
            edits,
            told: Vec::new(),
        }
    }

    /// Adds parts of which the diagnostics say enough, in the order of the text.
    pub(super) fn telling(mut self, parts: impl IntoIterator<Item = Span>) -> Self {
        self.told.extend(parts);
        self
    }

    /// Returns whether the diagnostics say enough of a place of the original.
    pub(super) fn tells(&self, span: &Span) -> bool {
        let after = self.told.partition_point(|part| part.start <= span.start);
        let part = after.checked_sub(1).map(|at| &self.told[at]);
        let from = self
            .edits
            .partition_point(|(edit, _)| edit.span.end <= span.start);
        let mut replaced = self.edits[from..]
            .iter()
            .map(|(edit, _)| &edit.span)
            .take_while(|replaced| replaced.start < span.end);
        part.is_some_and(|part| span.start <= part.end)
            || replaced.any(|replaced| !replaced.is_empty())
    }

    /// The place in the original of a place in the copy.
    pub(super) fn original(&self, span: &Span) -> Span {
        let start = self.offset(span.start);
        start..self.offset(span.end).max(start)
    }

    fn offset(&self, offset: usize) -> usize {
        let after = self
            .edits
            .partition_point(|(edit, end)| end - edit.replacement.len() <= offset);
        let Some((edit, end)) = after.checked_sub(1).map(|at| &self.edits[at]) else {
            return offset;
        };
        if offset < *end {
            // Inside of what was put in.
            let begin = end - edit.replacement.len();
            return (edit.span.start + (offset - begin)).min(edit.span.end);
        }
        edit.span.end + (offset - end)
    }
}
