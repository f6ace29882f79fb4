//! The statements of a text, including broken ones: headers of tables, and `key = value`.

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::shape;
use super::span::Span;

/// A header, a key with its value, or what is neither.
#[derive(Debug, Default)]
pub(super) struct Statement {
    /// Its tokens, without spaces, comments and ends of lines.
    pub(super) tokens: Vec<Token>,
    /// Brackets and quotes that are never closed, and where each should be: after the last value
    /// that can be inside. In the order of those places, inner ones first.
    pub(super) unclosed: Vec<(Token, usize)>,
}

pub(super) fn span(token: Token) -> Span {
    token.span().start()..token.span().end()
}

impl Statement {
    pub(super) fn span(&self) -> Span {
        let first = self.tokens.first().map_or(0, |token| token.span().start());
        first..self.end()
    }

    fn end(&self) -> usize {
        self.tokens.last().map_or(0, |token| token.span().end())
    }

    pub(super) fn is_header(&self) -> bool {
        let first = self.tokens.first();
        first.is_some_and(|token| token.kind() == TokenKind::LeftSquareBracket)
    }

    /// Returns whether there is an `=` in it.
    pub(super) fn has_value(&self) -> bool {
        let mut tokens = self.tokens.iter();
        tokens.any(|token| token.kind() == TokenKind::Equals)
    }

    /// Returns whether it ends in a text that has no end, which swallows all that follows.
    pub(super) fn is_open(&self, text: &str) -> bool {
        self.tokens.last().is_some_and(|token| {
            let string = &text[span(*token)];
            let quotes = match token.kind() {
                TokenKind::MlBasicString => "\"\"\"",
                TokenKind::MlLiteralString => "'''",
                _ => return false,
            };
            string.len() < 6 || !string.ends_with(quotes)
        })
    }

    /// The keys of a header, or before a value, as far as they can be read.
    pub(super) fn keys<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let tokens = self.tokens.iter();
        tokens
            .skip_while(|token| token.kind() == TokenKind::LeftSquareBracket)
            .take_while(|token| token.kind() == TokenKind::Dot || is_key(**token))
            .filter(|token| is_key(**token))
            .map(|token| text[span(*token)].trim_matches(['"', '\'']))
    }
}

pub(super) fn is_key(token: Token) -> bool {
    use TokenKind::{Atom, BasicString, LiteralString};
    matches!(token.kind(), Atom | BasicString | LiteralString)
}

/// Returns whether a string, which begins with a quote, has none at its end.
fn is_unclosed(string: &str) -> bool {
    let Some(quote) = string.chars().next() else {
        return false;
    };
    let Some(inside) = string[1..].strip_suffix(quote) else {
        return true;
    };
    let escaping = inside.len() - inside.trim_end_matches('\\').len();
    quote == '"' && escaping % 2 == 1
}

/// The statements of a text. One ends where a line ends and no bracket is open, or where a line
/// starts that can only be another statement.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let tokens = Source::new(text).lex().into_vec();
    let mut reader = Reader {
        text,
        open: Vec::new(),
        squares: 0,
        now: Statement::default(),
    };
    let mut statements = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let rest = tokens.get(index + 1..).unwrap_or_default();
        if reader.goes_on(*token, rest) {
            continue;
        }
        let ended = reader.end();
        if !ended.tokens.is_empty() {
            statements.push(ended);
        }
    }
    statements
}

struct Reader<'t> {
    text: &'t str,
    /// Brackets that are open, and where the line ends that each is in.
    open: Vec<(Token, Option<usize>)>,
    /// How many of them are square.
    squares: usize,
    now: Statement,
}

impl Reader<'_> {
    /// Takes a token, and says whether the statement goes on after it.
    fn goes_on(&mut self, token: Token, rest: &[Token]) -> bool {
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment => return true,
            TokenKind::Eof => return false,
            TokenKind::Newline => {
                let header = self.now.is_header();
                let innermost = self.open.last().map(|(open, _)| *open);
                let goes_on =
                    !header && innermost.is_some_and(|open| !self.starts_statement(open, rest));
                let end = self.now.end();
                let lines = self.open.iter_mut().rev();
                for (_, line) in lines.take_while(|(_, line)| line.is_none()) {
                    *line = Some(end);
                }
                return goes_on;
            }
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                self.squares += usize::from(token.kind() == TokenKind::LeftSquareBracket);
                self.open.push((token, None));
            }
            TokenKind::BasicString | TokenKind::LiteralString
                if is_unclosed(&self.text[span(token)]) =>
            {
                self.now.unclosed.push((token, token.span().end()));
            }
            TokenKind::RightSquareBracket => self.close(TokenKind::LeftSquareBracket),
            TokenKind::RightCurlyBracket => self.close(TokenKind::LeftCurlyBracket),
            _ => {}
        }
        self.now.tokens.push(token);
        true
    }

    /// Closes the innermost bracket of a kind. Others inside of it are never closed: a table is
    /// taken to end with its line.
    fn close(&mut self, kind: TokenKind) {
        let square = kind == TokenKind::LeftSquareBracket;
        let such = if square {
            self.squares
        } else {
            self.open.len() - self.squares
        };
        if such == 0 {
            return;
        }
        while let Some((token, line)) = self.open.pop() {
            self.squares -= usize::from(token.kind() == TokenKind::LeftSquareBracket);
            if token.kind() == kind {
                break;
            }
            let end = line.filter(|_| square).unwrap_or(self.now.end());
            self.now.unclosed.push((token, end));
        }
    }

    fn end(&mut self) -> Statement {
        let mut ended = std::mem::take(&mut self.now);
        let end = ended.end();
        let open = self.open.drain(..).rev();
        ended.unclosed.extend(open.map(|(token, _)| (token, end)));
        ended.unclosed.sort_by_key(|(_, end)| *end);
        self.squares = 0;
        ended
    }

    /// Returns whether a line can only be a statement although a bracket is open: a header of one of our
    /// tables, or `key =` where an array wants a value.
    fn starts_statement(&self, open: Token, line: &[Token]) -> bool {
        let mut line = line
            .iter()
            .filter(|token| token.kind() != TokenKind::Whitespace)
            .map(|token| (*token, token.kind()));
        match (line.next(), line.next()) {
            (Some((_, TokenKind::LeftSquareBracket)), Some((name, TokenKind::Atom))) => {
                self.is_table(name)
            }
            (Some((_, TokenKind::LeftSquareBracket)), Some((_, TokenKind::LeftSquareBracket))) => {
                line.next().is_some_and(|(name, _)| self.is_table(name))
            }
            (Some((key, _)), Some((_, TokenKind::Equals))) => {
                is_key(key) && open.kind() == TokenKind::LeftSquareBracket
            }
            _ => false,
        }
    }

    fn is_table(&self, name: Token) -> bool {
        shape::FILE.key(&self.text[span(name)]).is_some()
    }
}
