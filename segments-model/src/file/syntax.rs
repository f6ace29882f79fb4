//! Errors of the TOML parser, in our own words and places.

use toml::Spanned;
use toml::de::{DeTable, Error};
use toml_parser::{ParseError, Source, parser};

use super::span::Span;
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
        // One unreadable value is often unreadable for several reasons, and in each of its letters.
        let mut near = diagnostics.iter_mut().rev().take(8);
        let touching = near.find(|known| {
            let (known, found) = (&known.span, &found.span);
            known.start <= found.end && found.start <= known.end
        });
        match touching {
            Some(known) if is_error(known) && is_error(&found) => {
                known.span.end = known.span.end.max(found.span.end);
            }
            _ => diagnostics.push(found),
        }
    }
    // Of a table that is written twice, each key may be written twice.
    let mut header: Option<usize> = None;
    diagnostics.retain(|found| {
        if found.code != Code::KEY_DUPLICATE {
            return true;
        }
        let before = &text[..found.span.start];
        let is_header = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .trim_start()
            .starts_with('[');
        let same = header.is_some_and(|from| !text[from..found.span.start].contains("\n["));
        if is_header {
            header = Some(found.span.end);
        }
        is_header || !same
    });
    (table, diagnostics)
}

/// Returns whether something could not be read, and not only was written twice.
pub(super) fn is_error(found: &Diagnostic) -> bool {
    found.code == Code::TOML_SYNTAX
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
            diagnostics.push(Diagnostic::new(Code::TOML_SYNTAX, place, message));
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
        let message = format!("`{key}` is written twice; remove the second");
        return Diagnostic::new(Code::KEY_DUPLICATE, span, message);
    }
    let message = in_our_words(error.message(), text, &span);
    Diagnostic::new(Code::TOML_SYNTAX, span, message)
}

/// What the parser says, with what to write, where it is known.
fn in_our_words(message: &str, text: &str, span: &Span) -> String {
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    match message {
        "string values must be quoted, expected literal string"
        | "invalid literal string, expected `'`"
            if line.ends_with('=') =>
        {
            let key = line.trim_end_matches('=').trim_end();
            let key = key.rsplit([' ', ',', '{', '[']).next().unwrap_or(key);
            format!("`{key}` has no value; write one, as in `{key} = \"...\"`")
        }
        "key with no value, expected `=`" => {
            "this line has no `=`; write `key = value`, or `#` before a comment".to_owned()
        }
        "invalid key-value pair, expected key" => {
            "this is not a TOML statement; write `key = value`, or `#` before a comment".to_owned()
        }
        "unexpected key or value, expected newline, `#`" => {
            "nothing follows a value on its line; remove the rest, or write `#` before it"
                .to_owned()
        }
        "unquoted keys cannot be empty, expected letters, numbers, `-`, `_`" => {
            if line.starts_with('[') {
                "a header names a table; write one, as in `[segments.some-key]`".to_owned()
            } else {
                "a key is missing here; write `key = value`".to_owned()
            }
        }
        "invalid unquoted key, expected letters, numbers, `-`, `_`" => {
            let from = text.get(span.start..).unwrap_or_default();
            let key = from
                .split([' ', '=', '\n', ']', '.'])
                .next()
                .unwrap_or_default();
            format!("a key without quotes has letters, digits, `-` and `_`; write `\"{key}\"`")
        }
        other => other.to_owned(),
    }
}
