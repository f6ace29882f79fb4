//! A tree of a text, however incomplete: unclosed brackets end with their statement, and missing values
//! have a position.

use std::borrow::Cow;

use toml_parser::lexer::{Token, TokenKind};

use super::super::span::Span;
use super::super::statement::{Statement, is_key, span, statements};

/// How deep brackets nest in a file that can be right, and more.
const DEEPEST: usize = 80;

/// A header with what stands below it, or what stands above all headers.
#[derive(Debug)]
pub(super) struct Section {
    /// From the header to the next one.
    pub(super) span: Span,
    pub(super) head: Option<Head>,
    pub(super) entries: Vec<Entry>,
}

/// A header of a table.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) span: Span,
    pub(super) keys: Keys,
    /// Whether it adds a table to an array.
    pub(super) is_element: bool,
}

/// The words of a header, or in front of a value.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) words: Vec<Span>,
    /// Where the next word would stand, if one is missing.
    pub(super) missing: Option<Span>,
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) keys: Keys,
    /// Nothing is said without a sign between the two.
    pub(super) value: Option<Node>,
}

#[derive(Debug)]
pub(super) enum Node {
    /// Nothing yet.
    Missing(Span),
    /// A string, a number, a date or a boolean, with its quotes.
    Scalar(Span),
    /// An array, with its elements.
    Array(Brackets, Vec<Node>),
    /// An inline table.
    Table(Brackets, Vec<Entry>),
}

/// Where brackets stand, and what is between them.
#[derive(Debug)]
pub(super) struct Brackets {
    pub(super) whole: Span,
    pub(super) inside: Span,
}

/// Returns the content of a word, without quotes.
pub fn unquoted(raw: &str) -> Cow<'_, str> {
    let quoted = |quote: char| {
        raw.strip_prefix(quote)
            .map(|it| it.strip_suffix(quote).unwrap_or(it))
    };
    let inside = quoted('"').or_else(|| quoted('\'')).unwrap_or(raw);
    if raw.starts_with('"') && inside.contains('\\') {
        let text = format!("k={raw}");
        let read = toml::de::DeTable::parse(&text).ok().and_then(|table| {
            let value = table.get_ref().get("k")?;
            value.get_ref().as_str().map(str::to_owned)
        });
        if let Some(read) = read {
            return Cow::Owned(read);
        }
    }
    Cow::Borrowed(inside)
}

/// The sections of a text.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let statements = statements(text);
    let mut sections = vec![Section {
        span: 0..text.len(),
        head: None,
        entries: Vec::new(),
    }];
    for (index, statement) in statements.iter().enumerate() {
        let next = statements.get(index + 1);
        let limit = next.map_or(text.len(), |next| next.span().start);
        if statement.is_header() {
            let start = statement.span().start;
            if let Some(before) = sections.last_mut() {
                before.span.end = start;
            }
            sections.push(Section {
                span: start..text.len(),
                head: Some(head(statement, text)),
                entries: Vec::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            let mut parser = Parser::new(&statement.tokens, limit);
            let entry = parser.entry(0);
            section.entries.push(entry);
        }
    }
    sections
}

fn head(statement: &Statement, text: &str) -> Head {
    let opening = |token: &&Token| token.kind() == TokenKind::LeftSquareBracket;
    let opened = statement.tokens.iter().take_while(opening).count();
    let start = statement.span().start;
    let line = text[start..]
        .find('\n')
        .map_or(text.len(), |end| start + end);
    let mut parser = Parser::new(&statement.tokens[opened..], line);
    let mut keys = parser.keys();
    if keys.words.is_empty() {
        keys.missing = Some(parser.here());
    }
    Head {
        span: start..statement.span().end,
        keys,
        is_element: opened > 1,
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    /// Where everything ends that is never closed.
    limit: usize,
}

impl<'t> Parser<'t> {
    fn new(tokens: &'t [Token], limit: usize) -> Self {
        Self {
            tokens,
            at: 0,
            limit,
        }
    }

    fn peek(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(Token::kind)
    }

    fn next(&mut self) -> Span {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token.map_or(self.limit..self.limit, |token| span(*token))
    }

    /// From the last token to the next.
    fn here(&self) -> Span {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let end = self
            .tokens
            .get(self.at)
            .map_or(self.limit, |next| span(*next).start);
        let start = before.map_or(end, |before| span(*before).end);
        start..end.max(start)
    }

    /// Brackets that are closed by the next token.
    fn closed(&mut self, start: usize) -> Brackets {
        let end = self.next();
        Brackets {
            whole: start..end.end,
            inside: start + 1..end.start,
        }
    }

    /// Brackets that are never closed, up to the next token.
    fn open(&self, start: usize) -> Brackets {
        let end = self.here().end;
        Brackets {
            whole: start..end,
            inside: start + 1..end,
        }
    }

    fn keys(&mut self) -> Keys {
        let mut keys = Keys::default();
        while let Some(token) = self.tokens.get(self.at) {
            if is_key(*token) {
                keys.words.push(self.next());
                keys.missing = None;
            } else if token.kind() == TokenKind::Dot {
                self.at += 1;
                keys.missing = Some(self.here());
            } else {
                break;
            }
        }
        keys
    }

    fn entry(&mut self, depth: usize) -> Entry {
        let keys = self.keys();
        let value = (self.peek() == Some(TokenKind::Equals)).then(|| {
            self.at += 1;
            self.value(depth)
        });
        Entry { keys, value }
    }

    fn value(&mut self, depth: usize) -> Node {
        match self.peek() {
            Some(TokenKind::LeftSquareBracket) if depth < DEEPEST => self.array(depth + 1),
            Some(TokenKind::LeftCurlyBracket) if depth < DEEPEST => self.table(depth + 1),
            Some(TokenKind::Atom) => {
                let mut scalar = self.next();
                // The lexer divides numbers at their point.
                while let Some(next) = self.tokens.get(self.at).copied() {
                    let goes_on = matches!(next.kind(), TokenKind::Dot | TokenKind::Atom);
                    if !goes_on || span(next).start != scalar.end {
                        break;
                    }
                    scalar.end = self.next().end;
                }
                Node::Scalar(scalar)
            }
            Some(
                TokenKind::BasicString
                | TokenKind::LiteralString
                | TokenKind::MlBasicString
                | TokenKind::MlLiteralString,
            ) => Node::Scalar(self.next()),
            _ => Node::Missing(self.here()),
        }
    }

    fn array(&mut self, depth: usize) -> Node {
        let start = self.next().start;
        let mut elements = Vec::new();
        loop {
            match self.peek() {
                None => return Node::Array(self.open(start), elements),
                Some(TokenKind::RightSquareBracket) => {
                    return Node::Array(self.closed(start), elements);
                }
                // The bracket around this one is closed, and this one never was.
                Some(TokenKind::RightCurlyBracket) => {
                    return Node::Array(self.open(start), elements);
                }
                Some(TokenKind::Comma) => self.at += 1,
                Some(_) => {
                    let before = self.at;
                    let element = self.value(depth);
                    if self.at == before {
                        self.at += 1;
                    } else {
                        elements.push(element);
                    }
                }
            }
        }
    }

    fn table(&mut self, depth: usize) -> Node {
        let start = self.next().start;
        let mut entries = Vec::new();
        loop {
            match self.peek() {
                None => return Node::Table(self.open(start), entries),
                Some(TokenKind::RightCurlyBracket) => {
                    return Node::Table(self.closed(start), entries);
                }
                Some(TokenKind::RightSquareBracket) => {
                    return Node::Table(self.open(start), entries);
                }
                Some(TokenKind::Comma) => self.at += 1,
                Some(_) => {
                    let before = self.at;
                    let entry = self.entry(depth);
                    if self.at == before {
                        self.at += 1;
                    } else {
                        entries.push(entry);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree as TOML, with `_` for what is missing.
    fn shown(node: &Node, text: &str) -> String {
        match node {
            Node::Missing(_) => "_".to_owned(),
            Node::Scalar(span) => text[span.clone()].to_owned(),
            Node::Array(_, elements) => {
                let elements: Vec<_> = elements.iter().map(|it| shown(it, text)).collect();
                format!("[{}]", elements.join(","))
            }
            Node::Table(_, entries) => {
                let entries: Vec<_> = entries.iter().map(|it| entry(it, text)).collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    fn entry(entry: &Entry, text: &str) -> String {
        let mut words: Vec<&str> = entry
            .keys
            .words
            .iter()
            .map(|it| &text[it.clone()])
            .collect();
        if entry.keys.missing.is_some() {
            words.push("_");
        }
        let value = entry.value.as_ref();
        let value = value.map_or_else(String::new, |value| format!("={}", shown(value, text)));
        format!("{}{value}", words.join("."))
    }

    #[test]
    fn what_is_half_typed_has_a_place() {
        for (text, expected) in [
            ("a = [{ b = 1.5, c = ", "a=[{b=1.5,c=_}]"),
            ("a = [{ b = [1, 2 }, 3]", "a=[{b=[1,2]},3]"),
            ("a = { b = , c", "a={b=_,c}"),
            ("a.b. = 1", "a.b._=1"),
            ("a = 2024-05-03T00:00:00.5Z", "a=2024-05-03T00:00:00.5Z"),
            ("a = \"x", "a=\"x"),
            ("a = [ [ ] ", "a=[[]]"),
            ("a", "a"),
        ] {
            let sections = sections(text);
            assert_eq!(entry(&sections[0].entries[0], text), expected, "{text}");
        }
    }

    #[test]
    fn headers_have_words_and_a_place_for_the_next() {
        for (text, words, missing) in [
            ("[a.\"b.c\"]", 2, false),
            ("[[a.", 1, true),
            ("[]", 0, true),
            ("[a]", 1, false),
        ] {
            let sections = sections(text);
            let keys = &sections[1].head.as_ref().unwrap().keys;
            assert_eq!(
                (keys.words.len(), keys.missing.is_some()),
                (words, missing),
                "{text}"
            );
        }
    }

    #[test]
    fn deep_brackets_end() {
        assert_eq!(sections(&format!("a = {}", "[".repeat(100_000))).len(), 1);
        assert_eq!(sections(&format!("a = {}", "{a=".repeat(100_000))).len(), 1);
    }

    #[test]
    fn words_are_read_without_quotes() {
        for (raw, expected) in [
            ("a", "a"),
            ("'a\\n'", "a\\n"),
            ("\"a\\u00e9\"", "aé"),
            ("\"a", "a"),
            ("\"a\\", "a\\"),
            ("\"", ""),
        ] {
            assert_eq!(unquoted(raw), expected, "{raw}");
        }
    }
}
