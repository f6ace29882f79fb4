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

use super::corrected::Corrected;
use super::span::Span;
use super::statement::statements;
use kind::{Kind, Slip};
use scanner::{Before, Scanner};

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
    let edits = slips.iter().flat_map(|slip| slip.edits.clone()).collect();
    // What a text will be that somebody is typing is not known.
    let half_typed = slips
        .iter()
        .filter(|slip| matches!(slip.kind, Kind::Unclosed | Kind::Placeholder));
    let half_typed: Vec<Span> = half_typed
        .map(|slip| line_around(text, slip.span.start))
        .collect();
    let diagnostics = slips.into_iter().map(Slip::diagnostic).collect();
    Some(Corrected::new(text, edits, diagnostics).telling(half_typed))
}

fn line_around(text: &str, at: usize) -> Span {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline);
    start..end
}
