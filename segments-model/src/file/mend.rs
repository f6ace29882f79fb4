//! Making a broken text readable beyond the place where it is broken.
//!
//! The TOML parser goes on after most mistakes. Two of them swallow the rest of the file, though: a
//! bracket that is never closed, and a line without `=`. Both are found here on the tokens, told
//! where they stand, and mended in a copy, so that what follows is still checked.

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::reader::Span;
use crate::Code;
use crate::diagnostic::Diagnostic;

/// A text that was mended.
#[derive(Debug)]
pub(super) struct Mended {
    pub(super) text: String,
    /// What was wrong with it, in places of the mended text.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where something was put in, in places of the mended text, and how much in all up to there.
    inserted: Vec<(usize, usize)>,
}

impl Mended {
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

/// Mends a text; `None` if neither of the two mistakes is in it.
pub(super) fn mend(text: &str) -> Option<Mended> {
    let tokens = Source::new(text).lex().into_vec();
    let mut mender = Mender {
        text,
        mended: Mended {
            text: String::with_capacity(text.len()),
            diagnostics: Vec::new(),
            inserted: Vec::new(),
        },
        copied: 0,
    };
    mender.lines(&tokens);
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

fn span(token: Token) -> Span {
    token.span().start()..token.span().end()
}

fn is_trivia(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Whitespace | TokenKind::Comment)
}

impl Mender<'_> {
    /// Goes from one statement to the next. A statement ends where a line ends and no bracket is
    /// open, or where a line starts that can only be another statement.
    fn lines(&mut self, tokens: &[Token]) {
        let mut open: Vec<Token> = Vec::new();
        let mut statement = 0;
        let mut last = 0;
        for (index, token) in tokens.iter().enumerate() {
            match token.kind() {
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => open.push(*token),
                TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                    open.pop();
                }
                TokenKind::Newline | TokenKind::Eof => {
                    let rest = tokens.get(index + 1..).unwrap_or_default();
                    let ended = token.kind() == TokenKind::Eof
                        || open
                            .last()
                            .is_some_and(|open| self.starts_statement(*open, rest));
                    // A header that is not closed swallows nothing.
                    let header = tokens[statement..index]
                        .iter()
                        .find(|token| !is_trivia(token.kind()))
                        .is_some_and(|token| token.kind() == TokenKind::LeftSquareBracket);
                    if open.is_empty() || header {
                        self.statement(&tokens[statement..index]);
                        open.clear();
                        statement = index + 1;
                    } else if ended {
                        self.close(&open, last);
                        open.clear();
                        statement = index + 1;
                    }
                }
                _ => {}
            }
            if !is_trivia(token.kind()) && token.kind() != TokenKind::Newline {
                last = token.span().end();
            }
        }
    }

    /// Whether a line can only be a statement although a bracket is open: a header of one of our
    /// tables, or `key =` where an array wants a value.
    fn starts_statement(&self, open: Token, line: &[Token]) -> bool {
        let mut line = line
            .iter()
            .filter(|token| token.kind() != TokenKind::Whitespace)
            .map(|token| (token.kind(), &self.text[span(*token)]));
        match (line.next(), line.next()) {
            (
                Some((TokenKind::LeftSquareBracket, _)),
                Some((TokenKind::Atom, "segments" | "contexts")),
            ) => true,
            (Some((TokenKind::LeftSquareBracket, _)), Some((TokenKind::LeftSquareBracket, _))) => {
                matches!(line.next(), Some((TokenKind::Atom, "segments")))
            }
            (
                Some((TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString, _)),
                Some((TokenKind::Equals, _)),
            ) => open.kind() == TokenKind::LeftSquareBracket,
            _ => false,
        }
    }

    /// Closes brackets where the last value ends.
    fn close(&mut self, open: &[Token], end: usize) {
        self.copy(end);
        for token in open.iter().rev() {
            let (bracket, closing) = match token.kind() {
                TokenKind::LeftCurlyBracket => ('{', '}'),
                _ => ('[', ']'),
            };
            self.mended.text.push(closing);
            let message = format!("this `{bracket}` is never closed; write `{closing}`");
            self.report(span(*token), message);
        }
        let before = self.inserted();
        let at = self.mended.text.len() - open.len();
        self.mended.inserted.push((at, before + open.len()));
    }

    /// Takes out a line that is no statement at all.
    fn statement(&mut self, tokens: &[Token]) {
        let mut words = tokens.iter().filter(|token| !is_trivia(token.kind()));
        let Some(first) = words.next() else { return };
        let last = words.clone().next_back().unwrap_or(first);
        let message = match first.kind() {
            TokenKind::RightSquareBracket => "this `]` closes nothing; take it out".to_owned(),
            TokenKind::RightCurlyBracket => "this `}` closes nothing; take it out".to_owned(),
            TokenKind::LeftSquareBracket => return,
            _ if tokens.iter().any(|token| token.kind() == TokenKind::Equals) => return,
            _ => "this line has no `=`; write `key = value`, or `#` before a comment".to_owned(),
        };
        let place = first.span().start()..last.span().end();
        self.copy(place.start);
        self.mended
            .text
            .extend(std::iter::repeat_n(' ', place.len()));
        self.copied = place.end;
        self.report(place, message);
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
        let found = Diagnostic::new(Code::TomlSyntax, span, message);
        self.mended.diagnostics.push(found);
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
        assert_eq!(spans, [8..9, 4..5]);
        let (text, _) = mended("a = [1, # why\nb = 2\n");
        assert_eq!(text, "a = [1,] # why\nb = 2\n");
        let (text, _) = mended("a = [\n");
        assert_eq!(text, "a = []\n");
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
            "[t\nk = 1\n",
        ] {
            assert!(mend(text).is_none(), "{text}");
        }
    }
}
