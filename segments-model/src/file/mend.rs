//! Repairs of broken text so that the parser can read the rest.
//!
//! The TOML parser recovers from most mistakes. Some of them swallow what follows, though: a header, a
//! bracket or a quote that is never closed takes in the next lines, and a line without `=` ends the tree.
//! They are found here on the tokens, reported, and repaired in a copy.

use toml_parser::lexer::{Token, TokenKind};

use super::corrected::Corrected;
use super::span::Span;
use super::statement::{Statement, span};
use crate::Code;
use crate::diagnostic::{Diagnostic, Edit};

/// Mends a text that has these statements.
pub(super) fn mend(text: &str, statements: &[Statement]) -> Corrected {
    let mut mender = Mender::default();
    let mut mended = Vec::new();
    for statement in statements {
        let known = mender.diagnostics.len();
        if statement.is_header() {
            mender.close_header(statement);
        } else if statement.has_value() {
            mender.close(statement);
        } else {
            mender.take_out(statement);
        }
        if mender.diagnostics.len() > known {
            mended.push(statement.span());
        }
    }
    Corrected::new(text, mender.edits, mender.diagnostics).telling(mended)
}

#[derive(Default)]
struct Mender {
    diagnostics: Vec<Diagnostic>,
    edits: Vec<Edit>,
}

impl Mender {
    /// Closes a header at the end of its line.
    fn close_header(&mut self, header: &Statement) {
        let kinds = || header.tokens.iter().map(Token::kind);
        let opened = kinds().take_while(|kind| *kind == TokenKind::LeftSquareBracket);
        let closed = kinds().rev();
        let closed = closed.take_while(|kind| *kind == TokenKind::RightSquareBracket);
        let (opened, closed) = (opened.count().min(2), closed.count());
        let unclosed = |token: &Token| header.unclosed.iter().any(|(open, _)| open == token);
        let other = header.has_value() || header.tokens.last().is_some_and(unclosed);
        if closed < opened && !other {
            let (place, closing) = (header.span(), "]".repeat(opened));
            let message = format!("this header is never closed; write `{closing}` after it");
            let edit = Edit::new(place.end..place.end, &closing[closed..]);
            self.repair(place, message, edit);
        }
    }

    /// Closes quotes where the line ends, and brackets where the last value does.
    fn close(&mut self, statement: &Statement) {
        // What is opened one inside of the other is closed at one place, and told once: at the outermost bracket, or
        // at the quote inside, behind which the author is typing.
        let nested = statement
            .unclosed
            .chunk_by(|(_, end), (_, other)| end == other);
        for open in nested {
            let closing: String = open.iter().map(|(token, _)| marks(*token).1).collect();
            let (innermost, end) = open[0];
            let (outermost, _) = open[open.len() - 1];
            let (place, message) = match (marks(innermost).0, open.len()) {
                (mark, 1) | (mark @ ('"' | '\''), _) => {
                    let message = format!("this `{mark}` is never closed; write `{closing}`");
                    (span(innermost), message)
                }
                (_, count) => {
                    let message =
                        format!("{count} brackets are never closed here; write `{closing}`");
                    (span(outermost), message)
                }
            };
            self.repair(place, message, Edit::new(end..end, closing));
        }
    }

    /// Takes out a line that is no statement at all.
    fn take_out(&mut self, statement: &Statement) {
        let message = match statement.tokens.first().map(Token::kind) {
            Some(TokenKind::RightSquareBracket) => "this `]` closes nothing; remove the bracket",
            Some(TokenKind::RightCurlyBracket) => "this `}` closes nothing; remove the bracket",
            _ => "this line has no `=`; write `key = value`, or `#` before a comment",
        };
        let place = statement.span();
        self.repair(place.clone(), message.to_owned(), Edit::new(place, ""));
    }

    fn repair(&mut self, place: Span, message: String, edit: Edit) {
        let found = Diagnostic::new(Code::TOML_SYNTAX, place, message);
        self.diagnostics.push(found);
        self.edits.push(edit);
    }
}

/// A bracket or a quote as it is opened and closed.
fn marks(open: Token) -> (char, &'static str) {
    match open.kind() {
        TokenKind::LeftCurlyBracket => ('{', "}"),
        TokenKind::BasicString => ('"', "\""),
        TokenKind::LiteralString => ('\'', "'"),
        _ => ('[', "]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::file::statement::statements;

    fn mended(text: &str) -> (String, Vec<Span>) {
        let mended = mend(text, &statements(text));
        let spans = mended.diagnostics.into_iter().map(|found| found.span);
        (mended.text, spans.collect())
    }

    #[test]
    fn brackets_are_closed_before_the_next_statement() {
        let (text, spans) = mended("a = [1, {b = 2, # why\nc = 3\n[segments.x]\nk = 1\n");
        assert_eq!(
            text,
            "a = [1, {b = 2, # why\nc = 3}]\n[segments.x]\nk = 1\n"
        );
        assert_eq!((spans.len(), &spans[0]), (1, &(4..5)));
        let (text, _) = mended("a = [1, # why\nb = 2\n");
        assert_eq!(text, "a = [1,] # why\nb = 2\n");
        let (text, _) = mended("a = [\n");
        assert_eq!(text, "a = []\n");
    }

    #[test]
    fn a_table_in_an_array_is_closed_with_its_line() {
        let (text, spans) = mended("a = [\n  { b\n  { c = [1 },\n]\nd = 1\n");
        assert_eq!(text, "a = [\n  { b}\n  { c = [1] },\n]\nd = 1\n");
        assert_eq!(spans, [8..9, 20..21]);
    }

    #[test]
    fn quotes_are_closed_with_their_line() {
        let (text, spans) = mended("a = [\"b\nc = 'd # why\ne = \"f\\\"\n");
        assert_eq!(text, "a = [\"b\"]\nc = 'd # why'\ne = \"f\\\"\"\n");
        assert_eq!(spans, [5..7, 12..20, 25..29]);
    }

    #[test]
    fn headers_are_closed_with_their_line() {
        let (text, spans) = mended("[t # why\nk = 1\n[[u]\n[[v\n");
        assert_eq!(text, "[t] # why\nk = 1\n[[u]]\n[[v]]\n");
        assert_eq!(spans, [0..2, 15..19, 20..23]);
    }

    #[test]
    fn lines_without_a_value_are_taken_out() {
        let (text, spans) = mended("größe # why\nb = 1\n]\n");
        assert_eq!(text, " # why\nb = 1\n\n");
        assert_eq!(spans, [0..7, 20..21]);
    }

    #[test]
    fn places_are_found_again() {
        let text = "a = [1\nb = [2\nc = 3\n";
        let mended = mend(text, &statements(text));
        assert_eq!(mended.text, "a = [1]\nb = [2]\nc = 3\n");
        let original = |offset: usize| mended.original(&(offset..offset)).start;
        for (offset, expected) in [(0, 0), (6, 6), (7, 6), (8, 7), (14, 13), (15, 13), (16, 14)] {
            assert_eq!(original(offset), expected, "{offset}");
        }
    }

    #[test]
    fn what_is_right_is_left_alone() {
        for text in [
            "",
            "a = [\n 1,\n]\n[segments.x] # why\n[[segments.y.rules]]\nb = {\n c = 1 }\n",
            "a = [[\"segments\"],\n[\"x\"]]\n",
        ] {
            assert_eq!(mended(text), (text.to_owned(), Vec::new()));
        }
    }
}
