//! Slips that are not TOML: habits of JSON, YAML and other languages, merge marks, missing quotes, curly
//! quotes.
//!
//! The TOML parser reports each of them as several errors in several places. Here each is reported once,
//! with what to write, and corrected in a copy, so that the rest of the file is read as intended.

mod characters;
mod comment;
mod hcl;
mod kind;
mod line;
mod merge;
mod quote;
mod scanner;
mod sign;
mod value;
mod word;

use super::span::Span;
use super::statement::statements;
use crate::diagnostic::{Diagnostic, Edit};
use kind::{Kind, Slip};
use scanner::{Before, Scanner};

/// A text without its slips.
#[derive(Debug)]
pub(in crate::file) struct Corrected {
    pub(in crate::file) text: String,
    /// The slips, in places of the original.
    pub(in crate::file) diagnostics: Vec<Diagnostic>,
    /// What was put in the place of what, in the order of the text.
    edits: Vec<Edit>,
    /// Lines on which somebody is typing a text: what it will be is not known.
    half_typed: Vec<Span>,
}

impl Corrected {
    /// Returns whether a place was put right, or is being typed, so that enough is said of it.
    pub(in crate::file) fn covers(&self, span: &Span) -> bool {
        let edits = self.edits.iter().map(|edit| &edit.span);
        let mut edits = edits.filter(|edit| !edit.is_empty());
        let mut lines = self.half_typed.iter();
        edits.any(|part| part.start < span.end && span.start < part.end)
            || lines.any(|line| line.start <= span.start && span.start <= line.end)
    }

    /// The place in the original of a place in the corrected text.
    pub(in crate::file) fn original(&self, span: &Span) -> Span {
        let place = |offset: usize| {
            let (mut written, mut read) = (0, 0);
            for Edit { span, replacement } in &self.edits {
                let begin = written + (span.start - read);
                if offset < begin {
                    break;
                }
                (written, read) = (begin + replacement.len(), span.end);
                if offset < written {
                    // Inside of what was put in.
                    return (span.start + (offset - begin)).min(span.end);
                }
            }
            read + (offset - written)
        };
        let start = place(span.start);
        start..place(span.end).max(start)
    }
}

/// Puts the slips of a text right; `None` if there are none.
pub(in crate::file) fn correct(text: &str) -> Option<Corrected> {
    let mut scanner = Scanner {
        text,
        at: 0,
        starts: statements(text).iter().map(|it| it.span().start).collect(),
        statement: 0,
        open: Vec::new(),
        before: Before::Start,
        key: 0..0,
        is_diff: line::is_diff(text),
        slips: Vec::new(),
    };
    scanner.scan();
    let slips = scanner.slips;
    if slips.is_empty() {
        return None;
    }
    let mut edits: Vec<Edit> = slips.iter().flat_map(|slip| slip.edits.clone()).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup_by(|later, earlier| later.span.start < earlier.span.end);
    let mut corrected = String::with_capacity(text.len());
    let mut copied = 0;
    for Edit { span, replacement } in &edits {
        corrected.push_str(&text[copied..span.start]);
        corrected.push_str(replacement);
        copied = span.end;
    }
    corrected.push_str(&text[copied..]);
    let half_typed = slips
        .iter()
        .filter(|slip| matches!(slip.kind, Kind::Unclosed | Kind::Placeholder));
    let half_typed = half_typed
        .map(|slip| line_around(text, slip.span.start))
        .collect();
    Some(Corrected {
        text: corrected,
        half_typed,
        diagnostics: slips.into_iter().map(Slip::diagnostic).collect(),
        edits,
    })
}

fn line_around(text: &str, at: usize) -> Span {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline);
    start..end
}
