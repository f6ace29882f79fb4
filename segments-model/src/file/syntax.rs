//! What the TOML parser has to say, in our words and places.

use toml::Spanned;
use toml::de::{DeTable, Error};
use toml_parser::{ParseError, Source, parser};

use super::reader::Span;
use crate::Code;
use crate::diagnostic::Diagnostic;

/// More mistakes than anybody reads at once.
pub(super) const MOST: usize = 1000;

/// A text of this size is looked through before it is parsed, because the parser keeps every
/// mistake, and a large file of another format has millions.
const LARGE: usize = 1 << 20;

/// How deep brackets nest in a file that can be right, and more.
const DEEPEST: u32 = 80;

/// Parses a text, and tells all that is wrong with it as TOML.
pub(super) fn parse(text: &str) -> (Spanned<DeTable<'_>>, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for error in errors {
        let found = diagnostic(&error, text);
        // One unreadable value is often unreadable for several reasons.
        let mut near = diagnostics.iter().rev().take(8);
        if !near.any(|known| known.span == found.span) {
            diagnostics.push(found);
        }
    }
    (table, diagnostics)
}

/// The first mistakes of a large text that has too many to parse it.
pub(super) fn flood(text: &str) -> Option<Vec<Diagnostic>> {
    if text.len() < LARGE {
        return None;
    }
    let mut diagnostics = Vec::new();
    let mut count = 0_usize;
    let mut sink = |error: ParseError| {
        count += 1;
        if diagnostics.len() < MOST {
            let place = error
                .unexpected()
                .map_or(0..0, |span| span.start()..span.end());
            let message = error.description().to_owned();
            diagnostics.push(Diagnostic::new(Code::TomlSyntax, place, message));
        }
    };
    let tokens = Source::new(text).lex().into_vec();
    let mut nothing = ();
    let mut guard = parser::RecursionGuard::new(&mut nothing, DEEPEST);
    parser::parse_document(&tokens, &mut guard, &mut sink);
    (count > MOST).then_some(diagnostics)
}

fn diagnostic(error: &Error, text: &str) -> Diagnostic {
    // What goes too deep has no place of its own.
    let span = error.span().unwrap_or_default();
    if error.message() == "duplicate key" {
        let key = text.get(span.clone()).unwrap_or_default();
        let message = format!("`{key}` is written twice; write it once");
        return Diagnostic::new(Code::KeyDuplicate, span, message);
    }
    Diagnostic::new(Code::TomlSyntax, span, error.message())
}

/// Places of syntax errors, to find out what only repeats them.
#[derive(Debug)]
pub(super) struct Unreadable(Vec<Span>);

impl Unreadable {
    pub(super) fn new(syntax: &[Diagnostic]) -> Self {
        let errors = syntax.iter().filter(|found| found.code == Code::TomlSyntax);
        let mut spans: Vec<Span> = errors.map(|found| found.span.clone()).collect();
        spans.sort_by_key(|span| span.start);
        Self(spans)
    }

    /// Whether a finding is about something that the parser could not read.
    pub(super) fn touches(&self, span: &Span) -> bool {
        let up_to = self.0.partition_point(|error| error.start <= span.end);
        let from = up_to.saturating_sub(16);
        self.0[from..up_to]
            .iter()
            .any(|error| error.end >= span.start)
    }

    /// Whether something in this part of the file could not be read, so that what seems to be
    /// missing may be there.
    pub(super) fn within(&self, part: &Span) -> bool {
        let from = self.0.partition_point(|error| error.start < part.start);
        self.0.get(from).is_some_and(|error| error.start < part.end)
    }

    /// Whether the header of a table could not be read.
    pub(super) fn headers(&self, text: &str) -> bool {
        let is_header = |line: usize| {
            text[line..]
                .trim_start_matches([' ', '\t'])
                .starts_with('[')
        };
        // Each byte is looked at once, however many errors a line has.
        let mut from = 0;
        let mut found = is_header(0);
        for error in &self.0 {
            if let Some(end) = text[from..error.start].rfind('\n') {
                found = is_header(from + end + 1);
            }
            from = error.start;
            if found {
                return true;
            }
        }
        false
    }
}
