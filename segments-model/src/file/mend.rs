//! Repairs broken text so that the parser can read the rest.
//!
//! The TOML parser recovers from most mistakes. Some of them swallow what follows, though: a bracket, a
//! quote or a header that is never closed, and a line without `=`. They are found here on the tokens,
//! reported at their place, and repaired in a copy, so that the rest is still checked.

use toml_parser::lexer::{Token, TokenKind};

use super::span::Span;
use super::statement::{Statement, span, statements};
use crate::Code;
use crate::diagnostic::Diagnostic;

/// A text that was mended.
#[derive(Debug)]
pub(super) struct Mended {
    pub(super) text: String,
    /// What was wrong with it, in places of the mended text.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The statements that were mended, in places of the mended text.
    statements: Vec<Span>,
    /// Where something was put in, in places of the mended text, and how much in all up to there.
    inserted: Vec<(usize, usize)>,
}

impl Mended {
    /// Returns whether a place is in a statement that was mended, about which enough is said.
    pub(super) fn covers(&self, span: &Span) -> bool {
        let after = self
            .statements
            .partition_point(|statement| statement.start <= span.start);
        let statement = after.checked_sub(1).map(|at| &self.statements[at]);
        statement.is_some_and(|statement| span.start <= statement.end)
    }

    /// The place in the original of a place in the mended text.
    pub(super) fn original(&self, span: &Span) -> Span {
        let place = |offset: usize| {
            let before = self.inserted.partition_point(|(at, _)| *at < offset);
            let Some((at, inserted)) = before.checked_sub(1).map(|last| self.inserted[last]) else {
                return offset;
            };
            let earlier = before
                .checked_sub(2)
                .map_or(0, |last| self.inserted[last].1);
            // Inside what was put in there is no original.
            offset.max(at + inserted - earlier) - inserted
        };
        place(span.start)..place(span.end)
    }
}

/// Mends a text; `None` if none of these mistakes is in it.
pub(super) fn mend(text: &str) -> Option<Mended> {
    let mut mender = Mender {
        text,
        mended: Mended {
            text: String::with_capacity(text.len()),
            diagnostics: Vec::new(),
            statements: Vec::new(),
            inserted: Vec::new(),
        },
        copied: 0,
    };
    for statement in statements(text) {
        let (begin, known) = (mender.inserted(), mender.mended.diagnostics.len());
        if statement.is_header() {
            mender.header(&statement);
        } else if statement.has_value() {
            mender.close(&statement);
        } else {
            mender.take_out(&statement);
        }
        if mender.mended.diagnostics.len() > known {
            let Span { start, end } = statement.span();
            let statement = start + begin..end + mender.inserted();
            mender.mended.statements.push(statement);
        }
    }
    let Mender {
        mut mended, copied, ..
    } = mender;
    mended.text.push_str(&text[copied..]);
    (!mended.diagnostics.is_empty()).then_some(mended)
}

struct Mender<'t> {
    text: &'t str,
    mended: Mended,
    /// How much of the text is in the mended one.
    copied: usize,
}

impl Mender<'_> {
    /// Closes a header at the end of its line.
    fn header(&mut self, header: &Statement) {
        let kinds = || header.tokens.iter().map(Token::kind);
        let opened = kinds().take_while(|kind| *kind == TokenKind::LeftSquareBracket);
        let closed = kinds().rev();
        let closed = closed.take_while(|kind| *kind == TokenKind::RightSquareBracket);
        let (opened, closed) = (opened.count().min(2), closed.count());
        let unclosed = |token: &Token| header.unclosed.iter().any(|(open, _)| open == token);
        let other = header.has_value() || header.tokens.last().is_some_and(unclosed);
        if closed >= opened || other {
            return;
        }
        let closing = "]".repeat(opened);
        let message = format!("this header is never closed; write `{closing}` after it");
        self.report(header.span(), message);
        self.insert(header.span().end, &closing[closed..]);
    }

    /// Closes quotes where the line ends, and brackets where the last value does.
    fn close(&mut self, statement: &Statement) {
        // Brackets that are opened one inside of the other are closed at one place: the outermost is told, with all;
        // or the quote inside, behind which the author is typing.
        let is_quote = |token: Token| matches!(marks(token).0, '"' | '\'');
        let nested = statement.unclosed.len() > 1
            && statement
                .unclosed
                .iter()
                .all(|(_, end)| *end == statement.unclosed[0].1);
        if nested {
            let closing: String = statement
                .unclosed
                .iter()
                .map(|(token, _)| marks(*token).1)
                .collect();
            let (innermost, _) = statement.unclosed[0];
            let (outermost, _) = statement.unclosed[statement.unclosed.len() - 1];
            if is_quote(innermost) {
                let (quote, _) = marks(innermost);
                let message = format!("this `{quote}` is never closed; write `{closing}`");
                self.report(span(innermost), message);
            } else {
                let count = statement.unclosed.len();
                let message = format!("{count} brackets are never closed here; write `{closing}`");
                self.report(span(outermost), message);
            }
        }
        for (token, _) in statement.unclosed.iter().filter(|_| !nested) {
            let (opening, closing) = marks(*token);
            let message = format!("this `{opening}` is never closed; write `{closing}`");
            // Some of the others are closed before this one begins.
            let place = span(*token);
            let others = &statement.unclosed;
            let before = others.partition_point(|(_, end)| *end <= place.start);
            self.report(place.start + before..place.end + before, message);
        }
        for (token, end) in &statement.unclosed {
            self.insert(*end, marks(*token).1);
        }
    }

    /// Takes out a line that is no statement at all.
    fn take_out(&mut self, statement: &Statement) {
        let Some(first) = statement.tokens.first() else {
            return;
        };
        let message = match first.kind() {
            TokenKind::RightSquareBracket => {
                "this `]` closes nothing; remove the bracket".to_owned()
            }
            TokenKind::RightCurlyBracket => {
                "this `}` closes nothing; remove the bracket".to_owned()
            }
            _ => "this line has no `=`; write `key = value`, or `#` before a comment".to_owned(),
        };
        let place = statement.span();
        self.copy(place.start);
        self.mended
            .text
            .extend(std::iter::repeat_n(' ', place.len()));
        self.copied = place.end;
        self.report(place, message);
    }

    fn insert(&mut self, place: usize, closing: &str) {
        self.copy(place);
        let at = self.mended.text.len();
        self.mended.text.push_str(closing);
        let inserted = self.inserted() + closing.len();
        self.mended.inserted.push((at, inserted));
    }

    /// How much was put in up to here.
    fn inserted(&self) -> usize {
        self.mended.inserted.last().map_or(0, |(_, all)| *all)
    }

    fn copy(&mut self, to: usize) {
        if self.copied < to {
            self.mended.text.push_str(&self.text[self.copied..to]);
            self.copied = to;
        }
    }

    fn report(&mut self, span: Span, message: String) {
        let before = self.inserted();
        let span = span.start + before..span.end + before;
        let found = Diagnostic::new(Code::TOML_SYNTAX, span, message);
        self.mended.diagnostics.push(found);
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

    fn mended(text: &str) -> (String, Vec<Span>) {
        let mended = mend(text).unwrap();
        let spans = mended.diagnostics.iter();
        let spans = spans.map(|found| mended.original(&found.span));
        (mended.text.clone(), spans.collect())
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
    fn lines_without_a_value_are_blanked() {
        let (text, spans) = mended("größe # why\nb = 1\n]\n");
        assert_eq!(text, "        # why\nb = 1\n \n");
        assert_eq!(spans, [0..7, 20..21]);
    }

    #[test]
    fn places_are_found_again() {
        let mended = mend("a = [1\nb = [2\nc = 3\n").unwrap();
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
            assert!(mend(text).is_none(), "{text}");
        }
    }
}
